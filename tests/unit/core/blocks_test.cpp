#include "levin/core/blocks.hpp"

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "levin/core/resources.hpp"

using namespace levin;

namespace {

constexpr std::size_t MiB = std::size_t{1} << 20;

struct Limit {
    explicit Limit(std::size_t bytes) { limit_blocks(bytes); }
    ~Limit() { limit_blocks(0); }
};

// A sanitizer keeps memory of its own for every block.
#ifdef __has_feature
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif

}  // namespace

TEST_CASE("blocks: aligned, writable to their end, of any size") {
    const Limit limit(64 * MiB);
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{65}, MiB / 4 - 1, MiB / 4, MiB + 1, 9 * MiB + 7}) {
        void* block = take_block(bytes);
        REQUIRE(block);
        CHECK(reinterpret_cast<std::uintptr_t>(block) % 64 == 0);
        std::memset(block, 1, bytes);
        give_block(block, bytes);
    }
    CHECK(take_block(SIZE_MAX - 3) == nullptr);
}

TEST_CASE("blocks: what idles counts against the limit, and goes back to the system before new blocks pass it") {
    const Limit limit(48 * MiB);
    const std::size_t before = resident_memory();
    for (std::size_t size = 1; size <= 32; ++size) {  // 528 MiB in all, never more than 32 at once
        void* block = take_block(size * MiB);
        REQUIRE(block);
        std::memset(block, 1, size * MiB);
        give_block(block, size * MiB);
        if (!sanitized) CHECK(resident_memory() < before + 50 * MiB);
    }
    limit_blocks(0);
    if (!sanitized) CHECK(resident_memory() < before + 4 * MiB);
}

TEST_CASE("blocks: threads never share one") {
    const Limit limit(64 * MiB);
    std::vector<std::thread> threads;
    std::vector<int> wrong(4);
    for (int id = 0; id < 4; ++id)
        threads.emplace_back([id, &wrong] {
            for (int round = 0; round < 200; ++round) {
                const std::size_t bytes = MiB / 4 + static_cast<std::size_t>(round % 3) * MiB / 4;
                auto* block = static_cast<unsigned char*>(take_block(bytes));
                block[0] = block[bytes - 1] = static_cast<unsigned char>(id);
                std::this_thread::yield();
                wrong[static_cast<std::size_t>(id)] += block[0] != id || block[bytes - 1] != id;
                give_block(block, bytes);
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (const int count : wrong) CHECK(count == 0);
}
