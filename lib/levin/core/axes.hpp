/// Named axes with units and spacing. Axis order is always OME's: a subset of t c z y x, with f in the place of t after
/// a Fourier transform, k (clusters) first.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "levin/core/dims.hpp"

namespace levin {

struct Axis {
    std::string name;
    double spacing = 0;  ///< distance of neighbouring samples in `unit`; 0 when unknown
    std::string unit;    ///< "s", "um", "Hz", ...; empty when unknown
    friend bool operator==(const Axis&, const Axis&) = default;
};
using Axes = std::vector<Axis>;

/// Axes named by the letters of `names`, e.g. "tzyx". UsageError for a repeated letter or one outside a-z.
Axes axes_from_letters(std::string_view names);
/// "tzyx"; names of several letters are joined by commas.
std::string letters(const Axes& axes);
/// Position of the axis called `name`, or empty.
std::optional<std::size_t> find_axis(const Axes& axes, std::string_view name);
/// Position of the axis called `name`; UsageError names the axes there are.
std::size_t require_axis(const Axes& axes, std::string_view name);
/// Rank of a name in OME order: k t f c z y x, others first. Sorting by it gives the store's axis order.
int ome_rank(std::string_view name);

/// "yx" for 2 dimensions, "tzyx" for 4, "tczyx" for 5; empty where they must be said.
std::optional<std::string> default_letters(std::size_t dimensions);

struct Quantity {
    double value = 0;
    std::string unit;
};
/// "0.65um" -> {0.65, "um"}, "3" -> {3, ""}, "2px" -> {2, "px"}. UsageError otherwise.
Quantity parse_quantity(std::string_view text);
/// "0.65 um", the text that goes into `dimension_units`; shortest digits that read back the same.
std::string to_string(const Quantity& quantity);
/// `value` in samples of `axis`: no unit or "px" is samples already; otherwise the units must be of one kind (s ms us
/// ns min h; m mm um nm and their long names) and the axis must have a spacing. UsageError otherwise.
double to_samples(const Quantity& quantity, const Axis& axis);
/// The same as a count: a length with a unit is rounded to the nearest sample, a number of samples must be whole.
Index to_sample_count(const Quantity& quantity, const Axis& axis);
/// The factor from unit `from` to unit `to`, empty when they are not of one kind. Long names ("micrometer") count.
std::optional<double> unit_factor(std::string_view from, std::string_view to);

/// One value per named axis: "t=64,y=256" -> {{"t","64"},{"y","256"}}. UsageError for a repeated or missing name.
std::vector<std::pair<std::string, std::string>> parse_assignments(std::string_view text, std::string_view option);
/// The same with integer values of at least `minimum`.
std::vector<std::pair<std::string, Index>> parse_integers(std::string_view text, std::string_view option,
                                                          Index minimum);

}  // namespace levin
