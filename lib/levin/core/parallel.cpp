#include "levin/core/parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>

namespace levin {

void parallel_for(Index count, int threads, const StopToken& stop, const std::function<void(Index, int)>& body) {
    std::atomic<Index> next{0};
    std::atomic<bool> failed{false};
    std::exception_ptr first;
    std::mutex guard;
    // An exception must not leave an OpenMP region, so each thread catches its own.
    const auto worker = [&](int thread) noexcept {
        for (Index i; !failed && (i = next.fetch_add(1)) < count;) {
            try {
                stop.check();
                body(i, thread);
            } catch (...) {
                const std::lock_guard lock(guard);
                if (!first) first = std::current_exception();
                failed = true;
            }
        }
    };
    const int used = static_cast<int>(std::clamp<Index>(count, 1, std::max(threads, 1)));
    if (used == 1) {
        worker(0);
    } else {
#pragma omp parallel num_threads(used)
        worker(omp_get_thread_num());
    }
    if (first) std::rethrow_exception(first);
}

void parallel_for(Index count, int threads, const StopToken& stop, const std::function<void(Index)>& body) {
    parallel_for(count, threads, stop, [&body](Index i, int) { body(i); });
}

}  // namespace levin
