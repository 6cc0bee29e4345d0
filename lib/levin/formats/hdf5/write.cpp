#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/hdf5/attributes.hpp"
#include "levin/formats/hdf5/format.hpp"
#include "levin/formats/hdf5/types.hpp"

namespace levin::formats {
namespace {

/// What the library's cache, and that of h5py, holds of a dataset: a larger chunk would be decoded at every row.
constexpr std::size_t max_chunk = std::size_t{1} << 20;
/// Smaller ones cost more to find than to read.
constexpr std::size_t min_chunk = std::size_t{16} << 10;

/// The source's chunks, cut from the slowest axis on until they are small enough, or grown from the fastest on.
Dims chunk_shape(const ArrayInfo& info) {
    Dims chunk = info.chunks;
    for (std::size_t i = 0; i < chunk.size(); ++i) chunk[i] = std::clamp<Index>(chunk[i], 1, info.shape[i]);
    const auto bytes = [&] { return byte_count(chunk, info.element_size()); };
    for (std::size_t i = 0; i < chunk.size(); ++i)
        while (chunk[i] > 1 && bytes() > max_chunk) chunk[i] = ceil_div(chunk[i], 2);
    for (std::size_t i = chunk.size(); i-- > 0;)
        while (chunk[i] < info.shape[i] && bytes() < min_chunk) chunk[i] = std::min(info.shape[i], 2 * chunk[i]);
    return chunk;
}

/// Whole chunks of the file, as many of the source's as `memory` holds, so that none of either comes twice.
Dims block_shape(const ArrayInfo& info, const Dims& chunk, std::size_t memory) {
    const auto bytes = [&](const Dims& block) { return byte_count(block, info.element_size()); };
    Dims block = chunk;
    for (std::size_t i = 0; i < block.size(); ++i)
        block[i] =
            std::min(info.shape[i], ceil_div(std::clamp<Index>(info.chunks[i], 1, info.shape[i]), chunk[i]) * chunk[i]);
    if (bytes(block) > memory) block = chunk;
    for (std::size_t i = block.size(); i-- > 0;) {
        const auto times = static_cast<Index>(std::max<std::size_t>(memory / bytes(block), 1));
        block[i] = std::min(info.shape[i], ceil_div(block[i], chunk[i]) * chunk[i] * times);
    }
    return block;
}

/// "/data" unless told; "a/b" is "/a/b".
std::string dataset_name(const std::string& wanted) {
    if (wanted.empty()) return "/data";
    const std::string name = wanted.starts_with('/') ? wanted : "/" + wanted;
    const std::string closed = name + "/";
    for (const char* part : {"//", "/./", "/../"})
        if (closed.find(part) != std::string::npos)
            throw UsageError(fmt::format("'{}' is no name of a dataset: expected /NAME or /GROUP/NAME", wanted));
    return name;
}

Hdf5Id storage(const ArrayInfo& info, const Dims& chunk, const std::string& compression) {
    Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(properties.get(), false);  // the same array gives the same bytes
    if (!compression.empty() && compression != "gzip" && compression != "none")
        throw UsageError(fmt::format("unknown HDF5 compression '{}': expected gzip or none", compression));
    if (chunk.empty()) return properties;
    const std::vector<hsize_t> sizes(chunk.begin(), chunk.end());
    H5Pset_chunk(properties.get(), static_cast<int>(sizes.size()), sizes.data());
    if (compression == "none") return properties;
    if (info.element_size() > 1) H5Pset_shuffle(properties.get());
    H5Pset_deflate(properties.get(), 1);  // 4 takes three times as long for a few percent
    return properties;
}

void describe_axes(hid_t dataset, const ArrayInfo& info) {
    std::vector<std::string> labels, units;
    std::vector<double> sizes;
    bool named = false, spaced = false;
    for (const Axis& axis : info.axes) {
        labels.push_back(axis.name);
        units.push_back(axis.spacing > 0 ? to_string(Quantity{axis.spacing, axis.unit}) : "");
        named |= !axis.name.empty();
        spaced |= axis.spacing > 0;
    }
    if (named) write_texts_attribute(dataset, "DIMENSION_LABELS", labels);
    if (spaced) write_texts_attribute(dataset, "dimension_units", units);
    for (const char* name : {"z", "y", "x"}) {
        const auto axis = find_axis(info.axes, name);
        const auto factor = axis ? unit_factor(info.axes[*axis].unit, "um") : std::nullopt;
        if (factor && info.axes[*axis].spacing > 0) sizes.push_back(info.axes[*axis].spacing * *factor);
    }
    // Fiji and ilastik look here.
    if (sizes.size() == 3) write_numbers_attribute(dataset, "element_size_um", sizes);
}

/// The dataset being written, in a file of its own.
struct Target {
    Hdf5Id file, type, dataset;

    Target(const ArrayInfo& info, const Dims& chunk, const std::string& path, const WriteOptions& options) {
        const std::string name = dataset_name(options.dataset);
        const Hdf5Id properties = storage(info, chunk, options.compression), access = hdf5_access(),
                     links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
        H5Pset_create_intermediate_group(links.get(), 1);
        std::vector<hsize_t> sizes(info.shape.begin(), info.shape.end()), limits = sizes;
        if (const auto t = find_axis(info.axes, "t"); t && !chunk.empty()) limits[*t] = H5S_UNLIMITED;
        file = Hdf5Id(hdf5_ok(H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, access.get()), "cannot create it"),
                      H5Fclose);
        type = hdf5_type(info.dtype);
        const Hdf5Id space(sizes.empty()
                               ? H5Screate(H5S_SCALAR)
                               : H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), limits.data()),
                           H5Sclose);
        dataset = Hdf5Id(hdf5_ok(H5Dcreate2(file.get(), name.c_str(), type.get(), space.get(), links.get(),
                                            properties.get(), H5P_DEFAULT),
                                 "cannot create dataset " + name),
                         H5Dclose);
        describe_axes(dataset.get(), info);
        write_attributes_json(dataset.get(), info.attributes);
    }

    void write(const Region& region, const ConstView& block) {
        const Hdf5Lock lock;
        const std::vector<hsize_t> origin(region.origin.begin(), region.origin.end()),
            shape(region.shape.begin(), region.shape.end());
        const Hdf5Id space(H5Dget_space(dataset.get()), H5Sclose);
        const Hdf5Id memory(shape.empty() ? H5Screate(H5S_SCALAR)
                                          : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                            H5Sclose);
        if (!shape.empty())
            H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, origin.data(), nullptr, shape.data(), nullptr);
        if (H5Dwrite(dataset.get(), type.get(), memory.get(), space.get(), H5P_DEFAULT, block.data) < 0)
            throw_hdf5("cannot be written");
    }

    void close() {
        const Hdf5Lock lock;
        // Chunks wait in the library until here: this is where a full disk may first show.
        if (!dataset.close() || H5Fflush(file.get(), H5F_SCOPE_LOCAL) < 0 || !file.close())
            throw_hdf5("cannot be written");
    }
};

}  // namespace

void check_hdf5(const ArrayInfo& info) {
    if (info.rank() > H5S_MAX_RANK)
        throw UsageError(fmt::format("HDF5 holds {} axes at most, not {}", H5S_MAX_RANK, info.rank()));
}

void write_hdf5(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const ArrayInfo& info = source.info();
    const Dims chunk = product(info.shape) > 0 ? chunk_shape(info) : Dims{};
    std::optional<Target> target;
    {
        const Hdf5Lock lock;
        target.emplace(info, chunk, path, options);
    }
    if (product(info.shape) > 0)
        for_each_block(source, Grid(info.shape, block_shape(info, chunk, options.memory)), options.stop,
                       [&](const Region& region, const ConstView& block) { target->write(region, block); });
    target->close();
}

}  // namespace levin::formats
