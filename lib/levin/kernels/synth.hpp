/// Realistic recordings with known truth, as a pure function of shape, seed and position: any box can be made alone.
#pragma once
#include <cstdint>
#include <vector>

#include "levin/core/region.hpp"

namespace levin::kernels {

/// One cell of a fish movie: a disc in one plane whose brightness follows sin(2 pi frequency t / T - phase).
struct FishCell {
    std::int32_t label = 0;                  ///< its value in the label image, from 1; background is 0
    double z = 0, y = 0, x = 0, radius = 0;  ///< pixels
    double baseline = 0;                     ///< photons per sample above the background, at rest
    double amplitude = 0;                    ///< photons per sample, half of peak to peak
    Index frequency = 0;                     ///< bin of the transform over t, as `levin fft` counts
    double phase = 0;                        ///< radians in [0, 2 pi), as the coherence of `levin fft` gives it
    int group = 0;  ///< stimulus group, 0 .. 4: cells of one group share frequency and phase up to a jitter of 0.1 rad
};

/// A light-sheet movie (t, z, y, x) of a zebrafish brain under periodic stimuli: smooth background, cells in planes,
/// bleaching to 80 % with an exponential of half the recording, Poisson shot noise. Photon counts, uint16, a few
/// hundred at most.
///
/// Cells sit in a square lattice of sites 11 pixels apart, about three of four occupied, placed at random within their
/// site so that they never touch.
class FishMovie {
  public:
    static constexpr int groups = 5;
    /// `shape` is (t, z, y, x), entries >= 0. UsageError for another rank.
    FishMovie(Dims shape, std::uint64_t seed);
    const Dims& shape() const { return shape_; }
    /// The bin at which group g responds; distinct where t >= 28.
    Index frequency(int group) const;
    /// Makes the elements of `region` (t, z, y, x), C order. Safe from several threads.
    void fill(const Region& region, std::uint16_t* out) const;
    /// All cells, by label.
    const std::vector<FishCell>& cells() const { return cells_; }
    /// The labels of `region` (z, y, x), C order.
    void fill_labels(const Region& region, std::int32_t* out) const;

  private:
    const FishCell* cell_at(Index z, Index y, Index x) const;
    Dims shape_;
    std::uint64_t seed_;
    Index sites_y_, sites_x_;
    std::vector<FishCell> cells_;
    std::vector<std::int32_t> site_labels_;  // (z, sites_y_, sites_x_)
};

}  // namespace levin::kernels
