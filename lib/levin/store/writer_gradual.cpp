#include "levin/core/error.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/writer_impl.hpp"

namespace levin::store {

struct GradualUnit::Impl {
    ArrayWriter::Impl& writer;
    Index unit;
    GradualChunk chunk;
    std::optional<PartialFile> partial{};

    Sink sink() {
        return [this](Bytes bytes) {
            if (!partial) writer.begin(unit, partial);
            partial->write(bytes);
        };
    }
    std::size_t finish();
    std::size_t write_again();
};

std::size_t GradualUnit::Impl::finish() {
    writer.output.check_place();
    const GradualChunk::End end = chunk.finish(sink());
    if (end == GradualChunk::End::other) return write_again();
    if (end == GradualChunk::End::absent) partial.reset();
    return writer.finish(unit, partial);
}

/// The chunk's own encoding, made of the one in the partial file.
std::size_t GradualUnit::Impl::write_again() {
    const Metadata& metadata = writer.metadata;
    Buffer encoded;
    const Bytes bytes = partial->read(encoded);
    const OwnedArray values(writer.spec.dtype, writer.units.region(unit).shape);
    ChunkDecoder decoder(writer.spec.dtype, metadata.fill.data());
    decoder.read(metadata.codecs, metadata.chunks, Stored(bytes), Region::whole(values.view.shape), values.view);
    partial.reset();
    return writer.write(unit, values.view);
}

GradualUnit::GradualUnit(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GradualUnit::~GradualUnit() = default;

void GradualUnit::append(const ConstView& values) {
    impl_->writer.unless_finished_elsewhere([&] { impl_->chunk.append(values, impl_->sink()); });
}

std::size_t GradualUnit::finish() {
    std::size_t bytes = 0;
    impl_->writer.unless_finished_elsewhere([&] { bytes = impl_->finish(); });
    return bytes;
}

std::optional<GradualBytes> gradual_bytes(const std::string& path, const ArraySpec& spec) {
    if (remote::is_url(path) || !spec.shards.empty()) return std::nullopt;
    const auto metadata = metadata_of(array_documents(spec));
    const auto unit = GradualChunk::bytes(metadata->codecs, metadata->chunks, metadata->dtype);
    if (!unit) return std::nullopt;
    const std::size_t chunk = byte_count(metadata->chunks, size_of(metadata->dtype));
    return GradualBytes{*unit, chunk + longest_stored(metadata->codecs, metadata->chunks, metadata->dtype)};
}

std::unique_ptr<GradualUnit> ArrayWriter::begin(Index unit, bool may_hold) {
    const Metadata& metadata = impl_->metadata;
    return std::unique_ptr<GradualUnit>(new GradualUnit(std::unique_ptr<GradualUnit::Impl>(new GradualUnit::Impl{
        *impl_,
        unit,
        {metadata.codecs, metadata.chunks, metadata.dtype, metadata.fill.data(), impl_->spec.write_fill, may_hold}})));
}

}  // namespace levin::store
