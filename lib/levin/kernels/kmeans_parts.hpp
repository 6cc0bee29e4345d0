/// k-means of pixels that lie in parts, each looked at alone, in rounds: in every round each part makes a pass over its
/// own series and leaves a record; then a merge adds the records up and says with what state the next round begins.
/// Both are words, so that they can lie in any file between two processes. All that is added up is exact, so the result
/// is that of kmeans() over all pixels, to the bit.
#pragma once
#include "levin/kernels/kmeans.hpp"

namespace levin::kernels {

using Words = std::vector<std::int64_t>;

/// What a round is for.
enum class KMeansTask : std::int64_t {
    survey,  ///< finds the valid series: labels 0, others -1
    assign,  ///< an iteration: labels of the pixels
    finish   ///< labels and distances are those of the result
};

struct KMeansState {
    KMeansTask task = KMeansTask::survey;
    Index iterations = 0;  ///< that have been merged
};
/// What the words of a state say; none at all are the first round of kmeans.
KMeansState kmeans_state(const Words& state);
/// The state with which kmeans_predict begins, and ends.
Words kmeans_predict_state(std::span<const double> centroids);
/// How many words a record has, of any part.
Index kmeans_record_size(const KMeansOptions& options, Index samples, const Words& state);

/// A part's share of a round: gives its record. `data`, `labels` and `distance` are of the part's pixels; `labels` come
/// from the round before, where there was one, and leave with this one's. Distances count in the last round alone.
/// `number` tells the place of a pixel among all, in storage order.
template <class T>
Words kmeans_part(const SeriesBlocks<T>& data, const KMeansOptions& options, const Words& state,
                  const std::function<Index(Index)>& number, std::span<std::int32_t> labels, std::span<float> distance);

/// The state that follows a round which is not the last, from the records of all parts, asked for one by one. `data`,
/// `labels` (those of the survey) and `distance` (scratch) are of all pixels; after the survey, when kmeans seeds, and
/// where clusters are empty it reads series. `init` as for kmeans.
template <class T>
Words kmeans_merge(const SeriesBlocks<T>& data, const KMeansOptions& options, const Words& state, Index parts,
                   const std::function<Words(Index part)>& record, std::span<const double> init,
                   std::span<std::int32_t> labels, std::span<float> distance);

/// The result after the last round, from labels and distances of all pixels.
KMeansResult kmeans_result(const KMeansOptions& options, const Words& state, std::span<const std::int32_t> labels,
                           std::span<const float> distance);

}  // namespace levin::kernels
