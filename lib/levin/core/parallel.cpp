#include "levin/core/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace levin {
namespace {

/// Threads that sleep between jobs. OpenMP's spin for milliseconds after every region: on a machine that others use
/// too, two threads were then half as fast as one (measured on `levin project`), and its runtime reads the setting
/// against it before any program can make it.
class Crew {
  public:
    ~Crew() {
        {
            const std::lock_guard lock(guard_);
            leaving_ = true;
        }
        wake_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    /// Calls work(0) here and work(1), ... work(count - 1) on other threads; returns when all have. `work` never throws.
    /// When the crew is at work already (a job inside a job), work(0) alone must do.
    void run(int count, const std::function<void(int)>& work) {
        const std::unique_lock job(jobs_, std::try_to_lock);
        if (at_work_ || !job.owns_lock()) return work(0);
        count = grow(count);
        if (count == 1) return work(0);
        {
            const std::lock_guard lock(guard_);
            work_ = &work, wanted_ = count, busy_ = count - 1, ++job_;
        }
        wake_.notify_all();
        at_work_ = true;
        work(0);
        at_work_ = false;
        std::unique_lock lock(guard_);
        rest_.wait(lock, [this] { return busy_ == 0; });
    }

  private:
    /// Returns `count`, or what the system allows: fewer threads do the same work.
    int grow(int count) {
        try {
            while (static_cast<int>(threads_.size()) < count - 1)
                threads_.emplace_back([this, number = static_cast<int>(threads_.size()) + 1] { serve(number); });
        } catch (const std::system_error&) {
        }
        return std::min(count, static_cast<int>(threads_.size()) + 1);
    }

    void serve(int number) {
        at_work_ = true;
        long seen = 0;
        std::unique_lock lock(guard_);
        for (;;) {
            wake_.wait(lock, [&] { return leaving_ || (job_ != seen && number < wanted_); });
            if (leaving_) return;
            seen = job_;
            const auto& work = *work_;
            lock.unlock();
            work(number);
            lock.lock();
            if (--busy_ == 0) rest_.notify_one();
        }
    }

    static thread_local bool at_work_;
    std::mutex jobs_, guard_;  // one job at a time; the fields below
    std::condition_variable wake_, rest_;
    std::vector<std::thread> threads_;
    const std::function<void(int)>* work_ = nullptr;
    int wanted_ = 0, busy_ = 0;
    long job_ = 0;
    bool leaving_ = false;
};

thread_local bool Crew::at_work_ = false;

}  // namespace

void parallel_for(Index count, int threads, const StopToken& stop, const std::function<void(Index, int)>& body) {
    std::atomic<Index> next{0};
    std::atomic<bool> failed{false};
    std::exception_ptr first;
    std::mutex guard;
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
    static Crew crew;
    if (used == 1) worker(0);
    else crew.run(used, worker);
    if (first) std::rethrow_exception(first);
}

void parallel_for(Index count, int threads, const StopToken& stop, const std::function<void(Index)>& body) {
    parallel_for(count, threads, stop, [&body](Index i, int) { body(i); });
}

}  // namespace levin
