#include "levin/engine/streamed.hpp"

#include <algorithm>
#include <filesystem>

#include "catch.hpp"
#include "levin/core/parallel.hpp"
#include "levin/engine/in_order.hpp"
#include "levin/engine/sources.hpp"
#include "support.hpp"
#include "temp_dir.hpp"

using namespace levin;
using namespace levin::test;
using engine::InOrder;
using engine::StreamedArray;

namespace {

/// Element i of the array holds i; chunks whose number `left_out` divides hold the fill value 7.
class CountingFeed final : public ChunkFeed {
  public:
    CountingFeed(Dims shape, Dims chunks, Index left_out = 0, Index fails_at = -1)
        : left_out_(left_out), fails_at_(fails_at) {
        info_.shape = std::move(shape);
        info_.chunks = std::move(chunks);
        info_.dtype = DType::int32;
        info_.axes.resize(info_.shape.size());
        grid_ = Grid(info_.shape, info_.chunks);
    }
    const ArrayInfo& info() const override { return info_; }
    std::size_t chunk_bytes() const override { return byte_count(info_.chunks, 4); }
    std::size_t decode_bytes() const override { return 0; }

    std::optional<Arrival> next(Buffer& buffer) override {
        if (next_ == fails_at_) throw Error("the stream broke");
        while (next_ < grid_.size() && is_left_out(next_)) ++next_;
        if (next_ >= grid_.size()) return std::nullopt;
        const Region region = grid_.region(next_);
        const std::size_t size = byte_count(region.shape, 4);
        buffer.reserve(size);
        auto* to = reinterpret_cast<std::int32_t*>(buffer.data());
        for_each_index(region, [&](const Dims& at) { *to++ = value_at(at); });
        return Arrival{next_++, size};
    }
    void decode(Index chunk, std::span<const std::byte> encoded, const Region& region, const View& out) const override {
        const std::int32_t fill_value = 7;
        const Region place = grid_.region(chunk);
        if (encoded.empty()) return fill(out, &fill_value);
        copy(contiguous(encoded.data(), DType::int32, place.shape).sub(relative_to(region, place.origin)), out);
    }

    std::int32_t expected(const Dims& at) const {
        Dims position = at;
        for (std::size_t i = 0; i < at.size(); ++i) position[i] /= info_.chunks[i];
        return is_left_out(grid_.number(position)) ? 7 : value_at(at);
    }

  private:
    bool is_left_out(Index chunk) const { return left_out_ > 0 && chunk % left_out_ == 0; }
    std::int32_t value_at(const Dims& at) const {
        return static_cast<std::int32_t>(Grid(info_.shape, Dims(at.size(), 1)).number(at));
    }
    ArrayInfo info_;
    Grid grid_;
    Index left_out_, fails_at_, next_ = 0;
};

bool holds(const ArraySource& source, const CountingFeed& feed, const Region& region) {
    OwnedArray values(DType::int32, region.shape);
    source.read(region, values.view);
    const auto* next = values.view.as<std::int32_t>();
    bool same = true;
    for_each_index(region, [&](const Dims& at) { same &= *next++ == feed.expected(at); });
    return same;
}

engine::StreamedOptions options(const std::string& folder, std::size_t memory) {
    engine::StreamedOptions options;
    options.name = "test";
    options.memory = memory;
    options.folder = folder;
    return options;
}

const Dims shape{9, 20, 30}, chunks{2, 7, 30};
const std::size_t one_chunk = 2 * 7 * 30 * 4;

}  // namespace

TEST_CASE("A stream can be read in any order, again and again, beyond its memory") {
    TempDir folder;
    for (const Index left_out : {0, 3}) {
        const CountingFeed expected(shape, chunks, left_out);
        int spooled = 0;
        auto how = options(folder.path().string(), 2 * one_chunk);
        how.on_spool = [&] { ++spooled; };
        StreamedArray stream(std::make_unique<CountingFeed>(shape, chunks, left_out), how);
        CHECK(stream.comes_once());
        CHECK(holds(stream, expected, {{6, 3, 2}, {3, 17, 20}}));
        CHECK(holds(stream, expected, Region::whole(shape)));
        CHECK(holds(stream, expected, {{0, 0, 0}, {1, 1, 1}}));
        CHECK(spooled == 1);
        stream.finish();
    }
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("What is read as often as announced needs no scratch") {
    const CountingFeed expected(shape, chunks);
    // Three threads, however far apart, hold three of the five layers of three chunks. The scratch folder does not
    // exist.
    StreamedArray stream(std::make_unique<CountingFeed>(shape, chunks), options("/nonexistent", 9 * one_chunk));
    const Grid units(shape, {1, 20, 30});
    for (Index unit = 0; unit < units.size(); ++unit) stream.expect(units.region(unit), 1);
    parallel_for(units.size(), 3, StopToken(), [&](Index unit) {
        if (!holds(stream, expected, units.region(unit))) throw Error("other values");
    });
    CHECK_THROWS_AS(holds(stream, expected, units.region(0)), Error);
    stream.finish();
}

TEST_CASE("What nobody announces is not kept, what is held is, until it is let go") {
    const CountingFeed expected(shape, chunks);
    StreamedArray stream(std::make_unique<CountingFeed>(shape, chunks), options("/nonexistent", 5 * one_chunk));
    const Region first{{0, 0, 0}, {1, 20, 30}}, last{{8, 14, 0}, {1, 6, 30}};
    stream.expect(first, 1000);
    stream.expect(last, 1);
    CHECK(holds(stream, expected, last));
    for (int i = 0; i < 5; ++i) CHECK(holds(stream, expected, first));
    stream.expect(first, -1000);
    CHECK_THROWS_AS(holds(stream, expected, first), Error);
}

TEST_CASE("Selections, transpositions and margins announce what they read") {
    const auto check = [](const std::function<engine::Source(engine::Source)>& over) {
        const auto stream = std::make_shared<StreamedArray>(std::make_unique<CountingFeed>(shape, chunks),
                                                            options("/nonexistent", 1 << 20));
        const engine::Source source = over(engine::borrow(*stream));
        const StreamedArray twin(std::make_unique<CountingFeed>(shape, chunks), options("/nonexistent", 1 << 20));
        const engine::Source expected = over(engine::borrow(twin));
        CHECK(source->comes_once());
        const Dims& whole = source->info().shape;
        Dims cell(whole.size(), 4);
        const Grid units(whole, cell);
        for (Index unit = 0; unit < units.size(); ++unit) source->expect(units.region(unit), 1);
        for (Index unit = 0; unit < units.size(); ++unit) {
            const Region region = units.region(unit);
            OwnedArray a(DType::int32, region.shape), b(DType::int32, region.shape);
            source->read(region, a.view);
            expected->read(region, b.view);
            REQUIRE(std::equal(a.view.as<std::int32_t>(), a.view.as<std::int32_t>() + region.count(),
                               b.view.as<std::int32_t>()));
        }
        // All has been read: nothing is kept.
        OwnedArray again(DType::int32, whole);
        CHECK_THROWS_AS(source->read(Region::whole(whole), again.view), Error);
    };
    using engine::AxisRange;
    check([](engine::Source s) { return engine::permute(std::move(s), {2, 0, 1}); });
    check([](engine::Source s) {
        return engine::select(std::move(s), {{1, 4, 2, false}, {3, 1, 1, true}, {2, 9, 3, false}});
    });
    for (const BorderMode mode : {BorderMode::reflect, BorderMode::wrap, BorderMode::constant}) {
        check([&](engine::Source s) {
            // extend() borrows its base.
            static std::vector<engine::Source> kept;
            kept.push_back(std::move(s));
            return engine::extend(*kept.back(), {{1, 3, 0}, {2, 3, 2}}, mode);
        });
    }
}

TEST_CASE("A stream's failure reaches every thread that waits, and finish") {
    StreamedArray stream(std::make_unique<CountingFeed>(shape, chunks, 0, 5), options("/nonexistent", 1 << 20));
    const CountingFeed expected(shape, chunks);
    CHECK(holds(stream, expected, {{0, 0, 0}, {2, 20, 30}}));
    CHECK_THROWS_AS(parallel_for(6, 6, StopToken(), [&](Index) { holds(stream, expected, Region::whole(shape)); }),
                    Error);
    CHECK_THROWS_AS(stream.finish(), Error);
    // Whatever was read, the end counts.
    StreamedArray unread(std::make_unique<CountingFeed>(shape, chunks, 0, 14), options("/nonexistent", 1 << 20));
    CHECK_THROWS_AS(unread.finish(), Error);
}

TEST_CASE("Blocks leave in order, whatever the order in which they come, beyond the memory") {
    TempDir folder;
    for (const std::size_t memory : {std::size_t{0}, std::size_t{3000}, std::size_t{1} << 20}) {
        std::vector<Index> order;
        std::string seen;
        InOrder blocks(
            memory, folder.path().string(),
            [&](Index number, InOrder::Bytes bytes) {
                order.push_back(number);
                seen.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            },
            [] {});
        constexpr Index count = 40;
        std::string expected;
        for (Index i = 0; i < count; ++i)
            if (i % 5 != 3) expected += std::string(1000, static_cast<char>('a' + i));
        parallel_for(count, 4, StopToken(), [&](Index i) {
            const Index number = memory > 3000 ? count - 1 - i : (i ^ 1);  // backwards; neighbours exchanged
            const std::string text(1000, static_cast<char>('a' + number));
            blocks.put(number, number % 5 == 3 ? InOrder::Bytes() : store::bytes_of(text));
        });
        CHECK(blocks.count() == count);
        CHECK(std::is_sorted(order.begin(), order.end()));
        CHECK(static_cast<Index>(order.size()) == count);
        CHECK(seen == expected);
    }
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("A failure in handing on ends every thread") {
    InOrder blocks(
        1000, "/nonexistent",
        [](Index number, InOrder::Bytes) {
            if (number == 7) throw Interrupted(13);
        },
        [] {});
    const std::string text(500, 'x');
    CHECK_THROWS_AS(parallel_for(100, 4, StopToken(), [&](Index i) { blocks.put(i, store::bytes_of(text)); }),
                    Interrupted);
    CHECK(blocks.count() < 100);
}
