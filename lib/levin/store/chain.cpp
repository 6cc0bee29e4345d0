#include "levin/store/chain.hpp"

#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

struct Named {
    std::string name;
    Json configuration = Json::object();
};

/// A codec's name and configuration, from an object or a bare string.
Named named(const Json& codec) {
    if (codec.is_string()) return {codec.get<std::string>()};
    require_object(codec, "codec", {"name", "configuration", "must_understand"});
    Named result{string_of(member(codec, "name"), "name")};
    if (const auto found = codec.find("configuration"); found != codec.end()) {
        if (!found->is_object())
            throw Error(fmt::format("{}: configuration: expected an object, found {}", result.name, shown(*found)));
        result.configuration = *found;
    }
    return result;
}

}  // namespace

Dims CodecChain::stored(const Dims& dims) const {
    if (order.empty()) return dims;
    Dims result;
    for (const std::size_t axis : order) result.push_back(dims[axis]);
    return result;
}

CodecChain parse_codecs(const Json& codecs, const Dims& shape, DType dtype) {
    if (!codecs.is_array()) throw Error(fmt::format("codecs: expected a list, found {}", shown(codecs)));
    CodecChain chain;
    bool to_bytes = false;  // past the one codec that turns elements into bytes
    for (std::size_t i = 0; i < codecs.size(); ++i) {
        with_context([&] { return fmt::format("codecs[{}]", i); },
                     [&] {
                         const auto [name, configuration] = named(codecs[i]);
                         const bool takes_elements =
                             name == "transpose" || name == "bytes" || name == "sharding_indexed";
                         if (takes_elements && to_bytes)
                             throw Error(fmt::format("{} needs elements, the codec before it gives bytes", name));
                         if (name == "transpose") {
                             const std::vector<std::size_t> order = parse_transpose(configuration, shape.size());
                             std::vector<std::size_t> combined;
                             for (const std::size_t axis : order)
                                 combined.push_back(chain.order.empty() ? axis : chain.order[axis]);
                             chain.order = combined;
                         } else if (name == "bytes") {
                             chain.swapped = parse_bytes(configuration, dtype);
                         } else if (name == "sharding_indexed") {
                             chain.sharding =
                                 std::make_shared<Sharding>(parse_sharding(configuration, chain.stored(shape), dtype));
                         } else {
                             CodecPtr codec = make_codec(name, configuration, size_of(dtype), 3);
                             if (!to_bytes)
                                 throw Error(fmt::format(
                                     "{} needs bytes; \"bytes\" or \"sharding_indexed\" must stand before it", name));
                             chain.codecs.push_back(std::move(codec));
                         }
                         to_bytes |= takes_elements && name != "transpose";
                     });
    }
    if (!to_bytes) throw Error("codecs: neither \"bytes\" nor \"sharding_indexed\" is there");
    return chain;
}

std::string describe(const CodecChain& chain) {
    std::string text = chain.order.empty() ? "" : "transpose, ";
    text += chain.sharding ? fmt::format("sharding_indexed[{}]", describe(chain.sharding->chunks)) : "bytes";
    for (const CodecPtr& codec : chain.codecs) text += fmt::format(", {}", codec->name());
    return text;
}

void Stored::read(std::uint64_t offset, MutableBytes out) const {
    if (offset > size_ || out.size() > size_ - offset)
        throw Error(fmt::format("bytes {} to {} are outside of {} stored bytes", offset, offset + out.size(), size_));
    if (file_) file_->read(offset_ + offset, out);
    else std::copy_n(memory_ + offset, out.size(), out.data());
}

Stored Stored::part(std::uint64_t offset, std::uint64_t size) const {
    Stored result = *this;
    result.size_ = size;
    if (file_) result.offset_ += offset;
    else result.memory_ += offset;
    return result;
}

Bytes Stored::all(Buffer& buffer) const {
    if (!file_) return {memory_, size_};
    if (const Bytes whole = file_->whole(); !whole.empty())
        return whole.subspan(static_cast<std::size_t>(offset_), static_cast<std::size_t>(size_));
    buffer.reserve(size_);
    const MutableBytes bytes(buffer.data(), size_);
    read(0, bytes);
    return bytes;
}

}  // namespace levin::store
