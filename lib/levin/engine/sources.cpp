#include "levin/engine/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "levin/formats/blocks.hpp"

namespace levin::engine {
namespace {

/// A source over another one that it owns.
class Adapter : public ArraySource {
  public:
    explicit Adapter(Source base) : base_(std::move(base)), info_(base_->info()) {}
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override { return base_->scratch_bytes(); }
    std::string name() const override { return base_->name(); }
    bool comes_once() const override { return base_->comes_once(); }

  protected:
    Source base_;
    ArrayInfo info_;
};

class Described final : public Adapter {
  public:
    Described(Source base, ArrayInfo info) : Adapter(std::move(base)) { info_ = std::move(info); }
    void read(const Region& region, const View& out) const override { base_->read(region, out); }
    Dims granule() const override { return base_->granule(); }
    void expect(const Region& region, Index times) const override { base_->expect(region, times); }
};

class Selected final : public Adapter {
  public:
    Selected(Source base, std::vector<AxisRange> ranges) : Adapter(std::move(base)), ranges_(std::move(ranges)) {
        const ArrayInfo& from = base_->info();
        info_.shape.clear(), info_.axes.clear();
        info_.chunks = selected(from.chunks);
        for (std::size_t i = 0; i < ranges_.size(); ++i) {
            if (ranges_[i].drop) continue;
            info_.shape.push_back(ranges_[i].count);
            info_.axes.push_back(from.axes[i]);
            info_.axes.back().spacing *= static_cast<double>(ranges_[i].step);
        }
    }

    Dims granule() const override { return selected(base_->granule()); }
    void read(const Region& region, const View& out) const override {
        if (!region.empty()) in_base(region, out, [&](const Region& run, const View& to) { base_->read(run, to); });
    }
    void expect(const Region& region, Index times) const override {
        if (region.empty()) return;
        const View nowhere(nullptr, info_.dtype, region.shape, Dims(region.rank(), 0));
        in_base(region, nowhere, [&](const Region& run, const View&) { base_->expect(run, times); });
    }

    std::size_t scratch_bytes() const override {
        const bool steps = std::any_of(ranges_.begin(), ranges_.end(), [](const AxisRange& r) { return r.step > 1; });
        const ArrayInfo& from = base_->info();
        return base_->scratch_bytes() + (steps ? byte_count(from.chunks, from.element_size()) : 0);
    }

  private:
    using Visit = std::function<void(const Region& run, const View& out)>;

    /// What of a box of the base is selected.
    Dims selected(const Dims& box) const {
        Dims kept;
        for (std::size_t i = 0; i < ranges_.size(); ++i)
            if (!ranges_[i].drop)
                kept.push_back(std::clamp<Index>(box[i] / ranges_[i].step, 1, std::max<Index>(1, ranges_[i].count)));
        return kept;
    }

    /// Calls visit for each run of the base that `region` needs, with the place for it; a place without memory stays
    /// so.
    void in_base(const Region& region, const View& out, const Visit& visit) const {
        // `wanted` counts selected samples on every base axis; dropped axes come back with extent 1.
        Region wanted;
        View view = out;
        view.shape.clear(), view.strides.clear();
        for (std::size_t i = 0, kept = 0; i < ranges_.size(); ++i) {
            const bool drop = ranges_[i].drop;
            wanted.origin.push_back(drop ? 0 : region.origin[kept]);
            wanted.shape.push_back(drop ? 1 : region.shape[kept]);
            view.shape.push_back(wanted.shape.back());
            view.strides.push_back(drop ? 0 : out.strides[kept]);
            if (!drop) ++kept;
        }
        visit_from(0, wanted, view, visit);
    }

    /// Axes before `axis` are contiguous in the base by now, their origins already in base coordinates.
    void visit_from(std::size_t axis, const Region& wanted, const View& out, const Visit& visit) const {
        if (axis == ranges_.size()) return visit(wanted, out);
        if (ranges_[axis].step == 1) {
            Region moved = wanted;
            moved.origin[axis] += ranges_[axis].start;
            return visit_from(axis + 1, moved, out, visit);
        }
        const AxisRange& range = ranges_[axis];
        const Index chunk = base_->info().chunks[axis];
        // One piece per base chunk: the covering run is read, and every step-th sample of it kept.
        for (Index i = 0; i < wanted.shape[axis];) {
            const Index first = range.start + (wanted.origin[axis] + i) * range.step;
            const Index chunk_end = (first / chunk + 1) * chunk;
            const Index count = std::min(wanted.shape[axis] - i, ceil_div(chunk_end - first, range.step));
            Region piece = wanted;
            piece.origin[axis] = first;
            piece.shape[axis] = (count - 1) * range.step + 1;
            View target = out;
            if (out.data) target.data += i * out.strides[axis];
            target.shape[axis] = count;
            if (count == 1 || !out.data) {
                target.shape[axis] = piece.shape[axis];
                visit_from(axis + 1, piece, target, visit);
            } else {
                OwnedArray run(info_.dtype, piece.shape);
                visit_from(axis + 1, piece, run.view, visit);
                View kept = run.view;
                kept.shape[axis] = count;
                kept.strides[axis] *= range.step;
                copy(kept, target);
            }
            i += count;
        }
    }

    std::vector<AxisRange> ranges_;
};

class Borrowed final : public ArraySource {
  public:
    explicit Borrowed(const ArraySource& base) : base_(base) {}
    const ArrayInfo& info() const override { return base_.info(); }
    void read(const Region& region, const View& out) const override { base_.read(region, out); }
    std::size_t scratch_bytes() const override { return base_.scratch_bytes(); }
    Dims granule() const override { return base_.granule(); }
    std::string name() const override { return base_.name(); }
    bool comes_once() const override { return base_.comes_once(); }
    void expect(const Region& region, Index times) const override { base_.expect(region, times); }

  private:
    const ArraySource& base_;
};

class InMemory final : public ArraySource {
  public:
    InMemory(OwnedArray array, Axes axes, std::string name) : array_(std::move(array)), name_(std::move(name)) {
        info_.shape = array_.view.shape;
        info_.dtype = array_.view.dtype;
        info_.axes = std::move(axes);
        for (const Index n : info_.shape) info_.chunks.push_back(std::max<Index>(1, n));
    }
    const ArrayInfo& info() const override { return info_; }
    void read(const Region& region, const View& out) const override { copy(array_.view.sub(region), out); }
    std::size_t scratch_bytes() const override { return 0; }
    std::string name() const override { return name_; }

  private:
    OwnedArray array_;
    ArrayInfo info_;
    std::string name_;
};

class Extended final : public ArraySource {
  public:
    Extended(const ArraySource& base, const Margins& margins, BorderMode mode)
        : base_(base), info_(base.info()), before_(margins.before), mode_(mode) {
        for (std::size_t i = 0; i < info_.rank(); ++i) info_.shape[i] += margins.before[i] + margins.after[i];
    }
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override { return base_.scratch_bytes(); }
    Dims granule() const override { return base_.granule(); }
    std::string name() const override { return base_.name(); }

    bool comes_once() const override { return base_.comes_once(); }

    void read(const Region& region, const View& out) const override {
        read_axis(0, in_base(region), out, [&](const Region& part, const View& to) { base_.read(part, to); });
    }
    void expect(const Region& region, Index times) const override {
        const View nowhere(nullptr, info_.dtype, region.shape, Dims(region.rank(), 0));
        read_axis(0, in_base(region), nowhere, [&](const Region& part, const View&) { base_.expect(part, times); });
    }

  private:
    using Read = std::function<void(const Region& part, const View& out)>;

    Region in_base(const Region& region) const {
        Region shifted = region;
        for (std::size_t i = 0; i < before_.size(); ++i) shifted.origin[i] -= before_[i];
        return shifted;
    }
    Index source_index(std::size_t axis, Index i) const { return border_index(i, base_.info().shape[axis], mode_); }

    /// Axes before `axis` lie inside the array. Splits this one into its inside and the elements outside: those are
    /// copied from the inside of `out` where it holds their origin, which spares decoding a chunk twice, and read where
    /// it does not. A place without memory is left alone.
    void read_axis(std::size_t axis, const Region& region, const View& out, const Read& read) const {
        if (region.empty()) return;
        if (axis == before_.size()) return read(region, out);
        const Index begin = region.origin[axis], end = region.end(axis);
        const Index inside_begin = std::clamp<Index>(begin, 0, base_.info().shape[axis]);
        const Index inside_end = std::clamp<Index>(end, inside_begin, base_.info().shape[axis]);
        const auto part = [&](Index from, Index to) {
            Region at = Region::whole(region.shape);
            at.origin[axis] = from - begin;
            at.shape[axis] = to - from;
            return out.sub(at);
        };
        const auto read_part = [&](Index from, Index to, Index source) {
            Region piece = region;
            piece.origin[axis] = source;
            piece.shape[axis] = to - from;
            read_axis(axis + 1, piece, part(from, to), read);
        };
        if (inside_begin < inside_end) read_part(inside_begin, inside_end, inside_begin);
        const auto outside = [&](Index i) {
            const Index source = source_index(axis, i);
            const bool inside = source >= inside_begin && source < inside_end;
            if (!out.data && (source < 0 || inside)) return;
            if (source < 0) return fill(part(i, i + 1), zero_);
            if (inside) return copy(part(source, source + 1), part(i, i + 1));
            read_part(i, i + 1, source);
        };
        for (Index i = begin; i < std::min(inside_begin, end); ++i) outside(i);
        for (Index i = std::max(inside_end, begin); i < end; ++i) outside(i);
    }

    static constexpr std::byte zero_[16]{};
    const ArraySource& base_;
    ArrayInfo info_;
    Dims before_;
    BorderMode mode_;
};

}  // namespace

Source select(Source base, std::vector<AxisRange> ranges) {
    return std::make_unique<Selected>(std::move(base), std::move(ranges));
}
Source permute(Source base, std::vector<std::size_t> order) {
    return std::make_unique<formats::PermutedSource>(std::move(base), std::move(order));
}
Source describe(Source base, ArrayInfo info) { return std::make_unique<Described>(std::move(base), std::move(info)); }
Source borrow(const ArraySource& base) { return std::make_unique<Borrowed>(base); }
Source in_memory(OwnedArray array, Axes axes, std::string name) {
    return std::make_unique<InMemory>(std::move(array), std::move(axes), std::move(name));
}
Source extend(const ArraySource& base, Margins margins, BorderMode mode) {
    return std::make_unique<Extended>(base, margins, mode);
}

}  // namespace levin::engine
