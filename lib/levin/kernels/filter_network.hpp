/// Selection networks: fixed sequences of minimum and maximum, so that many windows can be worked on side by side.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "levin/core/dims.hpp"

namespace levin::kernels::detail {

/// A network made of Batcher's odd-even merges (Batcher 1968; Knuth, TAOCP 3, 5.3.4, algorithm for lists of any
/// lengths), reduced to the comparators, and the halves of them, that the wanted outputs depend on.
class SelectionNetwork {
  public:
    /// `lists` lists of `length` inputs each, in ascending order already when `sorted`: input l * length + i is element
    /// i of list l. `ranks`: which elements of the sorted whole are wanted.
    SelectionNetwork(std::size_t lists, std::size_t length, bool sorted, const std::vector<std::size_t>& ranks);

    std::size_t inputs() const { return inputs_; }
    std::size_t slots() const { return slots_; }  ///< rows of storage that run() needs

    /// Runs the network on `lanes` elements at once: in[i] points at the lanes of input i, `storage` holds slots() rows
    /// of `pitch` elements. result[k] points at the lanes of ranks[k]; it may be an input. `in` is not written.
    template <class T>
    void run(const T* const* in, T* storage, Index pitch, Index lanes, const T** result) const {
        const auto row = [&](std::uint32_t operand) -> const T* {
            return operand < inputs_ ? in[operand] : storage + static_cast<Index>(operand - inputs_) * pitch;
        };
        for (const Comparator& c : comparators_) {
            const T *a = row(c.a), *b = row(c.b);
            T* low = c.low == unused ? nullptr : storage + static_cast<Index>(c.low) * pitch;
            T* high = c.high == unused ? nullptr : storage + static_cast<Index>(c.high) * pitch;
            compare(a, b, low, high, lanes);
        }
        for (std::size_t k = 0; k < outputs_.size(); ++k) result[k] = row(outputs_[k]);
    }

  private:
    static constexpr std::uint32_t unused = ~std::uint32_t{0};
    struct Comparator {
        std::uint32_t a, b;       // operands: an input, or inputs_ + slot
        std::uint32_t low, high;  // slots; other ones than those of a and b, so that no row is read and written at once
    };

    /// Equal elements keep their places, so that the two zeros of floating point are not doubled.
    template <class T>
    static void compare(const T* __restrict a, const T* __restrict b, T* __restrict low, T* __restrict high,
                        Index lanes) {
        if (low && high) {
            for (Index i = 0; i < lanes; ++i) {
                const T x = a[i], y = b[i];
                low[i] = y < x ? y : x;
                high[i] = y < x ? x : y;
            }
        } else if (low) {
            for (Index i = 0; i < lanes; ++i) low[i] = b[i] < a[i] ? b[i] : a[i];
        } else {
            for (Index i = 0; i < lanes; ++i) high[i] = b[i] < a[i] ? a[i] : b[i];
        }
    }

    using Wires = std::vector<std::uint32_t>;
    Wires sort(const Wires& wires);
    Wires merge(const Wires& a, const Wires& b);
    void reduce(const Wires& outputs);

    std::size_t inputs_, slots_ = 0;
    std::vector<Comparator> comparators_;
    std::vector<std::uint32_t> outputs_;
};

}  // namespace levin::kernels::detail
