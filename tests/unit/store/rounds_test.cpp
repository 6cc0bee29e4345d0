// Rounds that parts and merges share inside a store in the making.
#include "levin/store/rounds.hpp"

#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::ArrayWriter;
using store::GroupWriter;
using store::Rounds;

namespace fs = std::filesystem;

namespace {

const store::WriteOptions shared{false, false, false, true};

void leave(const Rounds& rounds, Index round, const std::string& name, Index part, Index parts,
           std::vector<std::int64_t> row) {
    ArrayWriter writer = rounds.rows(round, name, DType::int64, parts, static_cast<Index>(row.size()));
    writer.write(part, contiguous(row.data(), DType::int64, {1, static_cast<Index>(row.size())}));
}

std::vector<std::int64_t> row_of(const store::Array& array, Index part) {
    std::vector<std::int64_t> row(static_cast<std::size_t>(array.info().shape[1]));
    array.read({{part, 0}, {1, array.info().shape[1]}},
               contiguous(row.data(), DType::int64, {1, array.info().shape[1]}));
    return row;
}

}  // namespace

TEST_CASE("rounds: parts leave rows in any order, the merge reads them and begins the next round") {
    const TempDir dir;
    const std::string path = dir / "out";
    GroupWriter group(path, "{}", 3, shared);
    const Rounds rounds(group.store(), false);
    CHECK_FALSE(rounds.newest());
    CHECK(rounds.parts(0) == 0);
    CHECK(rounds.state(0).empty());

    leave(rounds, 0, "labels", 2, 3, {7, 8, 9, 10});
    leave(rounds, 0, store::records, 2, 3, {5, -6});
    CHECK(rounds.newest() == Index{0});
    CHECK(rounds.parts(0) == 3);
    CHECK(rounds.missing(0) == std::vector<Index>{1, 2});
    CHECK_THROWS_AS(rounds.close(0), store::LateError);
    const auto state = store::pending_state(path);
    REQUIRE(state);
    CHECK(state->round == Index{0});
    CHECK(state->parts == 3);
    CHECK(state->missing == std::vector<Index>{1, 2});
    check_error([&] { rounds.rows(0, store::records, DType::int64, 4, 2); },
                "is being made in 3 parts, this one is of 4");

    for (const Index part : {0, 1}) {
        leave(rounds, 0, "labels", part, 3, {part, part, part, part});
        leave(rounds, 0, store::records, part, 3, {0, part});  // a row of zeros is stored, too
    }
    leave(rounds, 0, store::records, 2, 3, {5, -6});  // twice
    CHECK(rounds.missing(0).empty());
    rounds.close(0);
    rounds.close(0);
    CHECK(rounds.parts(0) == 3);
    CHECK(rounds.missing(0).empty());
    CHECK(row_of(*rounds.read(0, store::records), 2) == std::vector<std::int64_t>{5, -6});
    CHECK(row_of(*rounds.read(0, store::records), 0) == std::vector<std::int64_t>{0, 0});
    CHECK(row_of(*rounds.read(0, "labels"), 1) == std::vector<std::int64_t>{1, 1, 1, 1});
    // What a file system does not show is no data.
    fs::rename(path + "/__levin/round-0000/records/c/0", path + "/hidden");
    check_error([&] { row_of(*rounds.read(0, store::records), 0); }, "c/0/0 is missing");
    fs::rename(path + "/hidden", path + "/__levin/round-0000/records/c/0");
    CHECK_THROWS_AS(rounds.read(0, "distance"), store::LateError);
    fs::rename(path + "/__levin/round-0000/records/zarr.json", path + "/hidden");
    CHECK_THROWS_AS(rounds.rows(0, store::records, DType::int64, 3, 2), store::LateError);
    fs::rename(path + "/hidden", path + "/__levin/round-0000/records/zarr.json");
    // A part that comes again finds its row there.
    CHECK(rounds.rows(0, store::records, DType::int64, 3, 2).is_done(1));

    rounds.begin(1, {11, 12});
    rounds.begin(1, {11, 12});
    CHECK(rounds.newest() == Index{1});
    CHECK(rounds.state(1) == std::vector<std::int64_t>{11, 12});
    // The next round has the parts of this one.
    check_error([&] { rounds.rows(1, store::records, DType::int64, 2, 2); },
                "is being made in 3 parts, this one is of 2");
    CHECK(fs::exists(path + "/__levin/round-0000"));
    rounds.begin(2, {13});
    CHECK_FALSE(fs::exists(path + "/__levin/round-0000"));
    CHECK(fs::exists(path + "/__levin/round-0001"));
    CHECK(rounds.newest() == Index{2});

    group.publish();
    CHECK_FALSE(fs::exists(path + "/__levin"));
}
