#include "levin/engine/scratch.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <numeric>

#include "levin/core/parallel.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/units.hpp"
#include "levin/store/spool.hpp"

namespace levin::engine {
namespace {

/// Cells one after the other in a file, each of full size, in C order of the permuted axes.
class ScratchArray final : public ArraySource {
  public:
    ScratchArray(const ArrayInfo& info, const ScratchPlan& plan, std::string name)
        : info_(info),
          cells_(info.shape, plan.cell),
          order_(plan.order),
          name_(std::move(name)),
          file_(scratch_folder()) {
        info_.chunks = plan.cell;
        file_.reserve(cell_bytes() * static_cast<std::size_t>(cells_.size()));
    }

    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return name_; }
    std::size_t scratch_bytes() const override { return cell_bytes(); }

    void read(const Region& region, const View& out) const override {
        for_each_index(cells_.cells(region), [&](const Dims& position) {
            const Region cell = cells_.region(position), part = intersect(cell, region);
            const View piece = out.sub(relative_to(part, region.origin));
            if (part == cell && piece.is_contiguous())
                return file_.read(place_of(position), {piece.data, bytes_of(cell)});
            OwnedArray whole(info_.dtype, cell.shape);
            file_.read(place_of(position), {whole.view.data, bytes_of(cell)});
            copy(whole.view.sub(relative_to(part, cell.origin)), piece);
        });
    }

    /// `values`: exactly the cell at `position`.
    void write(const Dims& position, const ConstView& values) {
        OwnedArray owned;
        ConstView block = values;
        if (!block.is_contiguous()) {
            owned = OwnedArray(info_.dtype, values.shape);
            copy(values, owned.view);
            block = owned.view;
        }
        file_.write(place_of(position), {block.data, byte_count(values.shape, info_.element_size())});
    }
    const Grid& cells() const { return cells_; }

  private:
    std::size_t cell_bytes() const { return byte_count(cells_.cell(), info_.element_size()); }

    std::size_t bytes_of(const Region& cell) const { return byte_count(cell.shape, info_.element_size()); }
    std::uint64_t place_of(const Dims& position) const {
        Index number = 0;
        for (const std::size_t axis : order_) number = number * cells_.counts()[axis] + position[axis];
        return static_cast<std::uint64_t>(number) * cell_bytes();
    }

    ArrayInfo info_;
    Grid cells_;
    std::vector<std::size_t> order_;
    std::string name_;
    store::Spool file_;
};

/// The largest divisor of n that is at most `most`.
Index divisor_up_to(Index n, Index most) {
    Index result = std::min(n, most);
    while (n % result != 0) --result;
    return result;
}

std::size_t band_bytes(const Execution& execution, const ArraySource& input, const Dims& band, const Dims& cell) {
    const std::size_t per_thread = std::max(input.scratch_bytes(), byte_count(cell, input.info().element_size()));
    return byte_count(band, input.info().element_size()) + static_cast<std::size_t>(execution.threads()) * per_thread;
}

Dims cell_of(const Dims& shape, const Dims& band, const Dims& box) {
    Dims cell = box;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        // Bands must consist of whole cells; one that spans the axis does, whatever the cell.
        if (band[i] < shape[i]) cell[i] = band[i] <= box[i] ? band[i] : divisor_up_to(band[i], box[i]);
    }
    return cell;
}

}  // namespace

std::size_t scratch_free() {
    struct statvfs status {};
    if (statvfs(scratch_folder().c_str(), &status) != 0) return 0;
    return static_cast<std::size_t>(status.f_bavail) * static_cast<std::size_t>(status.f_frsize);
}

std::optional<ScratchPlan> plan_scratch(const Execution& execution, const ArraySource& input, const Dims& box) {
    const ArrayInfo& info = input.info();
    ScratchPlan plan;
    Dims wanted = box;
    for (std::size_t i = 0; i < info.rank(); ++i) {
        if (info.shape[i] == 0) return std::nullopt;
        wanted[i] = std::min(box[i], info.shape[i]);
        plan.band.push_back(std::min(info.chunks[i], info.shape[i]));
    }
    const auto memory = [&](const Dims& band) {
        return band_bytes(execution, input, band, cell_of(info.shape, band, wanted));
    };
    if (memory(plan.band) > execution.budget()) return std::nullopt;
    // Wider bands make larger cells along the axes where the box is longer than the band.
    for (bool grown = true; grown;) {
        grown = false;
        for (std::size_t i = info.rank(); i-- > 0;) {
            if (plan.band[i] >= wanted[i]) continue;
            Dims wider = plan.band;
            wider[i] = std::min(2 * plan.band[i], info.shape[i]);
            if (memory(wider) > execution.budget()) continue;
            plan.band = wider, grown = true;
        }
    }
    plan.cell = cell_of(info.shape, plan.band, wanted);
    plan.order.resize(info.rank());
    std::iota(plan.order.begin(), plan.order.end(), std::size_t{0});
    // The axes along which a box holds several cells come last.
    std::stable_partition(plan.order.begin(), plan.order.end(),
                          [&](std::size_t i) { return wanted[i] <= plan.cell[i]; });
    plan.bands = Grid(info.shape, plan.band).size();
    plan.memory = memory(plan.band);
    plan.bytes = byte_count(info.shape, info.element_size());
    return plan;
}

Source through_scratch(Execution& execution, const ArraySource& input, const ScratchPlan& plan) {
    auto scratch = std::make_unique<ScratchArray>(input.info(), plan, input.name());
    const Grid bands(input.info().shape, plan.band);
    for (Index number = 0; number < bands.size(); ++number) expect_parallel(input, bands.region(number), 1);
    Buffer buffer;
    for (Index number = 0; number < bands.size(); ++number) {
        const Region band = bands.region(number);
        buffer.reserve(byte_count(band.shape, input.info().element_size()));
        const View values = contiguous(buffer.data(), input.info().dtype, band.shape);
        read_parallel(execution, input, band, values);
        const Region cells = scratch->cells().cells(band);
        const Grid each(cells.shape, Dims(cells.rank(), 1));
        parallel_for(each.size(), execution.threads(), execution.stop(), [&](Index i) {
            Dims position = each.position(i);
            for (std::size_t k = 0; k < position.size(); ++k) position[k] += cells.origin[k];
            const Region cell = scratch->cells().region(position);
            const Timed writing(execution.progress(), Stage::write);
            scratch->write(position, values.sub(relative_to(cell, band.origin)));
        });
        execution.progress().advance();
    }
    return scratch;
}

}  // namespace levin::engine
