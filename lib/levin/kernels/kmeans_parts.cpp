#include "levin/kernels/kmeans_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>

#include "levin/core/error.hpp"
#include "levin/kernels/kmeans_run.hpp"

namespace levin::kernels {
namespace {

using namespace clustering;
using Task = KMeansTask;

/// Values one after the other as words, and back: a list of them is written once, in `each`.
class Packer {
  public:
    void operator()(const std::int64_t& value) { words.push_back(value); }
    void operator()(const double& value) { words.push_back(std::bit_cast<std::int64_t>(value)); }
    void operator()(const bool& value) { words.push_back(value); }
    void operator()(const Task& value) { words.push_back(static_cast<std::int64_t>(value)); }
    void operator()(const Int128& value) {
        words.push_back(static_cast<std::int64_t>(value >> 64));
        words.push_back(static_cast<std::int64_t>(value));
    }
    void operator()(const FarPixel& pixel) {
        for (const Index word : {pixel.number, static_cast<Index>(pixel.label)}) words.push_back(word);
        (*this)(static_cast<double>(pixel.distance));
    }
    template <class V>
    void operator()(const std::vector<V>& values) {
        for (const V& value : values) (*this)(value);
    }
    Words words;
};

class Unpacker {
  public:
    explicit Unpacker(const Words& words) : words_(words) {}
    void operator()(std::int64_t& value) { value = words_[at_++]; }
    void operator()(double& value) { value = std::bit_cast<double>(words_[at_++]); }
    void operator()(bool& value) { value = words_[at_++] != 0; }
    void operator()(Task& value) { value = static_cast<Task>(words_[at_++]); }
    void operator()(Int128& value) {
        value = static_cast<Int128>(words_[at_]) << 64 | static_cast<std::uint64_t>(words_[at_ + 1]);
        at_ += 2;
    }
    void operator()(FarPixel& pixel) {
        pixel.number = words_[at_++];
        pixel.label = static_cast<std::int32_t>(words_[at_++]);
        pixel.distance = static_cast<float>(std::bit_cast<double>(words_[at_++]));
    }
    template <class V>
    void operator()(std::vector<V>& values) {
        for (V& value : values) (*this)(value);
    }

  private:
    const Words& words_;
    std::size_t at_ = 0;
};

constexpr std::size_t state_words = 6;  // besides the centroids

struct State {
    Task task = Task::survey;
    Survey all;
    Lloyd lloyd;

    template <class Archive>
    static void each(Archive&& archive, auto& state) {
        archive(state.task), archive(state.all.valid), archive(state.all.largest), archive(state.lloyd.iterations);
        archive(state.lloyd.converged), archive(state.lloyd.tolerance), archive(state.lloyd.centroids);
    }
    explicit State(const Words& words) {
        if (words.empty()) return;
        lloyd.centroids.resize(words.size() - state_words);
        each(Unpacker(words), *this);
    }
    Words packed() const {
        Packer packer;
        each(packer, *this);
        return packer.words;
    }
};

/// What a part says. One of zeros is that of no pixels.
struct Record {
    Survey survey;
    Sums sums{0, 0};
    std::vector<FarPixel> far;  ///< with distance 0: none
    Moments moments{0};

    Record(const KMeansOptions& options, Index samples, const State& state) {
        if (state.task != Task::assign) return;
        sums = Sums(samples, options.clusters);
        far.resize(static_cast<std::size_t>(options.clusters));
        if (has_moments(options, state)) moments = Moments(samples);
    }
    static bool has_moments(const KMeansOptions& options, const State& state) {
        return state.task == Task::assign && state.lloyd.iterations == 0 && options.tol > 0;
    }
    template <class Archive>
    static void each(Archive&& archive, auto& record) {
        archive(record.survey.valid), archive(record.survey.largest);
        archive(record.sums.changed), archive(record.sums.counts), archive(record.sums.values);
        archive(record.far), archive(record.moments.sums), archive(record.moments.squares);
    }
    Words packed() const {
        Packer packer;
        each(packer, *this);
        return packer.words;
    }
};

void begin_distances(std::span<const std::int32_t> labels, std::span<float> distance) {
    std::transform(labels.begin(), labels.end(), distance.begin(),
                   [](std::int32_t label) { return label < 0 ? std::numeric_limits<float>::quiet_NaN() : 0; });
}

/// The records of all parts as one.
Record add_up(const KMeansOptions& options, Index samples, const State& state, Index parts,
              const std::function<Words(Index)>& record_of) {
    Record all(options, samples, state);
    all.far.clear();
    for (Index part = 0; part < parts; ++part) {
        const Words words = record_of(part);
        Record record(options, samples, state);
        if (words.size() != record.packed().size())
            throw Error(fmt::format("a part's record has {} words, expected {}", words.size(), record.packed().size()));
        Record::each(Unpacker(words), record);
        all.survey.add(record.survey);
        all.sums.add(record.sums);
        all.moments.add(record.moments);
        std::copy_if(record.far.begin(), record.far.end(), std::back_inserter(all.far),
                     [](const FarPixel& pixel) { return pixel.distance > 0; });
    }
    std::sort(all.far.begin(), all.far.end(), [](const FarPixel& a, const FarPixel& b) { return a.before(b); });
    return all;
}

}  // namespace

KMeansState kmeans_state(const Words& state) {
    const State found(state);
    return {found.task, found.lloyd.iterations};
}

Words kmeans_predict_state(std::span<const double> centroids) {
    State state{Words()};
    state.task = Task::finish;
    state.lloyd.centroids.assign(centroids.begin(), centroids.end());
    return state.packed();
}

Index kmeans_record_size(const KMeansOptions& options, Index samples, const Words& state) {
    return static_cast<Index>(Record(options, samples, State(state)).packed().size());
}

template <class T>
Words kmeans_part(const SeriesBlocks<T>& data, const KMeansOptions& options, const Words& words,
                  const std::function<Index(Index)>& number, std::span<std::int32_t> labels,
                  std::span<float> distance) {
    const State state(words);
    const std::vector<double>& centroids = state.lloyd.centroids;
    Record record(options, data.samples(), state);
    Run<T> run(data, options.scale, options.clusters, labels, distance);
    if (state.lloyd.iterations == 0 && state.task != Task::assign) {  // nobody has looked at these series before
        record.survey = run.survey();
    } else {
        begin_distances(labels, distance);
        run.know(state.all);
    }
    if (state.task == Task::assign) {
        if (Record::has_moments(options, state)) record.moments = run.moments();
        record.sums = run.assign(centroids);
        // What is empty everywhere is empty here.
        const std::vector<FarPixel> far =
            record.sums.empty() > 0 ? run.farthest(record.sums.empty(), centroids) : std::vector<FarPixel>{};
        std::transform(far.begin(), far.end(), record.far.begin(), [&](const FarPixel& pixel) {
            return FarPixel{number(pixel.number), pixel.distance, pixel.label};
        });
    }
    if (state.task == Task::finish) run.assign_and_measure(centroids);
    return record.packed();
}

template <class T>
Words kmeans_merge(const SeriesBlocks<T>& data, const KMeansOptions& options, const Words& words, Index parts,
                   const std::function<Words(Index)>& record_of, std::span<const double> init,
                   std::span<std::int32_t> labels, std::span<float> distance) {
    check_options(options);
    State state(words);
    const Record record = add_up(options, data.samples(), state, parts, record_of);
    Run<T> run(data, options.scale, options.clusters, labels, distance);
    if (state.task == Task::survey) {
        if (options.init == KMeansInit::given) check_centroids(init, options.clusters, data.samples());
        state.all = record.survey;
        check_valid(options, state.all);
        begin_distances(labels, distance);
        run.know(state.all);
        state.lloyd.centroids = run.first_centroids(options, init);
        state.task = Task::assign;
        return state.packed();
    }
    if (Record::has_moments(options, state))
        state.lloyd.tolerance = options.tol * record.moments.mean_variance(state.all);
    state.lloyd.max_iter = options.max_iter;
    state.lloyd.update(
        record.sums, run.fixed_point(options.scale, state.all),
        [&](Index count) {
            const Index found = std::min(count, static_cast<Index>(record.far.size()));
            return std::vector<FarPixel>(record.far.begin(), record.far.begin() + found);
        },
        [&](std::span<const Index> numbers) { return run.series_of(numbers); });
    if (!state.lloyd.goes_on()) state.task = Task::finish;
    return state.packed();
}

KMeansResult kmeans_result(const KMeansOptions& options, const Words& words, std::span<const std::int32_t> labels,
                           std::span<const float> distance) {
    State state(words);
    KMeansResult result{std::move(state.lloyd.centroids), {}, 0, state.lloyd.iterations, state.lloyd.converged, 0};
    sum_up(labels, distance, options.clusters, result);
    return result;
}

#define LEVIN_INSTANTIATE(T)                                                                                          \
    template Words kmeans_part(const SeriesBlocks<T>&, const KMeansOptions&, const Words&,                            \
                               const std::function<Index(Index)>&, std::span<std::int32_t>, std::span<float>);        \
    template Words kmeans_merge(const SeriesBlocks<T>&, const KMeansOptions&, const Words&, Index,                    \
                                const std::function<Words(Index)>&, std::span<const double>, std::span<std::int32_t>, \
                                std::span<float>);
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels
