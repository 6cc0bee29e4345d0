#include "levin/engine/streamed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"

namespace levin::engine {

StreamedArray::StreamedArray(std::unique_ptr<ChunkFeed> feed, StreamedOptions options)
    : feed_(std::move(feed)),
      options_(std::move(options)),
      grid_(feed_->info().shape, feed_->info().chunks),
      spool_(options_.folder) {}

void StreamedArray::expect(const Region& region, Index times) const {
    if (region.empty()) return;
    const Lock lock(guard_);
    planned_ = true;
    for_each_index(grid_.cells(region), [&](const Dims& position) {
        const Index chunk = grid_.number(position);
        const auto entry = expected_.try_emplace(chunk, 0).first;
        entry->second += times;
        if (entry->second > 0) return;
        expected_.erase(entry);
        const auto held = held_.find(chunk);
        if (held != held_.end() && held->second.users == 0) forget(held);
    });
}

void StreamedArray::read(const Region& region, const View& out) const {
    if (region.empty()) return;
    for_each_index(grid_.cells(region), [&](const Dims& position) {
        const Index chunk = grid_.number(position);
        const Region part = intersect(grid_.region(position), region);
        Lock lock(guard_);
        wait_for(chunk, lock);
        decode(chunk, part, out.sub(relative_to(part, region.origin)), lock);
    });
}

/// Returns when `chunk` has come. One thread at a time receives; the others wait for it, or for their turn.
void StreamedArray::wait_for(Index chunk, Lock& lock) const {
    while (chunk >= next_) {
        failure_.check();
        if (receiving_) arrived_.wait(lock);
        else receive(chunk, lock);
    }
}

void StreamedArray::receive(Index wanted, Lock& lock) const {
    receiving_ = true;
    lock.unlock();
    Buffer values;
    std::optional<ChunkFeed::Arrival> arrival;
    std::exception_ptr failure;
    try {
        arrival = with_context([&] { return options_.name; }, [&] { return feed_->next(values); });
    } catch (...) {
        failure = std::current_exception();
    }
    lock.lock();
    const Index now = arrival ? arrival->chunk : grid_.size();
    if (!failure) {
        try {
            if (next_ < now) left_out_.emplace(next_, now);
            if (arrival && !finishing_ && (arrival->chunk == wanted || is_expected(arrival->chunk)))
                keep(*arrival, std::move(values), wanted, lock);
            next_ = now + (arrival ? 1 : 0);
            ended_ = !arrival;
        } catch (...) {
            failure = std::current_exception();
        }
    }
    if (failure) failure_.set(failure);
    receiving_ = false;
    arrived_.notify_all();
    if (failure) std::rethrow_exception(failure);
}

void StreamedArray::keep(ChunkFeed::Arrival arrival, Buffer values, Index wanted, Lock& lock) const {
    in_memory_ += arrival.size;
    held_[arrival.chunk] = {std::move(values), arrival.size, std::nullopt, 0};
    while (in_memory_ > options_.memory) {
        const std::size_t before = in_memory_;
        spool_newest(wanted, lock);
        if (in_memory_ == before) break;  // all are in use: no more than one a thread
    }
}

/// Those that came last are, as a rule, wanted last.
void StreamedArray::spool_newest(Index but, Lock& lock) const {
    const auto chosen = std::find_if(held_.rbegin(), held_.rend(), [&](const auto& entry) {
        return entry.first != but && entry.second.users == 0 && !entry.second.place;
    });
    if (chosen == held_.rend()) return;
    Held& held = chosen->second;
    const auto entry = std::prev(chosen.base());
    ++held.users;
    if (!spooled_) options_.on_spool();
    spooled_ = true;
    lock.unlock();
    std::exception_ptr failure;
    std::uint64_t place = 0;
    try {
        place = spool_.append({held.values.data(), held.size});
    } catch (...) {
        failure = std::current_exception();
    }
    lock.lock();
    --held.users;
    if (failure) std::rethrow_exception(failure);
    held.place = place;
    if (held.users > 0) return;  // whoever reads it now gives its memory back
    in_memory_ -= held.size;
    held.values = Buffer();
    if (!is_expected(entry->first)) forget(entry);
}

bool StreamedArray::was_left_out(Index chunk) const {
    auto run = left_out_.upper_bound(chunk);
    return run != left_out_.begin() && chunk < (--run)->second;
}

/// `lock` is let go while the values are decoded.
void StreamedArray::decode(Index chunk, const Region& part, const View& out, Lock& lock) const {
    const auto held = held_.find(chunk);
    if (held == held_.end() && !was_left_out(chunk))
        throw Error(fmt::format("{}: chunk {} is wanted again, but a pipe brings it once (this is a defect of levin)",
                                options_.name, chunk));
    const bool in_memory = held != held_.end() && held->second.values.size() > 0;
    if (held != held_.end()) ++held->second.users;
    lock.unlock();
    const auto done = [&] {
        lock.lock();
        const auto expected = expected_.find(chunk);
        const bool last = planned_ && (expected == expected_.end() || --expected->second <= 0);
        if (last && expected != expected_.end()) expected_.erase(expected);
        if (held == held_.end()) return;
        Held& entry = held->second;
        if (--entry.users > 0) return;
        if (last) return forget(held);
        if (entry.place && entry.values.size() > 0) in_memory_ -= entry.size, entry.values = Buffer();
    };
    try {
        with_context([&] { return options_.name; },
                     [&] {
                         if (held == held_.end()) return feed_->decode(chunk, {}, part, out);
                         const std::size_t size = held->second.size;
                         if (in_memory) return feed_->decode(chunk, {held->second.values.data(), size}, part, out);
                         Buffer values(size);
                         spool_.read(*held->second.place, {values.data(), size});
                         feed_->decode(chunk, {values.data(), size}, part, out);
                     });
    } catch (...) {
        done();
        throw;
    }
    done();
}

void StreamedArray::forget(std::map<Index, Held>::iterator held) const {
    if (held->second.values.size() > 0) in_memory_ -= held->second.size;
    if (held->second.place) spool_.release(*held->second.place, held->second.size);
    held_.erase(held);
}

void StreamedArray::finish() {
    Lock lock(guard_);
    finishing_ = true;
    held_.clear();
    failure_.check();
    while (!ended_) receive(grid_.size(), lock);  // past the last chunk the end marker is still to come
}

}  // namespace levin::engine
