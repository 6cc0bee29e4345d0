#include "levin/kernels/filter_network.hpp"

#include <algorithm>

namespace levin::kernels::detail {

// While the network is being built every value has a wire of its own: the inputs, then two for each comparator.
// reduce() drops what is not needed and lets values share slots.
SelectionNetwork::SelectionNetwork(std::size_t lists, std::size_t length, bool sorted,
                                   const std::vector<std::size_t>& ranks)
    : inputs_(lists * length) {
    std::vector<Wires> parts;
    for (std::size_t l = 0; l < lists; ++l) {
        Wires list(length);
        for (std::size_t i = 0; i < length; ++i) list[i] = static_cast<std::uint32_t>(l * length + i);
        parts.push_back(sorted ? std::move(list) : sort(list));
    }
    for (; parts.size() > 1; parts.resize((parts.size() + 1) / 2)) {
        for (std::size_t i = 0; i + 1 < parts.size(); i += 2) parts[i / 2] = merge(parts[i], parts[i + 1]);
        if (parts.size() % 2 == 1) parts[parts.size() / 2] = std::move(parts.back());
    }
    Wires outputs;
    for (const std::size_t rank : ranks) outputs.push_back(parts.front()[rank]);
    reduce(outputs);
}

SelectionNetwork::Wires SelectionNetwork::sort(const Wires& wires) {
    if (wires.size() < 2) return wires;
    const auto middle = wires.begin() + static_cast<std::ptrdiff_t>(wires.size() / 2);
    return merge(sort(Wires(wires.begin(), middle)), sort(Wires(middle, wires.end())));
}

SelectionNetwork::Wires SelectionNetwork::merge(const Wires& a, const Wires& b) {
    if (a.empty() || b.empty()) return a.empty() ? b : a;
    const auto compare = [this](std::uint32_t& x, std::uint32_t& y) {
        const auto low = static_cast<std::uint32_t>(inputs_ + 2 * comparators_.size());
        comparators_.push_back({x, y, low, low + 1});
        x = low;
        y = low + 1;
    };
    if (a.size() == 1 && b.size() == 1) {
        Wires both{a[0], b[0]};
        compare(both[0], both[1]);
        return both;
    }
    const auto every_other = [](const Wires& wires, std::size_t first) {
        Wires result;
        for (std::size_t i = first; i < wires.size(); i += 2) result.push_back(wires[i]);
        return result;
    };
    Wires odd = merge(every_other(a, 0), every_other(b, 0)), even = merge(every_other(a, 1), every_other(b, 1));
    // odd[0] is the least; then even[i] and odd[i + 1] are neighbours in unknown order.
    Wires result{odd[0]};
    for (std::size_t i = 0; i < even.size() || i + 1 < odd.size(); ++i) {
        if (i < even.size() && i + 1 < odd.size()) compare(even[i], odd[i + 1]);
        if (i < even.size()) result.push_back(even[i]);
        if (i + 1 < odd.size()) result.push_back(odd[i + 1]);
    }
    return result;
}

void SelectionNetwork::reduce(const Wires& outputs) {
    constexpr auto never = static_cast<std::size_t>(-1);
    const std::size_t wires = inputs_ + 2 * comparators_.size();
    // Backwards: a comparator is needed when one of its results is, and then so are its operands. The first reader met
    // is the last.
    std::vector<std::size_t> last_reader(wires, never);
    for (const std::uint32_t wire : outputs) last_reader[wire] = comparators_.size();
    for (std::size_t i = comparators_.size(); i-- > 0;) {
        const Comparator& c = comparators_[i];
        if (last_reader[c.low] == never && last_reader[c.high] == never) continue;
        for (const std::uint32_t wire : {c.a, c.b})
            if (last_reader[wire] == never) last_reader[wire] = i;
    }
    // Forwards: give every needed result a free slot; a slot is free again once its last reader is past.
    std::vector<std::uint32_t> place(wires), free;
    for (std::size_t i = 0; i < inputs_; ++i) place[i] = static_cast<std::uint32_t>(i);
    std::vector<Comparator> kept;
    const auto take = [&](std::uint32_t wire) {
        if (last_reader[wire] == never) return unused;
        if (free.empty()) free.push_back(static_cast<std::uint32_t>(slots_++));
        const std::uint32_t slot = free.back();
        free.pop_back();
        place[wire] = static_cast<std::uint32_t>(inputs_) + slot;
        return slot;
    };
    for (std::size_t i = 0; i < comparators_.size(); ++i) {
        const Comparator& c = comparators_[i];
        if (last_reader[c.low] == never && last_reader[c.high] == never) continue;
        const std::uint32_t low = take(c.low), high = take(c.high);
        kept.push_back({place[c.a], place[c.b], low, high});
        for (const std::uint32_t wire : {c.a, c.b})
            if (wire >= inputs_ && last_reader[wire] == i)
                free.push_back(place[wire] - static_cast<std::uint32_t>(inputs_));
    }
    for (const std::uint32_t wire : outputs) outputs_.push_back(place[wire]);
    comparators_ = std::move(kept);
}

}  // namespace levin::kernels::detail
