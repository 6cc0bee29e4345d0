#include "levin/store/n5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "levin/core/blocks.hpp"
#include "levin/core/error.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/codec_lz4_block.hpp"
#include "levin/store/group.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"

namespace levin::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* attributes_name = "attributes.json";

std::optional<Json> attributes_of(const std::string& path) {
    const std::string file = path + "/" + attributes_name;
    const auto text = read_text(file, max_metadata);
    if (!text) return std::nullopt;
    return with_context([&] { return file; },
                        [&] {
                            Json document = parse_json(*text);
                            if (!document.is_object())
                                throw Error(fmt::format("expected an object, found {}", shown(document)));
                            return document;
                        });
}

Dims reversed(Dims dims) {
    std::reverse(dims.begin(), dims.end());
    return dims;
}

/// nullptr for raw blocks. Levels matter to writers only, so they are not looked at.
CodecPtr codec_of(const Json& attributes, std::size_t element_size) {
    std::string type = "raw";
    Json compression = Json::object();
    if (const auto found = attributes.find("compression"); found != attributes.end()) {
        if (!found->is_object()) throw Error(fmt::format("compression: expected an object, found {}", shown(*found)));
        compression = *found;
        type = string_of(member(compression, "type"), "compression: type");
    } else if (attributes.contains("compressionType")) {  // before N5 1.1
        type = string_of(attributes["compressionType"], "compressionType");
    }
    if (type == "raw") return nullptr;
    if (type == "gzip" && compression.value("useZlib", Json(false)) == true) type = "zlib";
    if (type == "gzip" || type == "zlib" || type == "zstd") return make_codec(type, Json::object(), element_size, 2);
    if (type == "blosc") return make_codec(type, {{"cname", "lz4"}, {"clevel", 5}, {"shuffle", 1}}, element_size, 2);
    if (type == "lz4") return make_lz4_block();
    throw Error(fmt::format("compression: {} is not supported; supported are raw, gzip, zstd, blosc and lz4", type));
}

/// Numbers of a list of one for each dimension; empty when there is no such list.
std::vector<double> numbers_of(const Json& list, std::size_t rank) {
    if (!list.is_array() || list.size() != rank) return {};
    if (!std::all_of(list.begin(), list.end(), [](const Json& value) { return value.is_number(); })) return {};
    return list.get<std::vector<double>>();
}

/// What other programs' attributes say of axes; of what they say otherwise nothing is believed.
Axes axes_of(const Json& attributes, std::size_t rank) {
    Axes axes(rank);
    const auto text_at = [](const Json& list, std::size_t i) {
        return list.is_array() && i < list.size() && list[i].is_string() ? list[i].get<std::string>() : "";
    };
    Json units = attributes.value("units", Json()), resolution = attributes.value("resolution", Json());
    if (const Json pixel = attributes.value("pixelResolution", Json()); pixel.is_object()) {
        resolution = pixel.value("dimensions", Json());
        units = Json::array();
        for (std::size_t i = 0; i < rank; ++i) units.push_back(pixel.value("unit", Json("")));
    }
    const std::vector<double> spacing = numbers_of(resolution, rank);
    const Json names = attributes.value("axes", Json());
    const bool named = names.is_array() && names.size() == rank;
    for (std::size_t i = 0; i < rank; ++i) {
        Axis& axis = axes[rank - 1 - i];
        if (named) axis.name = text_at(names, i);
        if (spacing.empty() || !(spacing[i] > 0)) continue;
        axis.unit = short_unit(text_at(units, i));
        if (!axis.unit.empty() || spacing[i] != 1) axis.spacing = spacing[i];
    }
    return axes;
}

class N5Array final : public ArraySource {
  public:
    N5Array(std::string path, const Json& attributes, bool missing_is_error)
        : path_(std::move(path)), missing_is_error_(missing_is_error) {
        info_.shape = reversed(dims_of(member(attributes, "dimensions"), "dimensions", 0));
        info_.chunks = reversed(dims_of(member(attributes, "blockSize"), "blockSize", 1));
        if (info_.chunks.size() != info_.rank() || info_.rank() == 0)
            throw Error(fmt::format("dimensions has {} sizes and blockSize {}", info_.rank(), info_.chunks.size()));
        const std::string type = string_of(member(attributes, "dataType"), "dataType");
        const auto dtype = dtype_from_name(type);
        if (!dtype || !(is_integer(*dtype) || *dtype == DType::float32 || *dtype == DType::float64))
            throw Error(fmt::format("dataType: {} is not supported", type));
        info_.dtype = *dtype;
        block_bytes_ = byte_count(info_.chunks, info_.element_size());
        codec_ = codec_of(attributes, info_.element_size());
        info_.axes = axes_of(attributes, info_.rank());
        Json kept = attributes;
        for (const char* ours : {"dimensions", "blockSize", "dataType", "compression", "compressionType", "n5"})
            kept.erase(ours);
        info_.attributes = kept.dump(-1, ' ', false, Json::error_handler_t::replace);
        grid_ = Grid(info_.shape, info_.chunks);
    }

    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return path_; }
    std::size_t scratch_bytes() const override {
        return block_bytes_ + most_stored() * (remote::is_url(path_) ? 2 : 1);
    }

    void read(const Region& region, const View& out) const override {
        Buffer stored, decoded;
        for_each_index(grid_.cells(region), [&](const Dims& position) {
            const Region block = grid_.region(position), part = intersect(block, region);
            const View piece = out.sub(relative_to(part, region.origin));
            const std::string name = key(position);
            const auto file = File::open(name, {remote::Opening::What::whole, most_stored()});
            if (!file && missing_is_error_) throw Error(fmt::format("{} is missing", name));
            if (!file) return fill(piece, zero);
            with_context([&] { return name; },
                         [&] { read_block(*file, relative_to(part, block.origin), piece, stored, decoded); });
        });
    }

  private:
    static constexpr std::byte zero[16]{};

    std::size_t header_bytes() const { return 4 + 4 * info_.rank(); }
    std::size_t most_stored() const {
        return header_bytes() + (codec_ ? codec_->max_encoded(block_bytes_) : block_bytes_);
    }

    std::string key(const Dims& position) const {
        std::string name = path_;
        for (std::size_t i = position.size(); i-- > 0;) name += fmt::format("/{}", position[i]);
        return name;
    }

    static std::uint32_t number(Bytes bytes) {
        std::uint32_t value = 0;
        for (const std::byte each : bytes) value = value << 8 | std::to_integer<std::uint32_t>(each);
        return value;
    }

    /// The shape in a block's header.
    Dims shape_of(Bytes stored) const {
        if (stored.size() < header_bytes()) throw Error(fmt::format("{} bytes are no block", stored.size()));
        const std::uint32_t mode = number(stored.first(2)), rank = number(stored.subspan(2, 2));
        if (mode != 0) throw Error(fmt::format("a block of mode {} is not supported, only 0, of plain numbers", mode));
        if (rank != info_.rank()) throw Error(fmt::format("a block of {} dimensions, expected {}", rank, info_.rank()));
        Dims shape(rank);
        for (std::size_t i = 0; i < rank; ++i) {
            Index& length = shape[rank - 1 - i];
            length = number(stored.subspan(4 + 4 * i, 4));
            if (length < 1 || length > info_.chunks[rank - 1 - i])
                throw Error(fmt::format("a block of length {} along dimension {}, expected 1 to {}", length, i,
                                        info_.chunks[rank - 1 - i]));
        }
        return shape;
    }

    [[noreturn]] static void refuse_size(const Dims& shape, std::size_t found, std::size_t expected) {
        throw Error(fmt::format("a block of shape {} with {} bytes, expected {}", to_string(shape), found, expected));
    }

    /// `part` of the block, zeros where the stored block ends before.
    void read_block(const File& file, const Region& part, const View& out, Buffer& stored, Buffer& decoded) const {
        if (file.size() > most_stored())
            throw Error(fmt::format("{} bytes are more than a block of {} bytes takes", file.size(), block_bytes_));
        stored.reserve(file.size());
        const MutableBytes all(stored.data(), file.size());
        file.read(0, all);
        const Dims shape = shape_of(all);
        const std::size_t bytes = byte_count(shape, info_.element_size());
        const Bytes values = all.subspan(header_bytes());
        if (!codec_ && values.size() != bytes) refuse_size(shape, values.size(), bytes);
        decoded.reserve(bytes);
        const MutableBytes room(decoded.data(), bytes);
        if (!codec_) std::copy(values.begin(), values.end(), room.begin());  // to where words are aligned
        else if (const std::size_t found = codec_->decode(values, room); found != bytes)
            refuse_size(shape, found, bytes);
        const View block = contiguous(room.data(), info_.dtype, shape);
        const Region there = intersect(part, Region::whole(shape));
        if (there.shape != part.shape) fill(out, zero);
        if (there.empty()) return;
        swap_bytes(block);
        copy(block.sub(there), out.sub(relative_to(there, part.origin)));
    }

    std::string path_;
    bool missing_is_error_;
    ArrayInfo info_;
    std::size_t block_bytes_ = 0;
    CodecPtr codec_;
    Grid grid_;
};

/// Arrays below a container, for a message.
[[noreturn]] void refuse_container(const std::string& path) {
    if (remote::is_url(path))
        throw Error(fmt::format("{} is an N5 container, not an array; open one of its arrays", path));
    constexpr std::size_t most = 20;
    constexpr int deep = 8, looks = 100000;  // folders of blocks are large
    std::vector<std::string> arrays;
    std::error_code ignored;
    int looked = 0;
    for (fs::recursive_directory_iterator entry(path, ignored), end;
         entry != end && arrays.size() <= most && looked < looks; entry.increment(ignored), ++looked) {
        if (entry.depth() >= deep) entry.disable_recursion_pending();
        if (entry->path().filename() != attributes_name) continue;
        const fs::path folder = entry->path().parent_path();
        const auto attributes = attributes_of(folder.string());
        if (attributes && attributes->contains("dimensions"))
            arrays.push_back(fs::relative(folder, path, ignored).generic_string());
    }
    std::sort(arrays.begin(), arrays.end());
    throw Error(fmt::format("{} is an N5 container, not an array{}", path,
                            arrays.empty() ? ", and holds none"
                                           : fmt::format("; open one of its arrays, as {}/{}: {}", path, arrays[0],
                                                         fmt::join(arrays, ", "))));
}

}  // namespace

bool is_n5(const std::string& path) {
    std::error_code ignored;
    if (!remote::is_url(path) && !fs::is_regular_file(path + "/" + attributes_name, ignored)) return false;
    const auto attributes = attributes_of(path);
    return attributes && (attributes->contains("dimensions") || attributes->contains("n5"));
}

std::unique_ptr<ArraySource> open_n5(const std::string& path, bool missing_is_error) {
    const auto attributes = attributes_of(path);
    if (!attributes) throw Error(fmt::format("{} is not N5: it has no {}", path, attributes_name));
    if (!attributes->contains("dimensions")) refuse_container(path);
    return with_context([&] { return path + "/" + attributes_name; },
                        [&] { return std::make_unique<N5Array>(path, *attributes, missing_is_error); });
}

}  // namespace levin::store
