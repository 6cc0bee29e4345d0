#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <numeric>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/hdf5/attributes.hpp"
#include "levin/formats/hdf5/chunk.hpp"
#include "levin/formats/hdf5/format.hpp"
#include "levin/formats/hdf5/meaning.hpp"
#include "levin/formats/rehearsal.hpp"
#include "levin/formats/strided_file.hpp"

namespace levin::formats {
namespace {

/// Datasets kept open between reads, the last used first: opening one reads its list of chunks anew, but of the files
/// of a folder not all can be open. Guarded by Hdf5Lock.
class OpenDatasets {
  public:
    /// The dataset of source number `owner`, opened where it is not.
    hid_t get(std::size_t owner, const std::string& path, const Hdf5Dataset& expected) {
        const auto found = std::find_if(list_.begin(), list_.end(), [&](const Entry& e) { return e.owner == owner; });
        if (found != list_.end()) {
            list_.splice(list_.begin(), list_, found);
            return list_.front().dataset.get();
        }
        Entry entry{owner, open_hdf5(path), {}};
        entry.dataset = find_hdf5_object(entry.file.get(), expected.name);
        if (!entry.dataset || H5Iget_type(entry.dataset.get()) != H5I_DATASET ||
            describe_hdf5(entry.dataset.get(), expected.name) != expected)
            throw Error("the file has changed since it was opened");
        if (list_.size() >= most_open) list_.pop_back();
        list_.push_front(std::move(entry));
        return list_.front().dataset.get();
    }
    void forget(std::size_t owner) {
        list_.remove_if([&](const Entry& entry) { return entry.owner == owner; });
    }

  private:
    static constexpr std::size_t most_open = 16;
    struct Entry {
        std::size_t owner;
        Hdf5Id file, dataset;  // the dataset is closed first
    };
    std::list<Entry> list_;
};

OpenDatasets& open_datasets() {
    static OpenDatasets* datasets = new OpenDatasets;  // outlives every source
    return *datasets;
}

/// A dataset in chunks, or one whose values are in its header, or nowhere.
class Hdf5Source final : public ArraySource {
  public:
    Hdf5Source(std::string path, Hdf5Dataset dataset, ArrayInfo info)
        : path_(std::move(path)), dataset_(std::move(dataset)), info_(std::move(info)), number_(next_number()) {
        fill_ = dataset_.fill;
        if (!fill_.empty()) decode(fill_.data(), 1);
    }
    ~Hdf5Source() override {
        const Hdf5Lock lock;
        open_datasets().forget(number_);
    }
    Hdf5Source(const Hdf5Source&) = delete;
    Hdf5Source& operator=(const Hdf5Source&) = delete;
    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return path_ + "::" + dataset_.name; }
    std::size_t scratch_bytes() const override {
        const std::size_t unit = dataset_.chunks.empty() ? info_.bytes() : chunk_bytes(dataset_);
        return 2 * (unit + unit / 8 + 4096);
    }

    void read(const Region& region, const View& out) const override {
        if (region.empty()) return;
        with_context([&] { return name(); },
                     [&] { dataset_.chunks.empty() ? read_whole(region, out) : read_chunks(region, out); });
    }

  private:
    static std::size_t next_number() {
        static std::atomic<std::size_t> number{0};
        return ++number;
    }

    /// From the file's bytes to this machine's values, in place.
    void decode(std::byte* data, Index count) const {
        if (dataset_.swap) swap_bytes(contiguous(data, info_.dtype, {count}));
        if (info_.dtype == DType::boolean)
            std::transform(data, data + count, data, [](std::byte b) { return std::byte{b != std::byte{0}}; });
    }

    void read_chunks(const Region& region, const View& out) const {
        const Grid grid(info_.shape, dataset_.chunks);
        Buffer scratch;
        for_each_index(grid.cells(region), [&](const Dims& position) {
            Region cell{position, dataset_.chunks};
            for (std::size_t i = 0; i < position.size(); ++i) cell.origin[i] *= dataset_.chunks[i];
            const Region part = intersect(region, cell);
            const View target = out.sub(relative_to(part, region.origin));
            StoredChunk chunk;
            {
                const Hdf5Lock lock;
                chunk = fetch_chunk(open_datasets().get(number_, path_, dataset_), dataset_, position);
            }
            if (chunk.size == 0) return fill(target, fill_.data());
            std::byte* values = decode_chunk(chunk, dataset_, scratch);
            decode(values, product(dataset_.chunks));
            const ConstView whole = contiguous(std::as_const(values), info_.dtype, dataset_.chunks);
            copy(whole.sub(relative_to(part, cell.origin)), target);
        });
    }

    void read_whole(const Region& region, const View& out) const {
        OwnedArray whole(info_.dtype, dataset_.shape);
        {
            const Hdf5Lock lock;
            const hid_t id = open_datasets().get(number_, path_, dataset_);
            const Hdf5Id type(hdf5_ok(H5Dget_type(id), "the data type is damaged"), H5Tclose);
            if (H5Dread(id, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, whole.buffer.data()) < 0)
                throw_hdf5("cannot be read");
        }
        decode(whole.buffer.data(), whole.view.count());
        copy(whole.view.sub(region), out);
    }

    std::string path_;
    Hdf5Dataset dataset_;
    ArrayInfo info_;
    std::size_t number_;
    std::vector<std::byte> fill_;
};

/// A dataset of which nothing is stored.
class FilledSource final : public ArraySource {
  public:
    FilledSource(std::string name, ArrayInfo info, std::vector<std::byte> value, bool swap)
        : name_(std::move(name)), info_(std::move(info)), value_(std::move(value)) {
        if (swap) swap_bytes(contiguous(value_.data(), info_.dtype, {1}));
    }
    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return name_; }
    std::size_t scratch_bytes() const override { return 0; }
    void read(const Region&, const View& out) const override { fill(out, value_.data()); }

  private:
    std::string name_;
    ArrayInfo info_;
    std::vector<std::byte> value_;
};

/// What is in a file, to choose from.
struct Found {
    std::vector<Dataset> datasets;
    std::vector<std::string> data, images, arrays;  ///< of a known layout's, of two or more axes, of one at least
};

Found look_around(hid_t file) {
    Found found;
    walk_hdf5(file, [&](const std::string& name, bool link) {
        if (is_internal(name)) return;
        if (link)
            return found.datasets.push_back({name, {}, "", "a link into another file, which levin does not open"});
        try {
            const Hdf5Id id(hdf5_ok(H5Dopen2(file, name.c_str(), H5P_DEFAULT), "damaged"), H5Dclose);
            const Hdf5Dataset dataset = describe_hdf5(id.get(), name);
            if (!dataset.refusal.empty())
                return found.datasets.push_back({name, dataset.shape, dataset.type, dataset.refusal});
            const Hdf5Meaning meaning = meaning_of(file, id.get(), dataset);
            const std::string& note = meaning.refusal.empty() ? meaning.note : meaning.refusal;
            found.datasets.push_back({name, dataset.shape, dataset.type, note});
            if (!meaning.refusal.empty() || meaning.is_scale) return;
            if (meaning.is_data && name.starts_with("/acquisition/")) found.data.push_back(name);
            if (dataset.shape.size() > 1) found.images.push_back(name);
            if (!dataset.shape.empty()) found.arrays.push_back(name);
        } catch (const TransientError&) {
            throw;
        } catch (const Error& error) {  // the others may be whole
            found.datasets.push_back({name, {}, "", error.what()});
        }
    });
    return found;
}

std::string described(const std::vector<Dataset>& datasets) {
    constexpr std::size_t most = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(datasets.size(), most); ++i)
        text +=
            fmt::format("{}{} {} {}", i ? ", " : "", datasets[i].name, to_string(datasets[i].shape), datasets[i].dtype);
    if (datasets.size() > most) text += fmt::format(" and {} more", datasets.size() - most);
    return text;
}

/// The dataset meant where none is named.
std::string only_dataset(const std::string& path, const Found& found) {
    for (const auto* names : {&found.data, &found.images, &found.arrays})
        if (names->size() == 1) return names->front();
    if (found.datasets.empty()) throw Error("there is no dataset in this file");
    throw Error(fmt::format("{}; choose one as {}::{}, levin info --list shows all: {}",
                            found.arrays.empty() ? "no dataset that levin reads" : "several datasets", path,
                            found.arrays.empty() ? "/PATH" : found.arrays.front(), described(found.datasets)));
}

ArrayInfo make_info(const Hdf5Dataset& dataset, const Hdf5Meaning& meaning, std::string attributes) {
    ArrayInfo info;
    info.shape = meaning.shape;
    info.dtype = meaning.dtype.value_or(*dataset.dtype);
    info.axes = meaning.axes;
    info.attributes = std::move(attributes);
    for (std::size_t i = 0; i < info.rank(); ++i) {
        const Index whole = std::max<Index>(info.shape[i], 1);
        info.chunks.push_back(dataset.chunks.empty() ? whole : std::min(dataset.chunks[i], whole));
    }
    return info;
}

std::unique_ptr<ArraySource> make_source(const std::string& path, hid_t file, hid_t id, const std::string& name) {
    const Hdf5Dataset dataset = describe_hdf5(id, name);
    const auto refuse = [&](const std::string& why) {
        throw Error(fmt::format("{} ({}): {}", name, dataset.type, why));
    };
    if (!dataset.refusal.empty()) refuse(dataset.refusal);
    const Hdf5Meaning meaning = meaning_of(file, id, dataset);
    if (!meaning.refusal.empty()) refuse(meaning.refusal);
    ArrayInfo info = make_info(dataset, meaning, attributes_json(id));
    std::unique_ptr<ArraySource> source;
    const Hdf5Id properties(hdf5_ok(H5Dget_create_plist(id), "the layout is damaged"), H5Pclose);
    if (dataset.offset >= 0) {
        info.chunks.clear();
        StridedLayout layout{dataset.offset, record_strides(dataset.shape, info.element_size()), dataset.swap};
        source = open_strided(path + "::" + name, std::move(info), {path}, std::move(layout));
    } else if (H5Pget_layout(properties.get()) == H5D_CONTIGUOUS) {
        info.chunks = cheap_chunks(info.shape, record_strides(info.shape, info.element_size()), info.element_size());
        source = std::make_unique<FilledSource>(path + "::" + name, std::move(info), dataset.fill, dataset.swap);
    } else {
        source = std::make_unique<Hdf5Source>(path, dataset, std::move(info));
    }
    if (!meaning.swap_last) return source;
    std::vector<std::size_t> order(dataset.shape.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::swap(order[order.size() - 2], order[order.size() - 1]);
    return std::make_unique<PermutedSource>(std::move(source), std::move(order));
}

std::unique_ptr<ArraySource> open_dataset(const std::string& path, const std::string& wanted) {
    const Hdf5Id file = open_hdf5(path);
    const std::string name = wanted.empty()            ? only_dataset(path, look_around(file.get()))
                             : wanted.starts_with('/') ? wanted
                                                       : "/" + wanted;
    const Hdf5Id object = find_hdf5_object(file.get(), name);
    if (!object)
        throw Error(fmt::format("no dataset {}; there are: {}", name, described(look_around(file.get()).datasets)));
    if (H5Iget_type(object.get()) != H5I_DATASET)
        throw Error(fmt::format("{} is no dataset; there are: {}", name, described(look_around(file.get()).datasets)));
    return make_source(path, file.get(), object.get(), name);
}

/// Reads the list of a dataset's chunks to its end, as reading them will.
void look_for_chunks(const std::string& path, const ArraySource& source) {
    const Hdf5Id file = open_hdf5(path);
    const Hdf5Id id = find_hdf5_object(file.get(), source.name().substr(path.size() + 2));
    const Hdf5Id space(H5Dget_space(id.get()), H5Sclose);
    hsize_t chunks = 0;
    H5Dget_num_chunks(id.get(), space.get(), &chunks);
}

}  // namespace

std::unique_ptr<ArraySource> open_hdf5_source(const std::string& path, const ReadOptions& options) {
    const Hdf5Lock lock;
    return with_context([&] { return path; },
                        [&] {
                            rehearse("libhdf5", rehearsal_memory,
                                     [&] { look_for_chunks(path, *open_dataset(path, options.dataset)); });
                            return in_ome_order(open_dataset(path, options.dataset));
                        });
}

std::vector<Dataset> list_hdf5(const std::string& path) {
    const Hdf5Lock lock;
    const auto look = [&] { return look_around(open_hdf5(path).get()).datasets; };
    rehearse("libhdf5", rehearsal_memory, look);
    return look();
}

}  // namespace levin::formats
