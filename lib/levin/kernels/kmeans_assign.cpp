// The passes that give every series its label and its distance.
#include <hwy/cache_control.h>

#include <limits>

#include "levin/kernels/kmeans_run.hpp"

namespace levin::kernels::clustering {

/// By how much the distances to the own and to any other centroid can have come together since the last assign.
template <class T>
std::vector<float> Run<T>::movements(const std::vector<double>& centroids) {
    std::vector<float> moved(static_cast<std::size_t>(clusters_), std::numeric_limits<float>::infinity());
    if (assigned_.empty()) return moved;
    const auto n = static_cast<std::size_t>(n_);
    for (std::size_t k = 0; k < moved.size(); ++k) {
        double square = 0;
        for (std::size_t i = k * n; i < (k + 1) * n; ++i)
            square += (centroids[i] - assigned_[i]) * (centroids[i] - assigned_[i]);
        moved[k] = static_cast<float>(1.0001 * std::sqrt(square));
    }
    const float most = *std::max_element(moved.begin(), moved.end());
    for (float& m : moved) m += most;
    return moved;
}

/// The labels of a chunk's valid series; false when none of them can have changed.
template <class T>
template <class C>
bool Run<T>::find_labels(const Chunk<C>& chunk, const Nearest& nearest, Worker& worker, std::int32_t* label) {
    if (sketch_.exists()) {
        labels_by_sketch(chunk, nearest, worker, label);
        return true;
    }
    bool doubtful = false;
    for (Index w = 0; w < chunk.width; ++w) {
        const auto p = static_cast<std::size_t>(chunk.numbers[w]);
        if (labels_[p] < 0) continue;
        distance_[p] = 0.9999f * distance_[p] - moved_[static_cast<std::size_t>(labels_[p])];
        doubtful |= !(distance_[p] > 0);
    }
    if (counted_ && !doubtful) return false;
    float slack[Nearest::most_columns];
    nearest(chunk, label, slack, worker.nearest.data());
    for (Index w = 0; w < chunk.width; ++w) {
        const auto p = static_cast<std::size_t>(chunk.numbers[w]);
        if (labels_[p] >= 0) distance_[p] = slack[w];
    }
    return true;
}

template <class T>
template <class C>
void Run<T>::labels_by_sketch(const Chunk<C>& chunk, const Nearest& nearest, Worker& worker, std::int32_t* label) {
    if (take_) sketch_.take(chunk, chunk.numbers, worker.nearest.data());
    sketch_.labels({chunk.numbers, static_cast<std::size_t>(chunk.width)}, label);
    Index doubts[Nearest::most_columns], count = 0;
    for (Index w = 0; w < chunk.width; ++w)
        if (label[w] < 0 && labels_[static_cast<std::size_t>(chunk.numbers[w])] >= 0) doubts[count++] = w;
    if (count == 0) return;
    float slack[Nearest::most_columns];
    if (count > most_picked) return nearest(chunk, label, slack, worker.nearest.data());
    C* picked = worker.picked.template as<C>();
    constexpr Index soon = 12;  // an address beyond the block does no harm
    for (Index t = 0; t < n_; ++t)
        for (Index i = 0; i < count; ++i) {
            const C* sample = chunk.x + t * chunk.pitch + doubts[i];
            hwy::Prefetch(sample + soon * chunk.pitch);
            picked[t * most_picked + i] = *sample;
        }
    std::int32_t found[most_picked];
    nearest(Columns<C>{picked, most_picked, count}, found, slack, worker.nearest.data());
    for (Index i = 0; i < count; ++i) label[doubts[i]] = found[i];
}

template <class T>
template <class C>
void Run<T>::assign_chunk(const Chunk<C>& chunk, const Nearest& nearest, Worker& worker) {
    std::int32_t label[Nearest::most_columns];
    if (!find_labels(chunk, nearest, worker, label)) return;
    Change changes[Nearest::most_columns];
    std::size_t changed = 0;
    for (Index w = 0; w < chunk.width; ++w) {
        const auto p = static_cast<std::size_t>(chunk.numbers[w]);
        if (labels_[p] < 0 || (counted_ && labels_[p] == label[w])) continue;
        changes[changed++] = {w, label[w], counted_ ? labels_[p] : -1};
        ++worker.sums.counts[static_cast<std::size_t>(label[w])];
        if (counted_) --worker.sums.counts[static_cast<std::size_t>(labels_[p])];
        worker.sums.changed += labels_[p] != label[w];
        labels_[p] = label[w];
    }
    if (changed > 0)
        move_changes<C>(chunk, n_, fixed_point(scale_, all_), {changes, changed}, clusters_, worker.sums.values.data());
}

template <class T>
void Run<T>::keep_sketch() {
    if (Sketch::worthwhile(data_.pixels(), n_, clusters_)) sketch_ = Sketch(data_.pixels(), n_, clusters_);
}

template <class T>
void Run<T>::begin_assign(const std::vector<double>& centroids) {
    if (sketch_.exists()) {
        if (counted_) sketch_.aim(centroids);
        take_ = !counted_ || sketch_.is_stale(labels_);
        if (take_) {
            sketch_.choose(centroids);
            sketch_.aim(centroids);
        }
    } else {
        moved_ = movements(centroids);
    }
    for (Worker& worker : workers_) {
        worker.sums.changed = 0;
        worker.nearest.reserve(Nearest::scratch_bytes(clusters_));
        if (sketch_.exists()) worker.picked.reserve(static_cast<std::size_t>(n_ * most_picked) * sizeof(Computed<T>));
        if (counted_) continue;
        worker.sums = Sums(n_, clusters_);
    }
}

template <class T>
Sums Run<T>::assign(const std::vector<double>& centroids) {
    const Nearest nearest(centroids, n_, clusters_);
    begin_assign(centroids);
    for_each_chunk([&](const auto& chunk, Worker& worker) { assign_chunk(chunk, nearest, worker); });
    counted_ = true;
    assigned_ = centroids;
    Sums sums(n_, clusters_);
    for (const Worker& worker : workers_) sums.add(worker.sums);
    return sums;
}

template <class T>
void Run<T>::assign_and_measure(const std::vector<double>& centroids) {
    const Nearest nearest(centroids, n_, clusters_);
    begin_assign(centroids);
    for_each_chunk([&](const auto& chunk, Worker& worker) {
        assign_chunk(chunk, nearest, worker);
        measure_chunk(chunk, nearest);
    });
    counted_ = true;
    assigned_.clear();
}

template <class T>
template <class C>
void Run<T>::measure_chunk(const Chunk<C>& chunk, const Nearest& nearest) {
    std::int32_t label[Nearest::most_columns];
    double square[Nearest::most_columns];
    for (Index w = 0; w < chunk.width; ++w) label[w] = std::max(labels_[static_cast<std::size_t>(chunk.numbers[w])], 0);
    nearest.squared_distances(chunk, label, square);
    for (Index w = 0; w < chunk.width; ++w) {
        const auto p = static_cast<std::size_t>(chunk.numbers[w]);
        if (labels_[p] >= 0) distance_[p] = static_cast<float>(std::sqrt(square[w]));
    }
}

template <class T>
void Run<T>::measure(const std::vector<double>& centroids) {
    const Nearest nearest(centroids, n_, clusters_);
    for_each_chunk([&](const auto& chunk, Worker&) { measure_chunk(chunk, nearest); });
    assigned_.clear();
}

#define LEVIN_INSTANTIATE(T)                                              \
    template void Run<T>::keep_sketch();                                  \
    template Sums Run<T>::assign(const std::vector<double>&);             \
    template void Run<T>::assign_and_measure(const std::vector<double>&); \
    template void Run<T>::measure(const std::vector<double>&);
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels::clustering
