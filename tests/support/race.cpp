// A data race, so that a run of the race detector proves that it would have seen one: two iterations, made to overlap,
// add to one variable. The meeting point orders nothing (relaxed), or there would be no race. They add many times: the
// detector may miss two accesses at the very same moment.
#include "levin/core/parallel.hpp"

int main() {
    std::atomic<int> arrived{0};
    volatile long sum = 0;
    levin::parallel_for(2, 2, {}, [&](levin::Index i) {
        arrived.fetch_add(1, std::memory_order_relaxed);
        while (arrived.load(std::memory_order_relaxed) < 2) continue;
        for (int n = 0; n < 10000; ++n) sum = sum + i;
    });
    return sum == 10000 ? 0 : 1;
}
