#include "levin/core/error.hpp"
#include "levin/store/chunk.hpp"

namespace levin::store {

std::optional<std::size_t> GradualChunk::bytes(const CodecChain& chain, const Dims& shape, DType dtype) {
    if (shape.empty() || chain.sharding || chain.swapped || !chain.order.empty() || chain.codecs.size() > 1)
        return std::nullopt;
    if (chain.codecs.empty()) return 0;
    return chain.codecs.front()->gradual_bytes(byte_count(shape, size_of(dtype)));
}

GradualChunk::GradualChunk(const CodecChain& chain, const Dims& shape, DType dtype, const std::byte* fill,
                           bool write_fill, bool may_hold)
    : shape_(shape), dtype_(dtype), fill_(fill), only_fill_(!write_fill) {
    if (!chain.codecs.empty()) encoder_ = chain.codecs.front()->gradual(byte_count(shape, size_of(dtype)), may_hold);
}

void GradualChunk::append_bytes(const ConstView& rows, const Sink& sink) {
    if (rows.shape[0] > shape_[0] - next_) throw Error("a chunk grows beyond its shape");
    only_fill_ = only_fill_ && is_fill(rows, fill_);
    next_ += rows.shape[0];
    const Bytes bytes(rows.data, byte_count(rows.shape, size_of(dtype_)));
    if (encoder_) encoder_->append(bytes, sink);
    else sink(bytes);
}

void GradualChunk::append(const ConstView& values, const Sink& sink) {
    Dims rows = shape_;
    rows[0] = values.shape[0];
    if (values.shape == rows && values.is_contiguous()) return append_bytes(values, sink);
    thread_local Buffer buffer;
    buffer.reserve(byte_count(rows, size_of(dtype_)));
    const View whole = contiguous(buffer.data(), dtype_, rows);
    if (values.shape != rows) levin::fill(whole, fill_);
    copy(values, whole.sub(Region::whole(values.shape)));
    append_bytes(whole, sink);
}

GradualChunk::End GradualChunk::finish(const Sink& sink) {
    if (next_ < shape_[0]) {
        Dims row = shape_;
        row[0] = 1;
        const OwnedArray missing(dtype_, row);
        levin::fill(missing.view, fill_);
        while (next_ < shape_[0]) append_bytes(missing.view, sink);
    }
    if (only_fill_) return End::absent;
    return !encoder_ || encoder_->finish(sink) ? End::same : End::other;
}

}  // namespace levin::store
