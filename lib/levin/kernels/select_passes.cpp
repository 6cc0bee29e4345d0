#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "levin/kernels/quantile.hpp"
#include "levin/kernels/select.hpp"
#include "levin/kernels/statistics_sample.hpp"

namespace levin::kernels {

using namespace detail;

namespace {

/// Bits that sort as unsigned numbers as the samples do: two's complement and IEEE 754 with the sign turned over, and
/// negative floats complemented.
template <class S>
struct Key {
    using Word =
        std::conditional_t<sizeof(S) == 1, std::uint8_t,
                           std::conditional_t<sizeof(S) == 2, std::uint16_t,
                                              std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>>>;
    static constexpr Word sign = std::is_unsigned_v<S> ? 0 : Word(Word{1} << (8 * sizeof(S) - 1));

    static std::uint64_t of(S sample) {
        if constexpr (std::is_floating_point_v<S>) {
            const Word word = std::bit_cast<Word>(sample + S{0});  // -0 is 0
            return (word & sign) != 0 ? Word(~word) : Word(word | sign);
        } else {
            return Word(static_cast<Word>(sample) ^ sign);
        }
    }
    static double value(std::uint64_t key) {
        const auto word = static_cast<Word>(key);
        if constexpr (std::is_floating_point_v<S>)
            return std::bit_cast<S>((word & sign) != 0 ? Word(word ^ sign) : Word(~word));
        else return static_cast<double>(static_cast<S>(Word(word ^ sign)));
    }
};

int sample_bits(DType in) { return in == DType::float16 ? 32 : 8 * static_cast<int>(size_of(in)); }
int digit_bits(DType in) { return std::min(sample_bits(in), 16); }

}  // namespace

PassPercentiles::PassPercentiles(DType in, Index pixels, std::span<const double> q)
    : in_(in),
      pixels_(pixels),
      bits_(sample_bits(in)),
      digit_(digit_bits(in)),
      q_(q.begin(), q.end()),
      fractions_(q.size() * static_cast<std::size_t>(pixels)),
      targets_(2 * fractions_.size()),
      counts_(targets_.size() << digit_),
      samples_(static_cast<std::size_t>(pixels)) {}

Index PassPercentiles::passes(DType in) { return sample_bits(in) / digit_bits(in); }

std::size_t PassPercentiles::state_bytes(DType in, Index pixels, std::size_t percentiles) {
    const std::size_t wanted = static_cast<std::size_t>(pixels) * percentiles;
    return wanted * (sizeof(double) + 2 * sizeof(Target) + (2 * sizeof(std::uint64_t) << digit_bits(in))) +
           static_cast<std::size_t>(pixels) * sizeof(Index);
}

std::span<PassPercentiles::Target> PassPercentiles::targets(Index pixel) {
    return std::span(targets_).subspan(2 * q_.size() * static_cast<std::size_t>(pixel), 2 * q_.size());
}

std::uint64_t* PassPercentiles::counts(Index pixel, std::size_t target) {
    return counts_.data() + ((2 * q_.size() * static_cast<std::size_t>(pixel) + target) << digit_);
}

void PassPercentiles::add(const ConstView& block) {
    const int shift = bits_ - digit_ * static_cast<int>(pass_ + 1);
    const std::uint64_t mask = (std::uint64_t{1} << digit_) - 1;
    visit_real(in_, [&]<class T>() {
        using S = Sample<T>;
        for (Index p = 0; p < pixels_; ++p) {
            // Targets with the same prefix share the counts of the first of them: all of them in the first pass.
            std::vector<std::pair<std::uint64_t, std::uint64_t*>> wanted;
            const auto all = targets(p);
            for (std::size_t i = 0; i < all.size(); ++i)
                if (std::none_of(wanted.begin(), wanted.end(), [&](const auto& w) { return w.first == all[i].prefix; }))
                    wanted.emplace_back(all[i].prefix, counts(p, i));
            const std::byte* at = block.data + p * block.strides[1];
            for (Index t = 0; t < block.shape[0]; ++t, at += block.strides[0]) {
                const auto sample = static_cast<S>(*reinterpret_cast<const T*>(at));
                if (sample != sample) continue;
                const std::uint64_t head = Key<S>::of(sample) >> shift;
                for (const auto& [prefix, count] : wanted)
                    if (head >> digit_ == prefix) ++count[head & mask];
            }
        }
    });
}

void PassPercentiles::place_targets(Index pixel) {
    const std::uint64_t* first = counts(pixel, 0);
    const Index samples = std::accumulate(first, first + (std::size_t{1} << digit_), Index{0});
    samples_[static_cast<std::size_t>(pixel)] = samples;
    if (samples == 0) return;
    const auto wanted = targets(pixel);
    for (std::size_t i = 0; i < q_.size(); ++i) {
        const auto [below, fraction] = quantile_position(q_[i], samples);
        fractions_[q_.size() * static_cast<std::size_t>(pixel) + i] = fraction;
        wanted[2 * i].rank = below;
        wanted[2 * i + 1].rank = std::min(below + 1, samples - 1);
    }
}

void PassPercentiles::end_pass() {
    for (Index p = 0; p < pixels_; ++p) {
        if (pass_ == 0) place_targets(p);
        if (samples_[static_cast<std::size_t>(p)] == 0) continue;
        const auto all = targets(p);
        const std::vector<Target> before(all.begin(), all.end());
        for (std::size_t i = 0; i < all.size(); ++i) {
            std::size_t owner = 0;
            while (before[owner].prefix != before[i].prefix) ++owner;
            const std::uint64_t* count = counts(p, owner);
            std::uint64_t digit = 0;
            for (; all[i].rank >= static_cast<Index>(count[digit]); ++digit)
                all[i].rank -= static_cast<Index>(count[digit]);
            all[i].prefix = all[i].prefix << digit_ | digit;
        }
    }
    ++pass_;
    std::fill(counts_.begin(), counts_.end(), 0);
}

void PassPercentiles::finish(const View& out) const {
    visit_real(in_, [&]<class T>() {
        using S = Sample<T>;
        for (Index p = 0; p < pixels_; ++p)
            for (std::size_t i = 0; i < q_.size(); ++i) {
                const std::size_t at = q_.size() * static_cast<std::size_t>(p) + i;
                const double value = samples_[static_cast<std::size_t>(p)] == 0
                                         ? std::numeric_limits<double>::quiet_NaN()
                                         : interpolate(Key<S>::value(targets_[2 * at].prefix),
                                                       Key<S>::value(targets_[2 * at + 1].prefix), fractions_[at]);
                store_real(out, static_cast<Index>(i), p, value);
            }
    });
}

}  // namespace levin::kernels
