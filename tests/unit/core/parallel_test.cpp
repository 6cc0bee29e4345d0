#include "levin/core/parallel.hpp"

#include <csignal>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "catch.hpp"

using namespace levin;

TEST_CASE("parallel_for: every index once, on numbered threads") {
    for (const int threads : {1, 2, 7}) {
        std::vector<std::atomic<int>> visits(1000);
        std::atomic<bool> numbered{true};
        parallel_for(1000, threads, {}, [&](Index i, int thread) {
            ++visits[static_cast<std::size_t>(i)];
            if (thread < 0 || thread >= threads) numbered = false;
        });
        CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 1; }));
        CHECK(numbered);
    }
}

TEST_CASE("parallel_for: no work and nonsense thread counts are fine") {
    int calls = 0;
    parallel_for(0, 4, {}, [&](Index) { ++calls; });
    CHECK(calls == 0);
    parallel_for(3, 0, {}, [&](Index) { ++calls; });
    parallel_for(3, -1, {}, [&](Index) { ++calls; });
    CHECK(calls == 6);
}

TEST_CASE("parallel_for: several threads run at once") {
    std::atomic<int> arrived{0};
    parallel_for(2, 2, {}, [&](Index) {
        ++arrived;
        while (arrived < 2) std::this_thread::yield();
    });
    CHECK(arrived == 2);
}

TEST_CASE("parallel_for: the first exception wins, nothing starts after it, its type survives") {
    for (const int threads : {1, 2, 7}) {
        std::atomic<int> started{0};
        std::atomic<bool> thrown{false};
        try {
            parallel_for(100000, threads, {}, [&](Index i) {
                ++started;
                if (i == 10) {
                    thrown = true;
                    throw UsageError("index 10");
                }
                // The others hold back until the first has been thrown, then fail too: later, so they must lose.
                while (i > 10 && !thrown) std::this_thread::yield();
                if (i > 10) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(50));
                    throw std::runtime_error("later");
                }
            });
            FAIL("nothing thrown");
        } catch (const UsageError& error) {
            CHECK(std::string(error.what()) == "index 10");
        }
        CHECK(started <= 11 + threads);
    }
}

TEST_CASE("parallel_for: a requested stop interrupts between two indices") {
    std::atomic<int> signal{0};
    const StopToken stop(&signal);
    CHECK_FALSE(stop.stop_requested());
    CHECK_NOTHROW(stop.check());
    for (const int threads : {1, 3}) {
        signal = 0;
        std::atomic<int> finished{0};
        try {
            parallel_for(100000, threads, stop, [&](Index i) {
                if (i == 5) signal = SIGINT;
                ++finished;
            });
            FAIL("not interrupted");
        } catch (const Interrupted& error) {
            CHECK(error.signal() == SIGINT);
        }
        CHECK(finished >= 6);
        CHECK(finished < 100000);
    }
    CHECK_FALSE(StopToken().stop_requested());
}

TEST_CASE("parallel_for: may run inside another one") {
    std::atomic<int> calls{0};
    parallel_for(3, 2, {}, [&](Index) { parallel_for(4, 2, {}, [&](Index) { ++calls; }); });
    CHECK(calls == 12);
}
