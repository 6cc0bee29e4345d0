/// Selection networks: fixed sequences of minimum and maximum, so that many windows can be worked on side by side.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "levin/core/dims.hpp"

namespace levin::kernels::detail {

/// A network made of Batcher's odd-even merges (Batcher 1968; Knuth, TAOCP 3, 5.3.4, algorithm for lists of any
/// lengths), reduced to the comparators, and the halves of them, that the wanted outputs depend on. Where one element
/// is wanted, the last two lists are not merged: it is the least of some greater ones.
class SelectionNetwork {
  public:
    /// Lists of `lengths` inputs, one after the other, in ascending order already when `sorted`. `ranks`: which
    /// elements of the sorted whole are wanted.
    SelectionNetwork(const std::vector<std::size_t>& lengths, bool sorted, const std::vector<std::size_t>& ranks);

    std::size_t inputs() const { return inputs_; }
    std::size_t slots() const { return slots_; }  ///< values that must be kept at once

    static constexpr std::uint32_t unused = ~std::uint32_t{0};
    struct Comparator {
        std::uint32_t a, b;       // operands: an input, or inputs_ + slot
        std::uint32_t low, high;  // slots, or unused; other ones than those of a and b: nothing is overwritten
    };

    const std::vector<Comparator>& comparators() const { return comparators_; }
    const std::vector<std::uint32_t>& outputs() const { return outputs_; }  ///< operands that hold the ranks

  private:
    using Wires = std::vector<std::uint32_t>;
    Wires sort(const Wires& wires);
    Wires merge(const Wires& a, const Wires& b);
    std::uint32_t select(const Wires& a, const Wires& b, std::size_t rank);
    const Comparator& compare(std::uint32_t x, std::uint32_t y);
    void reduce(const Wires& outputs);

    std::size_t inputs_, slots_ = 0;
    std::vector<Comparator> comparators_;
    std::vector<std::uint32_t> outputs_;
};

}  // namespace levin::kernels::detail
