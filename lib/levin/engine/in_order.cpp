#include "levin/engine/in_order.hpp"

#include <algorithm>
#include <chrono>

namespace levin::engine {

namespace {

constexpr auto patience = std::chrono::milliseconds(2000);

}  // namespace

InOrder::InOrder(std::size_t memory, std::string folder, HandOn hand_on, std::function<void()> on_spool)
    : memory_(memory), hand_on_(std::move(hand_on)), on_spool_(std::move(on_spool)), spool_(std::move(folder)) {}

Index InOrder::count() const {
    const Lock lock(guard_);
    return next_;
}

void InOrder::put(Index number, Bytes bytes) {
    Lock lock(guard_);
    wait_for_room(number, bytes.size(), lock);
    failure_.check();
    if (number == next_ && !busy_) return hand_on_from(number, bytes, lock);
    Waiting waiting;
    waiting.size = bytes.size();
    if (in_memory_ + bytes.size() <= memory_) {
        waiting.values = Buffer(bytes.size());
        std::copy(bytes.begin(), bytes.end(), waiting.values.data());
        in_memory_ += bytes.size();
    } else {
        if (!spooled_) on_spool_();
        spooled_ = true;
        waiting.place = spool_.append(bytes);
    }
    waiting_.emplace(number, std::move(waiting));
}

/// Returns when it is this block's turn, when memory has room, or when waiting has been in vain.
void InOrder::wait_for_room(Index number, std::size_t size, Lock& lock) {
    const auto may_go_on = [&] { return failure_ || (number == next_ && !busy_) || in_memory_ + size <= memory_; };
    while (!may_go_on()) {
        if (busy_) {
            moved_.wait(lock);
        } else if (!patient_ || (moved_.wait_for(lock, patience) == std::cv_status::timeout && !busy_)) {
            patient_ = false;
            return;
        }
    }
}

void InOrder::hand_on_from(Index number, Bytes bytes, Lock& lock) {
    hand_on(number, bytes, lock);
    for (auto first = waiting_.begin(); first != waiting_.end() && first->first == next_; first = waiting_.begin()) {
        Waiting block = std::move(first->second);
        waiting_.erase(first);
        if (block.place) {
            block.values = Buffer(block.size);
            spool_.read(*block.place, {block.values.data(), block.size});
            spool_.release(*block.place, block.size);
        }
        hand_on(next_, {block.values.data(), block.size}, lock);
        if (!block.place) in_memory_ -= block.size;
        moved_.notify_all();
    }
}

void InOrder::hand_on(Index number, Bytes bytes, Lock& lock) {
    busy_ = true;
    lock.unlock();
    std::exception_ptr failure;
    try {
        hand_on_(number, bytes);
    } catch (...) {
        failure = std::current_exception();
    }
    lock.lock();
    busy_ = false;
    ++next_;
    if (failure) failure_.set(failure);
    moved_.notify_all();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace levin::engine
