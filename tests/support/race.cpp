// A data race, so that a run of the race detector proves that it would have seen one. Two iterations meet, so that two
// threads run them; then the second writes after the first has written, with nothing that orders the two (relaxed). They
// take turns because the detector may miss two accesses at the very same moment, and looks at a repeated one only once.
#include "levin/core/parallel.hpp"

int main() {
    std::atomic<int> arrived{0};
    std::atomic<bool> written{false};
    long value = 0;
    levin::parallel_for(2, 2, {}, [&](levin::Index i) {
        arrived.fetch_add(1, std::memory_order_relaxed);
        while (arrived.load(std::memory_order_relaxed) < 2) continue;
        while (i == 1 && !written.load(std::memory_order_relaxed)) continue;
        value = i + 1;
        if (i == 0) written.store(true, std::memory_order_relaxed);
    });
    return value == 2 ? 0 : 1;
}
