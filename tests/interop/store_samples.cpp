// Writes sample stores for other programs to read, and checks stores that they wrote. The values follow from the
// element's C-order index i, so that every side computes them by itself:
//   i < n/3: the fill value (0, or NaN where the store's name has "nan"), else v = (7 i + 3) mod 101 and
//   bool: v odd; signed: v - 50; unsigned: v; floating: v / 4 - 5; complex: that and -v as the imaginary part; 64-bit
//   integers: 2^40 more.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "levin/core/error.hpp"
#include "levin/store/array.hpp"
#include "levin/store/stream.hpp"
#include "levin/store/writer.hpp"

using namespace levin;

namespace {

template <class T>
T value_at(Index i, Index count, bool nan) {
    const bool is_fill = i < count / 3;
    const auto v = static_cast<int>((7 * i + 3) % 101);
    if constexpr (std::is_same_v<T, bool>) return !is_fill && v % 2 == 1;
    else if constexpr (std::is_integral_v<T>)
        return is_fill ? T{0}
                       : static_cast<T>(v - (std::is_signed_v<T> ? 50 : 0) + (sizeof(T) == 8 ? Index{1} << 40 : 0));
    else {
        const float real = is_fill ? (nan ? NAN : 0.0f) : static_cast<float>(v) / 4 - 5;
        if constexpr (requires { typename T::value_type; }) return T(real, is_fill ? 0.0f : static_cast<float>(-v));
        else return static_cast<T>(real);
    }
}

OwnedArray expected(DType dtype, const Dims& shape, const std::string& name) {
    OwnedArray values(dtype, shape);
    const bool nan = name.find("nan") != name.npos;
    visit_dtype(dtype, [&]<class T>() {
        for (Index i = 0; i < values.view.count(); ++i)
            values.view.as<T>()[i] = value_at<T>(i, values.view.count(), nan);
    });
    return values;
}

void write_sample(const std::string& folder, const std::string& name, const store::ArraySpec& spec) {
    const OwnedArray values = expected(spec.dtype, spec.shape, name);
    store::ArrayWriter writer(folder + "/" + name, spec, {});
    for (Index unit = 0; unit < writer.units().size(); ++unit)
        writer.write(unit, values.view.sub(writer.units().region(unit)));
    writer.publish();
}

/// The same through a pipe, unpacked by tar.
void unpack_sample(const std::string& folder, const std::string& name, const store::ArraySpec& spec) {
    const std::string store = folder + "/" + name + "-piped";
    std::filesystem::create_directory(store);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> tar(popen(fmt::format("tar x -C '{}'", store).c_str(), "w"),
                                                              pclose);
    store::StreamWriter writer(spec, [&](store::Bytes small, store::Bytes large) {
        for (const store::Bytes part : {small, large})
            if (std::fwrite(part.data(), 1, part.size(), tar.get()) != part.size()) throw Error("cannot write to tar");
    });
    const OwnedArray values = expected(spec.dtype, spec.shape, name);
    for (Index unit = 0; unit < writer.units().size(); ++unit)
        writer.encode(unit, values.view.sub(writer.units().region(unit)),
                      [&](store::Bytes encoded) { writer.add(unit, encoded); });
    writer.finish();
}

void write_samples(const std::string& folder, int zarr_format) {
    const std::vector<DType> dtypes{DType::boolean, DType::int8,    DType::int16,     DType::int32,     DType::int64,
                                    DType::uint8,   DType::uint16,  DType::uint32,    DType::uint64,    DType::float16,
                                    DType::float32, DType::float64, DType::complex64, DType::complex128};
    store::ArraySpec spec;
    spec.shape = {5, 19, 23};
    spec.chunks = {2, 8, 8};
    spec.axes = {{"t", 0.05, "s"}, {"y", 0, ""}, {"x", 0.65, "um"}};
    spec.zarr_format = zarr_format;
    for (const DType dtype : dtypes) {
        spec.dtype = dtype;
        for (const char* codec : {"none", "zstd:1", "blosc", "blosc:5:lz4", "gzip:1"}) {
            spec.codec = codec;
            std::string name = fmt::format("{}-{}", name_of(dtype), codec);
            std::replace(name.begin(), name.end(), ':', '-');
            write_sample(folder, name, spec);
            if (zarr_format == 2) continue;
            unpack_sample(folder, name, spec);
            spec.shards = {4, 16, 24};
            write_sample(folder, name + "-sharded", spec);
            spec.shards.clear();
        }
    }
    spec.dtype = DType::float32;
    spec.fill_value = NAN;
    write_sample(folder, "nan", spec);
    spec.write_fill = true;
    write_sample(folder, "nan-write-fill", spec);
    spec = {};
    spec.zarr_format = zarr_format;
    write_sample(folder, "zero-d", spec);
    spec.shape = {0, 5};
    spec.chunks = {1, 5};
    spec.axes.resize(2);
    write_sample(folder, "zero-length", spec);
}

void check_samples(const std::string& folder) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto array = store::Array::open(entry.path().string());
        const ArrayInfo& info = array->info();
        const OwnedArray wanted = expected(info.dtype, info.shape, entry.path().filename().string());
        OwnedArray values(info.dtype, info.shape);
        array->read(Region::whole(info.shape), values.view);
        if (std::memcmp(values.view.data, wanted.view.data, info.bytes()) != 0)
            throw Error(fmt::format("{}: wrong values", array->name()));
        ++count;
    }
    fmt::print("{} stores agree\n", count);
}

}  // namespace

int main(int count, char** arguments) {
    const std::string act = count == 3 ? arguments[1] : "", folder = count == 3 ? arguments[2] : "";
    try {
        if (act == "write-v2") write_samples(folder, 2);
        else if (act == "write-v3") write_samples(folder, 3);
        else if (act == "check") check_samples(folder);
        else throw UsageError("usage: store_samples write-v2|write-v3|check FOLDER");
    } catch (const Error& error) {
        fmt::print(stderr, "store_samples: {}\n", error.what());
        return 1;
    }
}
