// Transposition where memory holds little: what is planned, and what comes out.
#include "levin/engine/scratch.hpp"

#include "catch.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/map.hpp"
#include "levin/store/array.hpp"
#include "support.hpp"
#include "temp_dir.hpp"

using namespace levin;
using namespace levin::test;

namespace {

constexpr std::size_t MiB = std::size_t{1} << 20, GiB = std::size_t{1} << 30;

engine::ExecutionOptions with_memory(std::size_t bytes) {
    engine::ExecutionOptions options;
    options.threads = 2;
    options.memory = std::to_string(bytes);
    options.quiet = true;
    return options;
}

/// An array of any size that nobody reads.
class Described final : public ArraySource {
  public:
    Described(Dims shape, Dims chunks) {
        info_.shape = std::move(shape);
        info_.chunks = std::move(chunks);
        info_.dtype = DType::uint16;
        info_.axes = axes_from_letters("tyx");
    }
    const ArrayInfo& info() const override { return info_; }
    void read(const Region&, const View&) const override { throw Error("planning reads nothing"); }
    std::size_t scratch_bytes() const override { return 2 * byte_count(info_.chunks, 2); }
    std::string name() const override { return "described"; }

  private:
    ArrayInfo info_;
};

engine::UnitWork rechunking(const ArraySource& input, const Dims& chunks) {
    return {input,
            Grid(input.info().shape, chunks),
            [](const Region& unit) { return unit; },
            [](Index, const ConstView&, int) {},
            2 * byte_count(chunks, 2),
            [](Index) { return false; },
            {}};
}

}  // namespace

TEST_CASE("scratch: 10 TB are transposed with 8 GB of memory in less than two readings of the data") {
    const Dims shape{20000, 16384, 16384}, images{2, 2048, 2048}, series{20000, 16, 16};
    const std::size_t data = byte_count(shape, 2);
    REQUIRE(data > 10 * 1000 * 1000 * std::size_t{1000 * 1000});
    engine::Execution execution(with_memory(8 * GiB));
    for (const auto& [from, to] : {std::pair{images, series}, std::pair{series, images}}) {
        const Described input(shape, from);
        const engine::UnitWork work = rechunking(input, to);
        const engine::UnitPlan plan = engine::plan_units(execution, work);
        REQUIRE(plan.scratch);
        CHECK(plan.bytes_decoded == data);
        CHECK(plan.scratch->bytes == data);  // so that 2 x the data are read in all
        CHECK(plan.memory <= 8 * GiB);
        CHECK(byte_count(plan.scratch->cell, 2) >= MiB);  // few large reads and writes
        // The other ways, in the same arithmetic.
        const engine::UnitPlan bands = engine::plan_units(execution, work, engine::UseScratch::never);
        CHECK(bands.bytes_decoded > 3 * data);
        // This machine's disk is too small: the run says so, and what would help.
        const engine::UnitPlan here = engine::fit_to_disk(execution, work, plan);
        CHECK(!here.scratch);
        CHECK_THAT(here.remark, Catch::Matchers::ContainsSubstring("set TMPDIR to a larger disk"));
    }
}

TEST_CASE("scratch: what fits in memory, or nearly, does not go to disk") {
    const Described input({1000, 512, 512}, {20, 512, 512});
    const engine::UnitWork work = rechunking(input, {1000, 64, 64});
    const std::size_t program = resident_memory() + 8 * MiB;  // much more under a sanitizer
    engine::Execution roomy(with_memory(program + 2 * GiB)), half(with_memory(program + 380 * MiB)),
        tight(with_memory(program + 130 * MiB));
    CHECK(engine::plan_units(roomy, work).bytes_decoded == input.info().bytes());
    CHECK(!engine::plan_units(roomy, work).scratch);
    CHECK(engine::plan_units(half, work).bytes_decoded == 2 * input.info().bytes());
    CHECK(!engine::plan_units(half, work).scratch);
    CHECK(engine::plan_units(tight, work).scratch);
}

TEST_CASE("scratch: a transposition through it decodes every element once and changes none") {
    const Dims shape{61, 203, 301};  // 7 MiB in chunks that divide nothing
    for (const auto& [from, to] :
         {std::pair{Dims{4, 203, 301}, "t=61,y=19,x=17"}, std::pair{Dims{3, 97, 128}, "t=61,y=40,x=40"},
          std::pair{Dims{61, 19, 17}, "t=4,y=203,x=301"}}) {
        INFO(to_string(from) << " to " << to);
        const TempDir folder;
        const Counted input(shape, from, "tyx");
        engine::Execution execution(with_memory(resident_memory() + 8 * MiB + 5 * MiB / 2));
        engine::OutputOptions where;
        where.path = folder / "out.zarr", where.chunks = to;
        engine::Output output(execution, where, engine::result_like(input.info(), DType::uint16));
        engine::rechunk(execution, input, output);
        output.publish();
        CHECK(input.elements_read == input.values().count());
        const OwnedArray values = read_all(*store::Array::open(folder / "out.zarr"));
        CHECK(std::equal(values.view.data, values.view.data + values.buffer.size(), input.values().data));
    }
}
