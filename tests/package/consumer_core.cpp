#include <cstdio>

#include "levin/core/axes.hpp"
#include "levin/core/parallel.hpp"

int main() {
    levin::parallel_for(4, 2, {}, [](levin::Index) {});
    std::puts(levin::letters(levin::axes_from_letters("tzyx")).c_str());
}
