#include <cmath>

#include "catch.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/reduce.hpp"
#include "levin/engine/series.hpp"
#include "levin/store/array.hpp"
#include "support.hpp"
#include "temp_dir.hpp"

using namespace levin;
using namespace levin::test;

namespace {

engine::ExecutionOptions run_with(int threads, const std::string& memory = "") {
    engine::ExecutionOptions options;
    options.threads = threads;
    options.memory = memory;
    options.quiet = true;
    options.tool = "test";
    return options;
}

engine::OutputOptions to_path(const std::string& path, const std::string& chunks = "") {
    engine::OutputOptions options;
    options.path = path;
    options.chunks = chunks;
    return options;
}

/// Sums in the order in which samples come: shows any change of order in the last bits of a float sum.
class Sum final : public engine::Reducer {
  public:
    explicit Sum(Index pixels) : sums_(static_cast<std::size_t>(pixels)) {}
    void add(const ConstView& block) override {
        for (Index n = 0; n < block.shape[0]; ++n)
            for (Index p = 0; p < block.shape[1]; ++p)
                sums_[static_cast<std::size_t>(p)] +=
                    *reinterpret_cast<const float*>(block.data + n * block.strides[0] + p * block.strides[1]);
    }
    void finish(std::span<const View> out) override { std::copy(sums_.begin(), sums_.end(), out[0].as<float>()); }

  private:
    std::vector<float> sums_;
};

OwnedArray sum_over(const ArraySource& input, const std::vector<std::size_t>& axes, int threads,
                    const std::string& chunks) {
    const TempDir folder;
    engine::Execution execution(run_with(threads));
    engine::Output output(execution, to_path(folder / "sum.zarr", chunks),
                          engine::result_like(engine::without_axes(input.info(), axes), DType::float32));
    engine::ReduceOptions how;
    how.axes = axes;
    engine::reduce(execution, input, how, {&output}, [](Index pixels) { return std::make_unique<Sum>(pixels); });
    output.publish();
    return read_all(*store::Array::open(folder / "sum.zarr"));
}

}  // namespace

TEST_CASE("reduce: samples come in C order of the reduced axes, for any axes, chunks and threads") {
    const Dims shape{6, 5, 7, 9};
    for (const std::vector<std::size_t>& axes :
         {std::vector<std::size_t>{0}, {1}, {3}, {2, 3}, {0, 2}, {0, 3}, {0, 1, 2, 3}}) {
        const Counted reference(shape, shape, "tzyx", DType::float32);
        // The naive sum, element by element in C order of the whole array.
        const ArrayInfo rest = engine::without_axes(reference.info(), axes);
        std::vector<float> expected(static_cast<std::size_t>(product(rest.shape)));
        const Grid kept(rest.shape, Dims(rest.shape.size(), 1));
        for_each_index(Region::whole(shape), [&](const Dims& i) {
            Dims place;
            for (std::size_t k = 0; k < 4; ++k)
                if (std::find(axes.begin(), axes.end(), k) == axes.end()) place.push_back(i[k]);
            expected[static_cast<std::size_t>(kept.number(place))] += at<float>(reference.values(), i);
        });
        for (const Dims& chunks : {Dims{6, 5, 7, 9}, Dims{1, 1, 1, 1}, Dims{4, 2, 3, 5}, Dims{6, 1, 2, 2}})
            for (const int threads : {1, 3}) {
                const Counted input(shape, chunks, "tzyx", DType::float32);
                const OwnedArray sums = sum_over(input, axes, threads, "");
                REQUIRE(std::equal(expected.begin(), expected.end(), sums.view.as<float>()));
                CHECK(input.elements_read == input.values().count());
                const Counted in_parts(shape, chunks, "tzyx", DType::float32, {1, 1, std::min<Index>(2, chunks[2]), 1});
                const OwnedArray again = sum_over(in_parts, axes, threads, "");
                REQUIRE(std::equal(expected.begin(), expected.end(), again.view.as<float>()));
                CHECK(in_parts.elements_read == in_parts.values().count());
            }
    }
}

TEST_CASE("rechunk: every input chunk is decoded once when the array fits, whatever the output's chunks") {
    const TempDir folder;
    const Counted input({40, 32, 32}, {4, 32, 32}, "tyx");
    engine::Execution execution(run_with(2));
    engine::Output output(execution, to_path(folder / "series.zarr", "t=40,y=8,x=8"),
                          engine::result_like(input.info(), DType::uint16));
    engine::rechunk(execution, input, output);
    output.publish();
    CHECK(input.elements_read == input.values().count());
    const OwnedArray values = read_all(*store::Array::open(folder / "series.zarr"));
    CHECK(std::equal(values.view.data, values.view.data + values.buffer.size(), input.values().data));
}

TEST_CASE("map_overlap: a window sum is the same for any chunks, at every border mode") {
    const Dims shape{9, 11};
    for (const BorderMode mode :
         {BorderMode::reflect, BorderMode::nearest, BorderMode::mirror, BorderMode::wrap, BorderMode::constant}) {
        for (const Dims& chunks : {Dims{9, 11}, Dims{2, 3}, Dims{1, 11}}) {
            const Counted input(shape, chunks, "yx");
            const TempDir folder;
            engine::Execution execution(run_with(3));
            engine::Output output(
                execution,
                to_path(folder / "out.zarr", "y=" + std::to_string(chunks[0]) + ",x=" + std::to_string(chunks[1])),
                engine::result_like(input.info(), DType::float32));
            const engine::Margins depth{{2, 1}, {1, 3}};
            engine::map_overlap(execution, input, {&output}, depth, {mode, 5.0}, {DType::float32, 0},
                                [](const engine::Block& block, const engine::Margins&) {
                                    for_each_index(Region::whole(block.out[0].shape), [&](const Dims& i) {
                                        float sum = 0;
                                        for (Index y = 0; y < 4; ++y)
                                            for (Index x = 0; x < 5; ++x)
                                                sum += block.in.as<float>()[(i[0] + y) * block.in.shape[1] + i[1] + x];
                                        block.out[0].as<float>()[i[0] * block.out[0].shape[1] + i[1]] = sum;
                                    });
                                });
            output.publish();
            const OwnedArray sums = read_all(*store::Array::open(folder / "out.zarr"));
            for_each_index(Region::whole(shape), [&](const Dims& i) {
                float expected = 0;
                for (Index y = i[0] - 2; y <= i[0] + 1; ++y)
                    for (Index x = i[1] - 1; x <= i[1] + 3; ++x) {
                        const Index sy = border_index(y, 9, mode), sx = border_index(x, 11, mode);
                        expected +=
                            sy < 0 || sx < 0 ? 5.0f : static_cast<float>(at<std::uint16_t>(input.values(), {sy, sx}));
                    }
                REQUIRE(at<float>(sums.view, i) == expected);
            });
        }
    }
}

TEST_CASE("series blocks: every pixel comes once, numbered in C order, cached or not") {
    constexpr Index pixels = 3 * 400 * 600;
    const Counted input({5, 3, 400, 600}, {2, 1, 70, 600}, "tzyx");  // 7 MiB
    const auto check = [&]<class T>(bool cached, T) {
        // Less than the data beyond what the process holds already and its threads need (8 MiB).
        const std::size_t little = resident_memory() + (std::size_t{13} << 20);
        engine::Execution execution(run_with(2, cached ? "" : std::to_string(little)));
        engine::SeriesBlocks series(execution, input, "t", dtype_of<T>());
        CHECK(series.in_memory() == cached);
        series.load();
        std::vector<std::atomic<int>> seen(pixels);
        std::atomic<int> wrong{0};
        const auto* expected = input.values().as<std::uint16_t>();
        series.for_each([&](const ConstView& block, Index first, Index, int) {
            for (Index p = 0; p < block.shape[1]; ++p) {
                ++seen[static_cast<std::size_t>(first + p)];
                for (Index t = 0; t < 5; ++t)
                    wrong += at<T>(block, {t, p}) != static_cast<T>(expected[t * pixels + first + p]);
            }
        });
        CHECK(wrong == 0);
        CHECK(std::all_of(seen.begin(), seen.end(), [](const std::atomic<int>& n) { return n == 1; }));
        const Index wanted[] = {pixels - 1, 0};
        const OwnedArray two = series.gather(wanted);
        CHECK(at<T>(two.view, {0, 4}) == static_cast<T>(expected[5 * pixels - 1]));
    };
    for (const bool cached : {true, false}) check(cached, float{}), check(cached, std::uint16_t{});
}

TEST_CASE("execution: work that cannot fit is refused before it begins, with the limit and a remedy") {
    const TempDir folder;
    const Counted input({32, 1024, 1024}, {1, 1024, 1024}, "tyx");  // 64 MiB in one output chunk
    engine::Execution execution(run_with(1, std::to_string(resident_memory() + (std::size_t{60} << 20))));
    engine::Output output(execution, to_path(folder / "one.zarr", "t=32,y=1024,x=1024"),
                          engine::result_like(input.info(), DType::uint16));
    CHECK_THROWS_WITH(
        engine::rechunk(execution, input, output),
        Catch::Matchers::ContainsSubstring("(--memory)") && Catch::Matchers::ContainsSubstring("smaller --chunks"));
    CHECK(input.elements_read == 0);
}
