// The files of a store in any order: all are laid down in a scratch file, then read as a store's files are.
#include <fmt/format.h>

#include <map>
#include <unordered_map>

#include "levin/core/error.hpp"
#include "levin/store/chunk.hpp"
#include "levin/store/group.hpp"
#include "levin/store/json.hpp"
#include "levin/store/spool.hpp"
#include "levin/store/stream.hpp"

namespace levin::store {
namespace {

constexpr std::size_t most_documents = 3;
constexpr std::uint64_t longest_end = 4096;

struct Place {
    std::uint64_t offset = 0, size = 0;
};

class SpooledArray final : public ArraySource {
  public:
    SpooledArray(TarReader::Source source, const std::string& folder, bool missing_is_error)
        : spool_(folder), missing_is_error_(missing_is_error) {
        receive(std::move(source));
        parse();
        units_ = Grid(metadata_.shape, metadata_.chunks);
        check_chunks();
        info_ = {metadata_.shape, metadata_.dtype, metadata_.axes, metadata_.inner_chunks(), metadata_.attributes};
    }

    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return "-"; }
    std::size_t scratch_bytes() const override {
        return longest_stored(metadata_.codecs, metadata_.chunks, metadata_.dtype) +
               decoder_bytes(metadata_.codecs, metadata_.chunks, metadata_.dtype);
    }

    void read(const Region& region, const View& out) const override {
        ChunkDecoder decoder(metadata_.dtype, metadata_.fill.data());
        Buffer stored;
        for_each_index(units_.cells(region), [&](const Dims& position) {
            Dims origin = position;
            for (std::size_t i = 0; i < origin.size(); ++i) origin[i] *= metadata_.chunks[i];
            const Region part = intersect(Region{origin, metadata_.chunks}, region);
            const View piece = out.sub(relative_to(part, region.origin));
            const std::string key = metadata_.key(position);
            const auto found = chunks_.find(key);
            if (found == chunks_.end()) {
                if (missing_is_error_) throw Error(fmt::format("chunk {} is missing in the stream", key));
                return fill(piece, metadata_.fill.data());
            }
            stored.reserve(found->second.size);
            spool_.read(found->second.offset, {stored.data(), found->second.size});
            const Stored encoded(Bytes(stored.data(), found->second.size));
            with_context(
                [&] { return "chunk " + key; },
                [&] { decoder.read(metadata_.codecs, metadata_.chunks, encoded, relative_to(part, origin), piece); });
        });
    }

  private:
    void receive(TarReader::Source source) {
        TarReader tar(std::move(source));
        StreamDigest digest;
        std::string end;
        while (const auto member = tar.next()) {
            if (!end.empty())
                throw Error(
                    fmt::format("member {} comes after the end marker: a stream carries one array", member->name));
            if (member->name == end_marker) {
                if (member->size > longest_end) throw Error(fmt::format("{} has {} bytes", end_marker, member->size));
                end.resize(member->size);
                tar.read(std::as_writable_bytes(std::span(end)));
                if (end != digest.text()) throw Error(damaged_end(end, digest.text()));
                continue;
            }
            take(tar, *member, digest);
        }
        if (documents_.empty() && chunks_.empty()) throw Error("the stream is an empty tar");
    }

    void take(TarReader& tar, const TarMember& member, StreamDigest& digest) {
        const bool document = member.name == "zarr.json" || member.name == ".zarray" || member.name == ".zattrs";
        digest.begin(member.name, !document);
        if (!document && (member.name.ends_with("zarr.json") || member.name.ends_with(".zarray")))
            throw Error(fmt::format("member {}: a second array, or a group; a stream carries one array", member.name));
        if (document) {
            if (member.size > max_metadata || documents_.size() == most_documents)
                throw Error(fmt::format("member {} with {} bytes makes no sense", member.name, member.size));
            std::string text;
            tar.read([&](Bytes piece) {
                digest.add(piece);
                text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
            });
            if (!documents_.emplace(member.name, text).second)
                throw Error(fmt::format("member {} comes twice: a stream carries one array", member.name));
            return;
        }
        const Place place{spool_.size(), member.size};
        tar.read([&](Bytes piece) {
            digest.add(piece);
            spool_.append(piece);
        });
        if (!chunks_.emplace(member.name, place).second) throw Error(fmt::format("member {} comes twice", member.name));
    }

    void parse() {
        const auto text_of = [&](const char* name) {
            const auto found = documents_.find(name);
            return found == documents_.end() ? std::string() : found->second;
        };
        const std::string v3 = text_of("zarr.json"), v2 = text_of(".zarray");
        if (v3.empty() && v2.empty()) throw Error("the stream has neither zarr.json nor .zarray");
        with_context([&] { return v3.empty() ? ".zarray" : "zarr.json"; },
                     [&] {
                         if (v3.empty()) {
                             metadata_ = parse_metadata_v2(v2, text_of(".zattrs"));
                             return;
                         }
                         const Json document = parse_json(v3);
                         if (document.is_object() && document.value("node_type", Json()) == "group")
                             throw Error("a group; a stream carries one array: tar c -C GROUP/0 zarr.json c");
                         metadata_ = parse_metadata_v3(v3);
                     });
    }

    void check_chunks() const {
        const std::size_t longest = longest_stored(metadata_.codecs, metadata_.chunks, metadata_.dtype);
        for (const auto& [name, place] : chunks_) {
            if (!chunk_of(metadata_, units_, name))
                throw Error(
                    fmt::format("member {} is no chunk of an array of shape {} in chunks {}: give tar nothing "
                                "but the array's metadata and chunks",
                                name, to_string(metadata_.shape), to_string(metadata_.chunks)));
            if (place.size > longest)
                throw Error(
                    fmt::format("chunk {} has {} bytes, where none has more than {}", name, place.size, longest));
        }
    }

    Spool spool_;
    bool missing_is_error_;
    std::map<std::string, std::string> documents_;
    std::unordered_map<std::string, Place> chunks_;
    Metadata metadata_;
    Grid units_;
    ArrayInfo info_;
};

}  // namespace

std::unique_ptr<ArraySource> spool_stream(TarReader::Source source, const std::string& folder, bool missing_is_error) {
    return std::make_unique<SpooledArray>(std::move(source), folder, missing_is_error);
}

}  // namespace levin::store
