/// What the arrays in an HDF5 file are, as the programs say that wrote them: MATLAB, NWB, BigDataViewer, Imaris, and
/// all that name their dimensions.
#pragma once
#include <optional>
#include <string>

#include "levin/core/axes.hpp"
#include "levin/formats/hdf5/dataset.hpp"

namespace levin::formats {

struct Hdf5Meaning {
    Dims shape;                  ///< of the image, where the dataset is padded
    Axes axes;                   ///< in the order of the dataset
    bool swap_last = false;      ///< the last two axes are x, y; they are to be y, x
    std::optional<DType> dtype;  ///< where the dataset's own type is not what is meant
    std::string note;            ///< for --list
    std::string refusal;         ///< why it is no array of numbers though it looks like one; "" when it is
    bool is_data = false;        ///< what a program that knows its layout would open
    bool is_scale = false;       ///< positions along an axis of another dataset
};

/// `dataset` must have a shape and a data type that levin has.
Hdf5Meaning meaning_of(hid_t file, hid_t id, const Hdf5Dataset& dataset);

/// Whether programs keep things there that are nobody's data: MATLAB's "#refs#".
bool is_internal(const std::string& name);

}  // namespace levin::formats
