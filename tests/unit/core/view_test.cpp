#include "levin/core/view.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>

#include "catch.hpp"
#include "levin/core/error.hpp"

using namespace levin;

namespace {

/// A view of `shape` with axes in random memory order, some of them reversed, spread (step 2) or, if asked, repeated
/// (step 0).
struct RandomLayout {
    std::vector<std::byte> memory;
    View view;

    RandomLayout(std::mt19937& random, DType dtype, const Dims& shape, bool may_repeat) {
        std::vector<std::size_t> order(shape.size());
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), random);
        Dims strides(shape.size());
        Index step = static_cast<Index>(size_of(dtype)), origin = 0;
        for (const std::size_t axis : order) {
            if (may_repeat && random() % 8 == 0) continue;
            if (random() % 4 == 0) step *= 2;
            strides[axis] = step;
            step *= shape[axis];
            if (random() % 4 == 0) {
                origin += strides[axis] * (shape[axis] - 1);
                strides[axis] = -strides[axis];
            }
        }
        memory.resize(static_cast<std::size_t>(step));
        for (auto& byte : memory) byte = static_cast<std::byte>(random());
        view = View(memory.data() + origin, dtype, shape, strides);
    }
};

Index offset(const Dims& strides, const Dims& at) {
    return std::inner_product(at.begin(), at.end(), strides.begin(), Index{0});
}

void naive_copy(const ConstView& from, const View& to) {
    for_each_index(Region::whole(to.shape), [&](const Dims& at) {
        std::memcpy(to.data + offset(to.strides, at), from.data + offset(from.strides, at), size_of(to.dtype));
    });
}

}  // namespace

TEST_CASE("copy: any pair of strides gives what a naive loop gives, and touches nothing else") {
    std::mt19937 random(1);
    const DType dtypes[] = {DType::uint8, DType::float16, DType::float32, DType::int64, DType::complex128};
    for (int round = 0; round < 500; ++round) {
        const DType dtype = dtypes[round % 5];
        Dims shape(random() % 5);
        for (auto& n : shape) n = 1 + static_cast<Index>(random() % (shape.size() == 2 ? 90 : 9));
        const RandomLayout from(random, dtype, shape, true);
        RandomLayout to(random, dtype, shape, false);
        std::vector<std::byte> memory = to.memory;
        View expected = to.view;
        expected.data = memory.data() + (to.view.data - to.memory.data());
        naive_copy(from.view, expected);
        copy(from.view, to.view);
        INFO("round " << round << " shape " << to_string(shape));
        REQUIRE(memory == to.memory);
    }
}

TEST_CASE("copy: rank 0 copies one element, a zero length none, a mismatch is refused") {
    float from = 3, to = 0;
    copy(contiguous(&from, DType::float32, {}), contiguous(&to, DType::float32, {}));
    CHECK(to == 3);
    from = 4;
    copy(contiguous(&from, DType::float32, {0, 5}), contiguous(&to, DType::float32, {0, 5}));
    CHECK(to == 3);
    CHECK_THROWS_AS(copy(contiguous(&from, DType::float32, {1}), contiguous(&to, DType::float32, {1, 1})), Error);
    CHECK_THROWS_AS(copy(contiguous(&from, DType::int32, {1}), contiguous(&to, DType::float32, {1})), Error);
}

TEST_CASE("view: contiguity ignores the strides of axes of length one") {
    std::byte memory[64];
    CHECK(contiguous(memory, DType::int16, {2, 3, 4}).is_contiguous());
    CHECK(View(memory, DType::int16, {1, 4}, {999, 2}).is_contiguous());
    CHECK(View(memory, DType::int16, {0, 4}, {7, 7}).is_contiguous());
    CHECK(View(memory, DType::int16, {}, {}).is_contiguous());
    CHECK_FALSE(View(memory, DType::int16, {2, 4}, {16, 2}).is_contiguous());
    CHECK_FALSE(View(memory, DType::int16, {4, 2}, {2, 8}).is_contiguous());
}

TEST_CASE("view: sub and permuted show the same memory") {
    std::vector<std::int32_t> memory(24);
    std::iota(memory.begin(), memory.end(), 0);
    const View view = contiguous(memory.data(), DType::int32, {2, 3, 4});
    CHECK(c_strides({2, 3, 4}, 4) == Dims{48, 16, 4});
    CHECK(c_strides({}, 4).empty());
    CHECK(c_strides({2, 0, 4}, 4) == Dims{16, 16, 4});
    const View part = view.sub({{1, 0, 2}, {1, 3, 2}});
    CHECK(*part.as<std::int32_t>() == 14);
    CHECK(part.shape == Dims{1, 3, 2});
    CHECK(part.strides == view.strides);
    const View turned = permuted(view, {2, 0, 1});
    CHECK(turned.shape == Dims{4, 2, 3});
    std::vector<std::int32_t> copied(24);
    copy(turned, contiguous(copied.data(), DType::int32, turned.shape));
    for (std::size_t x = 0; x < 4; ++x)
        for (std::size_t tz = 0; tz < 6; ++tz) CHECK(copied[x * 6 + tz] == memory[tz * 4 + x]);
}

TEST_CASE("fill: sets every element of a strided view and nothing beside it") {
    std::vector<std::uint16_t> memory(100, 7);
    const std::uint16_t value = 0x1234;
    fill(contiguous(memory.data(), DType::uint16, {10, 10}).sub({{2, 3}, {4, 5}}), &value);
    for (std::size_t y = 0; y < 10; ++y)
        for (std::size_t x = 0; x < 10; ++x)
            CHECK(memory[y * 10 + x] == (y >= 2 && y < 6 && x >= 3 && x < 8 ? value : 7));
    const std::complex<double> z{1, 2};
    std::vector<std::complex<double>> many(5);
    fill(contiguous(many.data(), DType::complex128, {5}), &z);
    CHECK(many == std::vector<std::complex<double>>(5, z));
}

TEST_CASE("swap_bytes: reverses words, the halves of a complex number on their own") {
    std::uint32_t words[] = {0x01020304, 0xa0b0c0d0};
    swap_bytes(contiguous(words, DType::uint32, {2}));
    CHECK(words[0] == 0x04030201);
    CHECK(words[1] == 0xd0c0b0a0);
    swap_bytes(contiguous(words, DType::complex64, {1}));
    CHECK(words[0] == 0x01020304);
    swap_bytes(contiguous(words, DType::float16, {4}));
    CHECK(words[0] == 0x02010403);
    swap_bytes(contiguous(words, DType::float64, {1}));
    CHECK(words[0] == 0xc0d0a0b0);
    std::uint8_t bytes[] = {1, 2};
    swap_bytes(contiguous(bytes, DType::uint8, {2}));
    CHECK(bytes[0] == 1);
}

TEST_CASE("buffer: aligned, grows on demand, names the size it cannot have") {
    Buffer buffer(100);
    CHECK(buffer.size() == 100);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64 == 0);
    const std::byte* before = buffer.data();
    buffer.reserve(50);
    CHECK(buffer.data() == before);
    buffer.reserve(1000);
    CHECK(buffer.size() == 1000);
    CHECK(Buffer(0).data() != nullptr);
    CHECK_THROWS_AS(Buffer(SIZE_MAX), TransientError);
    const OwnedArray array(DType::float64, {3, 4});
    CHECK(array.buffer.size() == 96);
    CHECK(array.view.strides == Dims{32, 8});
}
