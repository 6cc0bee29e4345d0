#include "levin/core/blocks.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>

namespace levin {
namespace {

constexpr std::size_t line = 64, smallest = std::size_t{1} << 18, huge_page = std::size_t{1} << 21;

/// Sizes are rounded so that blocks of nearly the same size serve each other: to an eighth of their magnitude at most.
std::size_t rounded(std::size_t bytes) {
    std::size_t step = line;
    if (bytes >= smallest) {
        step = smallest / 8;
        while (step < bytes / 16) step *= 2;
    }
    if (bytes > std::numeric_limits<std::size_t>::max() / 2) return 0;
    return (bytes + step - 1) / step * step;
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool pooled = false;  // the sanitizer must see every block's end
#elif defined(__has_feature)
constexpr bool pooled = !__has_feature(address_sanitizer);
#else
constexpr bool pooled = true;
#endif

class Pool {
  public:
    void* take(std::size_t size) {
        {
            const std::lock_guard lock(guard_);
            const auto found = idle_.lower_bound(size);
            // A larger one would hold memory that nobody accounts for.
            if (found != idle_.end() && found->first == size) {
                void* block = found->second;
                idle_.erase(found);
                idle_bytes_ -= size, used_bytes_ += size;
                return block;
            }
            used_bytes_ += size;
            trim();
        }
        void* block = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block != MAP_FAILED) {
            if (size >= huge_page) madvise(block, size, MADV_HUGEPAGE);  // fewer faults, where the system allows it
            return block;
        }
        const std::lock_guard lock(guard_);
        used_bytes_ -= size;
        return nullptr;
    }

    void give(void* block, std::size_t size) noexcept {
        const std::lock_guard lock(guard_);
        used_bytes_ -= size;
        try {
            idle_.emplace(size, block);
            idle_bytes_ += size;
        } catch (...) {
            munmap(block, size);
        }
        trim();
    }

    void limit(std::size_t bytes) {
        const std::lock_guard lock(guard_);
        limit_ = bytes;
        trim();
    }

  private:
    /// The largest go first: they are the least likely to be asked for again.
    void trim() noexcept {
        while (!idle_.empty() && used_bytes_ + idle_bytes_ > limit_) {
            const auto last = std::prev(idle_.end());
            munmap(last->second, last->first);
            idle_bytes_ -= last->first;
            idle_.erase(last);
        }
    }

    std::mutex guard_;
    std::multimap<std::size_t, void*> idle_;
    std::size_t used_bytes_ = 0, idle_bytes_ = 0, limit_ = 0;
};

/// Never destroyed: buffers of static storage may be given back after it would be.
Pool& pool() {
    static Pool& pool = *new Pool;
    return pool;
}

}  // namespace

void* take_block(std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    if (size == 0) return nullptr;
    return pooled && size >= smallest ? pool().take(size) : std::aligned_alloc(line, size);
}

void give_block(void* block, std::size_t bytes) noexcept {
    const std::size_t size = rounded(bytes);
    if (pooled && size >= smallest) pool().give(block, size);
    else std::free(block);
}

void limit_blocks(std::size_t bytes) { pool().limit(bytes); }

}  // namespace levin
