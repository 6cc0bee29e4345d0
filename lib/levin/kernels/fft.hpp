/// Fourier transform of every series of a block, with numpy.fft's conventions: unnormalised forward, 1/n backward,
/// bin k of n at frequency k / (n * dt).
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "levin/core/axes.hpp"
#include "levin/core/view.hpp"
#include "levin/kernels/sample.hpp"

namespace levin::kernels {

/// What is written for a bin with transform X.
enum class FftValue {
    power,      ///< |X|^2
    amplitude,  ///< 2 |X| / n, the amplitude of a sine (for bins other than 0 and n/2)
    phase,      ///< arg X in (-pi, pi]
    complex,    ///< X
    real_imag,  ///< the pair (Re X, Im X)
    coherence,  ///< Thunder's pair (coherence, phase) at chosen bins
};
/// "power", "real-imag", ...; UsageError otherwise.
FftValue parse_fft_value(std::string_view text);
enum class FftSides { one, two };
/// "one" or "two"; UsageError otherwise.
FftSides parse_fft_sides(std::string_view text);

struct FftOptions {
    FftValue value = FftValue::power;
    FftSides sides = FftSides::one;
    /// none, hann, hamming or blackman: scipy.signal.get_window's periodic windows (fftbins=True). Forward only.
    std::string window = "none";
    /// Bins of `coherence`, each in [0, n/2).
    std::vector<Index> frequencies;
    /// From spectrum to series. One-sided spectra (n/2 + 1 bins) give real series, two-sided ones complex series,
    /// written as `value` complex or real_imag says.
    bool inverse = false;
    /// Inverse only: the spectrum comes as pairs, shape (bins, 2, pixels), instead of complex numbers.
    bool real_imag_input = false;
};

/// A plan for series of n samples. Immutable: one plan serves all threads.
///
/// Coherence at bin f: the mean is removed, A = 2 |X| / n over bins 0 .. n/2 - 1, coherence = A[f] / sqrt(sum A^2),
/// phase = -(pi/2) - arg X[f], plus 2 pi if negative: the phase p of sin(2 pi f t / n - p). A constant series has
/// coherence 0; the phase is NaN where A[f] = 0.
///
/// A series with NaN or an infinity has no spectrum: NaN throughout. Without a window a constant series is exactly 0 in
/// all bins but 0. FFTW, single precision where the input's compute_dtype is, else double. The mean of real series goes
/// around the transform, in double: it would cost the other bins their last digits.
class Fft {
  public:
    /// `input` is the dtype of the block given to operator(): forward a real sample_dtype (sample.hpp), float32 or
    /// float64 for pairs, complex64 or complex128 for complex spectra. `n` is the number of samples of the series, also
    /// for inverse. UsageError for n < 1, an unknown window, a dtype that does not fit, frequencies out of range,
    /// missing or not asked for.
    Fft(const FftOptions& options, Index n, DType input);
    ~Fft();
    Fft(Fft&&) noexcept;

    /// Samples along the first axis of the input block: n, or the number of bins for inverse.
    Index input_length() const;
    /// Samples along the first axis of the output block: the bins written, or n for inverse.
    Index output_length() const;
    /// 2 when the output is (length, 2, pixels), an axis c of pairs; else 1: (length, pixels).
    Index output_components() const;
    DType output_dtype() const { return output_dtype_; }

    /// Transforms `input`, shape (input_length, [2,] pixels) to `output`, shape (output_length, [2,] pixels), both C
    /// order, not overlapping. A pixel's bits depend on its series only, and not on the type that its values are stored
    /// in. `scratch` belongs to one thread and grows once.
    void operator()(const void* input, void* output, Index pixels, Buffer& scratch) const;
    /// Bytes that `scratch` grows to.
    std::size_t scratch_bytes() const;

    struct Plan;

  private:
    std::unique_ptr<const Plan> plan_;
    DType output_dtype_;
};

/// Bins of a one-sided spectrum: n/2 + 1; of a two-sided one: n.
Index fft_bins(Index n, FftSides sides);
/// The axis f of a spectrum of n samples along `time`: spacing 1 / (n * dt) in Hz when `time` has a spacing in a unit
/// of time.
Axis frequency_axis(const Axis& time, Index n);
/// The axis t of the inverse transform: spacing 1 / (n * df) in s when `frequency` is in Hz.
Axis time_axis(const Axis& frequency, Index n);
/// "12" -> 12; "0.5Hz" (also mHz, kHz) -> the nearest bin of n samples along `time`. UsageError for text that is
/// neither, a frequency below 0 or above Nyquist's, and for Hz where `time` has no spacing in a unit of time.
Index parse_frequency(std::string_view text, const Axis& time, Index n);

}  // namespace levin::kernels
