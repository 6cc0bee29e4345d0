/// Selection networks run on many windows side by side, in vectors. Read once for each instruction set, as Highway's
/// own headers are.
#if defined(LEVIN_FILTER_NETWORK_LANES_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef LEVIN_FILTER_NETWORK_LANES_HPP
#undef LEVIN_FILTER_NETWORK_LANES_HPP
#else
#define LEVIN_FILTER_NETWORK_LANES_HPP
#endif
#include <hwy/highway.h>

#include "levin/kernels/filter_network.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Samples side by side. Of equal ones lesser() and greater() are x and y, so that the two zeros of floating point are
/// not doubled; x86 has that in one instruction, which compilers do not dare to take for floats.
template <class D>
struct Samples {
    hn::Vec<D> v;
};
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128 && HWY_TARGET != HWY_SCALAR
template <class D>
HWY_INLINE Samples<D> lesser(Samples<D> x, Samples<D> y) {
    return {hn::Min(y.v, x.v)};
}
template <class D>
HWY_INLINE Samples<D> greater(Samples<D> x, Samples<D> y) {
    return {hn::Max(x.v, y.v)};
}
#else
template <class D>
HWY_INLINE Samples<D> lesser(Samples<D> x, Samples<D> y) {
    return {hn::IfThenElse(hn::Lt(y.v, x.v), y.v, x.v)};
}
template <class D>
HWY_INLINE Samples<D> greater(Samples<D> x, Samples<D> y) {
    return {hn::IfThenElse(hn::Lt(y.v, x.v), x.v, y.v)};
}
#endif
template <class D>
HWY_INLINE Samples<D> middle(Samples<D> x, Samples<D> y, Samples<D> z) {
    return greater(lesser(x, y), lesser(greater(x, y), z));
}

/// body(load, store, i) for all lanes from i = 0 on.
template <class T, class Body>
HWY_INLINE void for_lanes(Index lanes, Body body) {
    const auto vectors = [&](auto d, Index i) {
        using D = decltype(d);
        const auto step = static_cast<Index>(hn::Lanes(d));
        for (; i + step <= lanes; i += step)
            body([d](const T* from) { return Samples<D>{hn::LoadU(d, from)}; },
                 [d](Samples<D> x, T* to) { hn::StoreU(x.v, d, to); }, i);
        return i;
    };
    vectors(hn::CappedTag<T, 1>(), vectors(hn::ScalableTag<T>(), 0));
}

template <class T>
void compare(const T* a, const T* b, T* low, T* high, Index lanes) {
    if (low && high) {
        for_lanes<T>(lanes, [=](auto load, auto store, Index i) {
            const auto x = load(a + i), y = load(b + i);
            store(lesser(x, y), low + i);
            store(greater(x, y), high + i);
        });
    } else if (low) {
        for_lanes<T>(lanes, [=](auto load, auto store, Index i) { store(lesser(load(a + i), load(b + i)), low + i); });
    } else {
        for_lanes<T>(lanes,
                     [=](auto load, auto store, Index i) { store(greater(load(a + i), load(b + i)), high + i); });
    }
}

/// Runs the network on `lanes` elements at once: in[i] points at the lanes of input i, `storage` holds slots() rows of
/// `pitch` elements. result[k] points at the lanes of output k; it may be an input. `in` is not written.
template <class T>
void run_network(const SelectionNetwork& network, const T* const* in, T* storage, Index pitch, Index lanes,
                 const T** result) {
    const auto inputs = static_cast<std::uint32_t>(network.inputs());
    const auto slot = [&](std::uint32_t i) { return storage + static_cast<Index>(i) * pitch; };
    const auto row = [&](std::uint32_t operand) { return operand < inputs ? in[operand] : slot(operand - inputs); };
    constexpr auto unused = SelectionNetwork::unused;
    for (const auto& c : network.comparators())
        compare(row(c.a), row(c.b), c.low == unused ? nullptr : slot(c.low), c.high == unused ? nullptr : slot(c.high),
                lanes);
    for (const std::uint32_t output : network.outputs()) *result++ = row(output);
}

/// Sorts three rows lane by lane.
template <class T>
void sort_three(const T* a, const T* b, const T* c, T* low, T* mid, T* high, Index lanes) {
    for_lanes<T>(lanes, [=](auto load, auto store, Index i) {
        const auto first = load(a + i), second = load(b + i), third = load(c + i);
        const auto x = lesser(first, second), y = greater(first, second), rest = lesser(y, third);
        store(lesser(x, rest), low + i);
        store(greater(x, rest), mid + i);
        store(greater(y, third), high + i);
    });
}

/// Medians of 3 x 3 samples from three sorted columns each: the greatest of the least, the middle of the middle and the
/// least of the greatest ones have the median in their midst (J. L. Smith, Graphics Gems II (1991) 171).
template <class T>
void middle_of_nine(const T* low, const T* mid, const T* high, T* out, Index lanes) {
    for_lanes<T>(lanes, [=](auto load, auto store, Index i) {
        const auto least = greater(greater(load(low + i), load(low + i + 1)), load(low + i + 2));
        const auto midst = middle(load(mid + i), load(mid + i + 1), load(mid + i + 2));
        const auto greatest = lesser(lesser(load(high + i), load(high + i + 1)), load(high + i + 2));
        store(middle(least, midst, greatest), out + i);
    });
}

}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // read for this instruction set
