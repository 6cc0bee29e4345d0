#include "levin/kernels/filter_network.hpp"

#include <algorithm>
#include <numeric>

namespace levin::kernels::detail {

// While the network is being built every value has a wire of its own: the inputs, then two for each comparator.
// reduce() drops what is not needed and lets values share slots.
SelectionNetwork::SelectionNetwork(const std::vector<std::size_t>& lengths, bool sorted,
                                   const std::vector<std::size_t>& ranks)
    : inputs_(std::reduce(lengths.begin(), lengths.end())) {
    std::vector<Wires> parts;
    std::uint32_t first = 0;
    for (const std::size_t length : lengths) {
        Wires list(length);
        std::iota(list.begin(), list.end(), first);
        first += static_cast<std::uint32_t>(length);
        parts.push_back(sorted ? std::move(list) : sort(list));
    }
    const std::size_t lists = ranks.size() == 1 ? 2 : 1;
    for (; parts.size() > lists; parts.resize((parts.size() + 1) / 2)) {
        for (std::size_t i = 0; i + 1 < parts.size(); i += 2) parts[i / 2] = merge(parts[i], parts[i + 1]);
        if (parts.size() % 2 == 1) parts[parts.size() / 2] = std::move(parts.back());
    }
    Wires outputs;
    if (parts.size() == 2) outputs.push_back(select(parts[0], parts[1], ranks[0]));
    else
        for (const std::size_t rank : ranks) outputs.push_back(parts.front()[rank]);
    reduce(outputs);
}

const SelectionNetwork::Comparator& SelectionNetwork::compare(std::uint32_t x, std::uint32_t y) {
    const auto low = static_cast<std::uint32_t>(inputs_ + 2 * comparators_.size());
    return comparators_.emplace_back(Comparator{x, y, low, low + 1});
}

SelectionNetwork::Wires SelectionNetwork::sort(const Wires& wires) {
    if (wires.size() < 2) return wires;
    const auto middle = wires.begin() + static_cast<std::ptrdiff_t>(wires.size() / 2);
    return merge(sort(Wires(wires.begin(), middle)), sort(Wires(middle, wires.end())));
}

SelectionNetwork::Wires SelectionNetwork::merge(const Wires& a, const Wires& b) {
    if (a.empty() || b.empty()) return a.empty() ? b : a;
    const auto sort_two = [this](std::uint32_t& x, std::uint32_t& y) {
        const Comparator& c = compare(x, y);
        x = c.low;
        y = c.high;
    };
    if (a.size() == 1 && b.size() == 1) {
        Wires both{a[0], b[0]};
        sort_two(both[0], both[1]);
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
        if (i < even.size() && i + 1 < odd.size()) sort_two(even[i], odd[i + 1]);
        if (i < even.size()) result.push_back(even[i]);
        if (i + 1 < odd.size()) result.push_back(odd[i + 1]);
    }
    return result;
}

// The element of `rank` is the greatest of rank + 1 elements chosen well: the first i of b and the others of a, whose
// greatest is b[i - 1] or a[rank - i]. Chosen otherwise the greatest is no less.
std::uint32_t SelectionNetwork::select(const Wires& a, const Wires& b, std::size_t rank) {
    Wires greatest;
    for (std::size_t i = rank < a.size() ? 0 : rank + 1 - a.size(); i <= std::min(b.size(), rank + 1); ++i) {
        if (i == 0) greatest.push_back(a[rank]);
        else if (i == rank + 1) greatest.push_back(b[rank]);
        else greatest.push_back(compare(a[rank - i], b[i - 1]).high);
    }
    return std::accumulate(greatest.begin() + 1, greatest.end(), greatest.front(),
                           [this](std::uint32_t x, std::uint32_t y) { return compare(x, y).low; });
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
