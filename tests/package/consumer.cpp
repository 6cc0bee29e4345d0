// Writes a store, reads it back and takes its spectrum: a call into each layer that has libraries of its own below it.
#include <cstdio>
#include <vector>

#include "levin/core/error.hpp"
#include "levin/formats/format.hpp"
#include "levin/kernels/fft.hpp"
#include "levin/store/array.hpp"
#include "levin/store/writer.hpp"

int main() try {
    using namespace levin;
    std::vector<float> series{1, 0, -1, 0, 1, 0, -1, 0};
    store::ArraySpec spec;
    spec.shape = spec.chunks = {8};
    spec.axes = axes_from_letters("t");
    store::ArrayWriter writer("wave.zarr", spec, {});
    writer.write(0, contiguous(series.data(), DType::float32, {8}));
    writer.publish();

    const auto array = store::Array::open("wave.zarr");
    std::vector<float> read(8), power(5);
    array->read(Region::whole({8}), contiguous(read.data(), DType::float32, {8}));
    Buffer scratch;
    kernels::Fft({}, 8, DType::float32)(read.data(), power.data(), 1, scratch);
    // A cosine with two periods in eight samples: |X|^2 = (n / 2)^2 in bin 2.
    const bool right = read == series && power[2] > 15.99f && power[2] < 16.01f && power[1] < 1e-6f;
    std::printf("%s, %zu formats\n", right ? "as expected" : "wrong", formats::all().size());
    return right ? 0 : 1;
} catch (const levin::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
