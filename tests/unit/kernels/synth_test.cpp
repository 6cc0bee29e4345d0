#include "levin/kernels/synth.hpp"

#include <cmath>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/kernels/fft.hpp"
#include "reference.hpp"

using namespace levin;
using namespace levin::kernels;

namespace {

std::vector<std::uint16_t> movie(const FishMovie& fish, const Region& region) {
    std::vector<std::uint16_t> values(static_cast<std::size_t>(region.count()));
    fish.fill(region, values.data());
    return values;
}

}  // namespace

TEST_CASE("synth: a box of a fish movie has the bits of the whole") {
    const FishMovie fish({20, 2, 40, 35}, 1);
    const auto whole = movie(fish, Region::whole(fish.shape()));
    const Region box{{3, 1, 7, 11}, {9, 1, 20, 17}};
    const auto part = movie(fish, box);
    std::size_t i = 0;
    bool same = true;
    for (Index t = 3; t < 12; ++t)
        for (Index y = 7; y < 27; ++y)
            for (Index x = 11; x < 28; ++x)
                same &= part[i++] == whole[static_cast<std::size_t>(((t * 2 + 1) * 40 + y) * 35 + x)];
    CHECK(same);
    CHECK(whole != movie(FishMovie(fish.shape(), 2), Region::whole(fish.shape())));
}

TEST_CASE("synth: cells do not touch, lie inside the movie and agree with the label image") {
    const FishMovie fish({240, 2, 76, 87}, 1);
    REQUIRE(fish.cells().size() > 40);
    std::vector<std::int32_t> labels(2 * 76 * 87);
    fish.fill_labels({{0, 0, 0}, {2, 76, 87}}, labels.data());
    std::vector<int> pixels(fish.cells().size() + 1);
    for (Index i = 0; i < static_cast<Index>(labels.size()); ++i) {
        const std::int32_t label = labels[static_cast<std::size_t>(i)];
        ++pixels[static_cast<std::size_t>(label)];
        const Index x = i % 87, y = i / 87 % 76;
        if (label == 0 || x == 86 || y == 75) continue;
        for (const Index step : {Index{1}, Index{87}}) {
            const std::int32_t other = labels[static_cast<std::size_t>(i + step)];
            CHECK((other == 0 || other == label));
        }
    }
    for (const FishCell& cell : fish.cells()) {
        CHECK(cell.y - cell.radius >= -0.5);
        CHECK(cell.x + cell.radius <= 86.5);
        CHECK(pixels[static_cast<std::size_t>(cell.label)] == Approx(3.14159 * cell.radius * cell.radius).epsilon(0.3));
    }
}

TEST_CASE("synth: the transform finds frequency and phase of every cell") {
    const FishMovie fish({240, 2, 76, 87}, 1);
    FftOptions amplitude, pair;
    amplitude.value = FftValue::amplitude;
    pair.value = FftValue::coherence;
    Buffer scratch;
    for (const FishCell& cell : fish.cells()) {
        const auto z = static_cast<Index>(cell.z), y = static_cast<Index>(std::lround(cell.y)),
                   x = static_cast<Index>(std::lround(cell.x));
        const auto counts = movie(fish, {{0, z, y - 1, x - 1}, {240, 1, 3, 3}});
        std::vector<float> series(240);
        for (std::size_t i = 0; i < counts.size(); ++i) series[i / 9] += counts[i];
        std::vector<float> out(121);
        Fft(amplitude, 240, DType::float32)(series.data(), out.data(), 1, scratch);
        CHECK(std::max_element(out.begin() + 3, out.end()) - out.begin() == cell.frequency);  // bleaching is below
        pair.frequencies = {cell.frequency};
        Fft(pair, 240, DType::float32)(series.data(), out.data(), 1, scratch);
        CHECK(std::cos(out[1] - cell.phase) > 0.95);
    }
}

TEST_CASE("synth: short and empty movies are fine, other ranks refused") {
    for (const Dims& shape : {Dims{1, 1, 12, 12}, Dims{3, 1, 2, 2}, Dims{0, 1, 20, 20}, Dims{4, 0, 20, 20}}) {
        const FishMovie fish(shape, 1);
        CHECK(static_cast<Index>(movie(fish, Region::whole(shape)).size()) == product(shape));
    }
    CHECK_THROWS_AS(FishMovie({20, 30}, 1), UsageError);
}
