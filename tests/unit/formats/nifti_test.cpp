#include <cstring>

#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

namespace {

/// A NIfTI-1 file put together by hand, so that it can lie: x 4, y 3, z 2, t 2 of int16, counting from -5.
struct Nifti {
    std::string bytes = std::string(352 + 96, '\0');

    Nifti() {
        put<std::int32_t>(0, 348);
        const std::int16_t dim[] = {4, 4, 3, 2, 2, 1, 1, 1}, type[] = {4, 16};
        const float pixdim[] = {1, 0.65f, 0.65f, 3, 0.5f, 0, 0, 0};
        std::memcpy(bytes.data() + 40, dim, sizeof dim);
        std::memcpy(bytes.data() + 70, type, sizeof type);
        std::memcpy(bytes.data() + 76, pixdim, sizeof pixdim);
        put<float>(108, 352);
        put<char>(123, 3 + 8);
        std::memcpy(bytes.data() + 344, "n+1", 4);
        const auto values = expected();
        std::memcpy(bytes.data() + 352, values.data(), 96);
    }
    static std::vector<std::int16_t> expected() { return counting<std::int16_t>(48, -5); }
    template <class T>
    void put(std::size_t offset, T value) {
        std::memcpy(bytes.data() + offset, &value, sizeof value);
    }
    template <class T>
    Nifti with(std::size_t offset, T value) const {
        Nifti lie = *this;
        lie.put(offset, value);
        return lie;
    }
};

std::string open_message(const Nifti& file) {
    const TempDir folder;
    write_text(folder / "a.nii", file.bytes);
    return message_of([&] { read_all(*open("nifti:" + (folder / "a.nii"))); });
}

}  // namespace

TEST_CASE("nifti: the file made by hand reads as long as it does not lie") {
    const TempDir folder;
    write_text(folder / "a.nii", Nifti().bytes);
    const auto source = open(folder / "a.nii");
    const auto& info = source->info();
    CHECK(info.shape == Dims{2, 2, 3, 4});
    CHECK(info.axes == Axes{{"t", 0.5, "s"}, {"z", 3, "um"}, {"y", 0.65, "um"}, {"x", 0.65, "um"}});
    CHECK(values<std::int16_t>(*source) == Nifti::expected());
    check_boxes(*source, {1, 2, 2, 3});
}

TEST_CASE("nifti: a scale is applied, in the type that holds the result, unless it is none or --raw is given") {
    const TempDir folder;
    const auto scaled = [&](float slope, float intercept, bool raw) {
        write_text(folder / "a.nii", Nifti().with(112, slope).with(116, intercept).bytes);
        formats::ReadOptions options;
        options.raw = raw;
        return open(folder / "a.nii", options);
    };
    const auto source = scaled(0.5f, 100, false);
    std::vector<float> expected;
    for (const auto value : Nifti::expected()) expected.push_back(0.5f * value + 100);
    CHECK(values<float>(*source) == expected);
    check_boxes(*source, {1, 2, 2, 3});
    CHECK_FALSE(contains(source->info().attributes + " ", "scl_slope\""));
    const auto raw = scaled(0.5f, 100, true);
    CHECK(values<std::int16_t>(*raw) == Nifti::expected());
    CHECK(contains(raw->info().attributes, R"("scl_slope":0.5,"scl_inter":100.0)"));
    for (const float none : {0.f, NAN, INFINITY})
        CHECK(values<std::int16_t>(*scaled(none, 100, false)) == Nifti::expected());
    CHECK(values<std::int16_t>(*scaled(1, 0, false)) == Nifti::expected());
}

TEST_CASE("nifti: headers that lie are refused before memory is taken on their word") {
    const Nifti file;
    CHECK(contains(open_message(file.with<std::int16_t>(40, 8)), "8 dimensions"));
    CHECK(contains(open_message(file.with<std::int16_t>(40, -1)), "-1 dimensions"));
    CHECK(contains(open_message(file.with<std::int16_t>(42, 0)), "dimension 1 has size 0"));
    CHECK(contains(open_message(file.with<std::int16_t>(42, 5)), "cut off"));
    CHECK(contains(open_message(file.with<std::int16_t>(40, 6).with<std::int16_t>(52, 2)), "dimension 6 has size 2"));
    CHECK(contains(open_message(file.with<std::int16_t>(70, 1)), "one bit"));
    CHECK(contains(open_message(file.with<std::int16_t>(70, 1536)), "128 bits"));
    CHECK(contains(open_message(file.with<std::int16_t>(70, 2048)), "128 bits"));
    CHECK(contains(open_message(file.with<std::int16_t>(70, 77)), "datatype 77"));
    CHECK(contains(open_message(file.with<float>(108, 20)), "within the header"));
    CHECK(contains(open_message(file.with<float>(108, 1e30f)), "within the header"));
    CHECK(contains(open_message(file.with<float>(108, NAN)), "within the header"));
    for (const float far : {1e18f, 4.6e18f}) CHECK(contains(open_message(file.with<float>(108, far)), "cut off"));
    Nifti large = file;  // 4.6e18 bytes, 4.6e18 bytes from the begin on
    for (std::size_t d = 1; d <= 4; ++d) large.put<std::int16_t>(40 + 2 * d, 32767);
    CHECK(contains(open_message(large.with<float>(108, 4.6e18f)), "cut off"));
    CHECK(contains(open_message(file.with<std::int32_t>(344, 0)), "ANALYZE 7.5"));
    CHECK(contains(open_message(file.with<std::int32_t>(0, 12)), "says that it has 12 bytes"));
    Nifti all = file;
    for (std::size_t d = 1; d <= 5; ++d) all.put<std::int16_t>(40 + 2 * d, 32767);
    CHECK(contains(open_message(all.with<std::int16_t>(40, 5)), "64 bits"));
}

TEST_CASE("nifti: a file cut at any byte is an error, never values") {
    const TempDir folder;
    const std::string whole = Nifti().bytes;
    for (std::size_t size = 1; size < whole.size(); size += 7) {
        write_text(folder / "cut.nii", whole.substr(0, size));
        REQUIRE(contains(message_of([&] { read_all(*open("nifti:" + (folder / "cut.nii"))); }), "cut.nii"));
    }
}

TEST_CASE("nifti: damage to any byte of the header is an error or other values, never worse") {
    const TempDir folder;
    for (std::size_t at = 0; at < 352; ++at)
        for (const char flip : {'\x01', '\x80', '\xff'}) {
            std::string damaged = Nifti().bytes;
            damaged[at] = static_cast<char>(damaged[at] ^ flip);
            write_text(folder / "b.nii", damaged);
            try {
                read_all(*open("nifti:" + (folder / "b.nii")));
            } catch (const Error& error) {
                REQUIRE(contains(error.what(), "b.nii"));
            }
        }
}

TEST_CASE("nifti: a pair is found by either name; a file that is missing is named") {
    const TempDir folder;
    const std::string bytes = Nifti().with(344, 'n').with(345, 'i').with(346, '1').with<float>(108, 16).bytes;
    write_text(folder / "a.hdr", bytes.substr(0, 348));
    CHECK(contains(message_of([&] { open(folder / "a.hdr"); }), "a.hdr: its values should lie beside it"));
    write_text(folder / "a.img", std::string(16, '?') + bytes.substr(352));
    for (const char* name : {"a.hdr", "a.img"}) CHECK(values<std::int16_t>(*open(folder / name)) == Nifti::expected());
    write_text(folder / "b.img", "no header");
    CHECK(contains(message_of([&] { open("nifti:" + (folder / "b.img")); }), "b.img: no header of the same name"));
}

TEST_CASE("nifti: what it cannot hold is refused before work begins") {
    const auto refusal = [](DType dtype, const Dims& shape, const std::string& axes) {
        const MemorySource source(dtype, shape, axes);
        return message_of([&] { formats::check_holds("a.nii", source.info()); });
    };
    CHECK(contains(refusal(DType::boolean, {2, 2}, "yx"), "NIfTI has no bool"));
    CHECK(contains(refusal(DType::float16, {2, 2}, "yx"), "NIfTI has no float16"));
    CHECK(contains(refusal(DType::uint8, {2, 2, 2}, "kyx"), "not kyx"));
    CHECK(contains(refusal(DType::uint8, {2, 0}, "yx"), "no values"));
    MemorySource source(DType::uint8, {2, 2, 2}, "tyx");
    source.axes()[2] = {"x", 2, "arcsec"};
    CHECK(contains(message_of([&] { formats::check_holds("a.nii", source.info()); }),
                   "no place for a spacing of 2 arcsec"));
    source.axes()[2] = {"x", 2, "mm"};
    source.axes()[1] = {"y", 2, ""};
    CHECK(contains(message_of([&] { formats::check_holds("a.nii", source.info()); }), "one unit for x, y and z"));
}
