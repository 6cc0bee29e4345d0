#include "levin/kernels/synth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "levin/core/error.hpp"
#include "levin/kernels/random.hpp"

namespace levin::kernels {
namespace {

constexpr Index site = 11;  // pixels from one place of a cell to the next
constexpr double turn = 2 * std::numbers::pi;
constexpr std::uint32_t cell_stream = 16, background_stream = 17, shot_stream = 18;  // of random numbers

/// Brightness of a cell at squared distance r2 from its centre: 1 inside, falling to 0.7 at the edge.
double profile(double r2, double radius) { return 1 - 0.3 * r2 / (radius * radius); }

double squared_distance(const FishCell& cell, Index y, Index x) {
    const double dy = static_cast<double>(y) - cell.y, dx = static_cast<double>(x) - cell.x;
    return dy * dy + dx * dx;
}

/// Photons per sample of the tissue around the cells: three slow waves with random phases in each plane.
class Background {
  public:
    Background(std::uint64_t seed, Index z) {
        const Random random(seed, background_stream);
        for (std::uint32_t i = 0; i < 3; ++i) phase_[i] = turn * random.uniform(static_cast<std::uint64_t>(z), i);
    }
    double at(Index y, Index x) const {
        const auto v = static_cast<double>(y), u = static_cast<double>(x);
        return 60 + 12 * std::sin(turn * u / 90 + phase_[0]) + 12 * std::sin(turn * v / 70 + phase_[1]) +
               8 * std::sin(turn * (u + v) / 45 + phase_[2]);
    }

  private:
    double phase_[3];
};

}  // namespace

FishMovie::FishMovie(Dims shape, std::uint64_t seed) : shape_(std::move(shape)), seed_(seed) {
    if (shape_.size() != 4 || std::any_of(shape_.begin(), shape_.end(), [](Index n) { return n < 0; }))
        throw UsageError(fmt::format("a fish movie has the axes t, z, y and x, not the shape {}", to_string(shape_)));
    const Index t = shape_[0];
    sites_y_ = shape_[2] / site;
    sites_x_ = shape_[3] / site;
    site_labels_.assign(static_cast<std::size_t>(product({shape_[1], sites_y_, sites_x_})), 0);
    const Random random(seed, cell_stream);
    for (std::size_t s = 0; s < site_labels_.size(); ++s) {
        const auto uniform = [&](std::uint32_t draw) { return random.uniform(s, draw); };
        if (uniform(0) >= 0.75) continue;
        const auto number = static_cast<Index>(s);
        FishCell cell;
        cell.label = static_cast<std::int32_t>(cells_.size()) + 1;
        cell.radius = 2.5 + 1.5 * uniform(1);
        // The disc and a margin of half a pixel stay inside the site.
        const double play = static_cast<double>(site) - 2 * cell.radius - 1;
        cell.z = static_cast<double>(number / (sites_y_ * sites_x_));
        cell.y = static_cast<double>(number / sites_x_ % sites_y_ * site) + cell.radius + play * uniform(2);
        cell.x = static_cast<double>(number % sites_x_ * site) + cell.radius + play * uniform(3);
        cell.baseline = 60 + 60 * uniform(4);
        cell.amplitude = cell.baseline * (0.25 + 0.25 * uniform(5));
        cell.group = static_cast<int>(groups * uniform(6));
        cell.frequency = frequency(cell.group);
        const double phase = turn * (cell.group + 0.5) / groups + 0.2 * (uniform(7) - 0.5);
        cell.phase = t > 0 ? std::fmod(phase + turn, turn) : 0;
        site_labels_[s] = cell.label;
        cells_.push_back(cell);
    }
}

Index FishMovie::frequency(int group) const {
    constexpr Index bins[groups] = {5, 7, 9, 11, 13};  // none is another's harmonic
    return std::clamp<Index>(bins[group], 0, std::max<Index>(0, shape_[0] / 2 - 1));
}

const FishCell* FishMovie::cell_at(Index z, Index y, Index x) const {
    const Index v = y / site, u = x / site;
    if (v >= sites_y_ || u >= sites_x_) return nullptr;
    const std::int32_t label = site_labels_[static_cast<std::size_t>((z * sites_y_ + v) * sites_x_ + u)];
    if (label == 0) return nullptr;
    const FishCell& cell = cells_[static_cast<std::size_t>(label) - 1];
    return squared_distance(cell, y, x) <= cell.radius * cell.radius ? &cell : nullptr;
}

void FishMovie::fill(const Region& region, std::uint16_t* out) const {
    const Random shot(seed_, shot_stream);
    const auto samples = static_cast<double>(shape_[0]);
    const Index frame = product({region.shape[1], region.shape[2], region.shape[3]});
    for (Index z = region.origin[1], pixel = 0; z < region.end(1); ++z) {
        const Background background(seed_, z);
        for (Index y = region.origin[2]; y < region.end(2); ++y)
            for (Index x = region.origin[3]; x < region.end(3); ++x, ++pixel) {
                const double tissue = background.at(y, x);
                const FishCell* cell = cell_at(z, y, x);
                const double bright = cell ? profile(squared_distance(*cell, y, x), cell->radius) : 0;
                for (Index i = 0; i < region.shape[0]; ++i) {
                    const Index t = region.origin[0] + i;
                    double photons = tissue;
                    if (cell) {
                        const double angle = turn * static_cast<double>(cell->frequency * t) / samples - cell->phase;
                        photons += bright * (cell->baseline + cell->amplitude * (1 + std::sin(angle)));
                    }
                    photons *= 0.8 + 0.2 * std::exp(-2 * static_cast<double>(t) / samples);
                    const Index element = ((t * shape_[1] + z) * shape_[2] + y) * shape_[3] + x;
                    const std::uint32_t count = shot.poisson(static_cast<std::uint64_t>(element), photons);
                    out[i * frame + pixel] = static_cast<std::uint16_t>(std::min<std::uint32_t>(count, 0xffff));
                }
            }
    }
}

void FishMovie::fill_labels(const Region& region, std::int32_t* out) const {
    for (Index z = region.origin[0]; z < region.end(0); ++z)
        for (Index y = region.origin[1]; y < region.end(1); ++y)
            for (Index x = region.origin[2]; x < region.end(2); ++x) {
                const FishCell* cell = cell_at(z, y, x);
                *out++ = cell ? cell->label : 0;
            }
}

}  // namespace levin::kernels
