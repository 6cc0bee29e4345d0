#include "levin/engine/pyramid.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/parallel.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/map.hpp"
#include "levin/engine/pyramid_grid.hpp"

namespace levin::engine {
namespace {

/// Values of a level in a box of it.
struct Piece {
    Region region;
    Buffer buffer;
    View view;

    void begin(const Region& where, DType dtype) {
        region = where;
        buffer.reserve(byte_count(where.shape, size_of(dtype)));
        view = contiguous(buffer.data(), dtype, where.shape);
    }
};

class PyramidRun {
  public:
    PyramidRun(Execution& execution, const ArraySource& input, const PyramidLevels& levels, const PyramidGrid& grid,
               const PyramidBatch& batch, const MakeRow& make_row)
        : execution_(execution),
          input_(input),
          levels_(levels),
          grid_(grid),
          batch_(batch),
          make_row_(make_row),
          pieces_(levels.size()) {}

    void run(const Region& part) {
        expect(part);
        execution_.progress().start(count_batches(part));
        visit(grid_.top() + 1, part);
        write_pieces();
    }

  private:
    using OnBatch = std::function<void(const Region& box)>;

    bool is_done(const Region& box) const;
    void for_each_batch(std::size_t level, const Region& cell, const OnBatch& on_batch) const;
    Index count_batches(const Region& part) const;
    void expect(const Region& part) const;
    void visit(std::size_t level, const Region& cell);
    void run_batch(const Region& box);
    void reduce(std::size_t level, const Region& from);
    void reduce_row(const Piece& fine, const View& coarse, std::size_t level, const Dims& at,
                    std::vector<const std::byte*>& rows) const;
    void complete(std::size_t level);
    void write_pieces();

    Execution& execution_;
    const ArraySource& input_;
    const PyramidLevels& levels_;
    const PyramidGrid& grid_;
    const PyramidBatch& batch_;
    const MakeRow& make_row_;
    std::vector<Piece> pieces_;  // of each level: a batch of those up to its own, a cell of those above
    std::vector<std::pair<std::size_t, Index>> waiting_;  // units that are complete in them, by level
};

/// Whether all units that samples of the box go into are written: an earlier run did that, or another part does.
bool PyramidRun::is_done(const Region& box) const {
    bool done = true;
    for (std::size_t k = 0; k < levels_.size() && done; ++k) {
        if (!levels_[k].output) continue;
        for_each_index(grid_.units(k).cells(grid_.at(k, box)),
                       [&](const Dims& at) { done = done && levels_[k].output->is_done(grid_.units(k).number(at)); });
    }
    return done;
}

/// Calls visit for the boxes of `extent` that a box consists of, in C order.
void for_each_box(const Region& box, const Dims& extent, const std::function<void(const Region&)>& visit) {
    const Grid boxes(box.shape, extent);
    for (Index number = 0; number < boxes.size(); ++number) visit(moved_by(boxes.region(number), box.origin));
}

/// The batches below a cell of `level`, in the order of visit().
void PyramidRun::for_each_batch(std::size_t level, const Region& cell, const OnBatch& on_batch) const {
    if (level == batch_.level + 1) return for_each_box(cell, batch_.extent, on_batch);
    for_each_box(cell, grid_.cell(level - 1), [&](const Region& below) { for_each_batch(level - 1, below, on_batch); });
}

Index PyramidRun::count_batches(const Region& part) const {
    Index count = 0;
    for_each_batch(grid_.top() + 1, part, [&](const Region&) { ++count; });
    return count;
}

void PyramidRun::expect(const Region& part) const {
    if (!input_.comes_once()) return;
    for_each_batch(grid_.top() + 1, part, [&](const Region& box) {
        if (!is_done(box)) expect_parallel(input_, box, 1);
    });
}

/// Works on a cell of `level`, or on the whole part at one above the top.
void PyramidRun::visit(std::size_t level, const Region& cell) {
    write_pieces();  // what the cell before has completed, before its place is taken
    if (level <= grid_.top()) pieces_[level].begin(grid_.at(level, cell), input_.info().dtype);
    if (level == batch_.level + 1) {
        for_each_box(cell, batch_.extent, [&](const Region& box) { run_batch(box); });
    } else {
        for_each_box(cell, grid_.cell(level - 1), [&](const Region& below) { visit(level - 1, below); });
    }
    if (level <= grid_.top()) complete(level);
}

void PyramidRun::run_batch(const Region& box) {
    if (!is_done(box)) {
        write_pieces();
        for (std::size_t k = 0; k <= batch_.level; ++k) pieces_[k].begin(grid_.at(k, box), input_.info().dtype);
        read_parallel(execution_, input_, box, pieces_[0].view);
        for (std::size_t k = 0; k <= batch_.level; ++k) complete(k);
    }
    execution_.progress().advance();
}

/// The values of a level's piece are all there: its units can be written, and its part of the next level made.
void PyramidRun::complete(std::size_t level) {
    const Piece& piece = pieces_[level];
    if (Output* output = levels_[level].output)
        for_each_index(output->units().cells(piece.region), [&](const Dims& at) {
            const Index unit = output->units().number(at);
            if (!output->is_done(unit)) waiting_.emplace_back(level, unit);
        });
    if (level < grid_.top()) reduce(level + 1, piece.region);
}

void PyramidRun::write_pieces() {
    parallel_for(static_cast<Index>(waiting_.size()), execution_.threads(), execution_.stop(), [&](Index i) {
        const auto [level, unit] = waiting_[static_cast<std::size_t>(i)];
        Output& output = *levels_[level].output;
        const Piece& piece = pieces_[level];
        output.write(unit, piece.view.sub(relative_to(output.units().region(unit), piece.region.origin)));
    });
    waiting_.clear();
}

/// Makes the part of `level` that the box `from` of the level before becomes.
void PyramidRun::reduce(std::size_t level, const Region& from) {
    Region to = from;
    for (std::size_t i = 0; i < from.rank(); ++i) to.origin[i] /= grid_.step(level)[i];
    to.shape = reduced(from.shape, grid_.step(level));
    const View coarse = pieces_[level].view.sub(relative_to(to, pieces_[level].region.origin));
    Dims row = coarse.shape;
    row.back() = 1;
    const Grid rows(row, Dims(row.size(), 1));
    constexpr Index band = 16;
    parallel_for(ceil_div(rows.size(), band), execution_.threads(), execution_.stop(), [&](Index number) {
        const Timed computing(execution_.progress(), Stage::compute);
        std::vector<const std::byte*> meeting;
        for (Index i = number * band; i < std::min((number + 1) * band, rows.size()); ++i)
            reduce_row(pieces_[level - 1], coarse, level, rows.position(i), meeting);
    });
}

/// One row of `coarse`, at the position `at` of it: of all rows of `fine` that meet there.
void PyramidRun::reduce_row(const Piece& fine, const View& coarse, std::size_t level, const Dims& at,
                            std::vector<const std::byte*>& rows) const {
    const Dims& step = grid_.step(level);
    const View& from = fine.view;
    std::byte* out = coarse.data;
    rows.assign(1, from.data);
    for (std::size_t i = 0; i + 1 < at.size(); ++i) {
        const Index first = at[i] * step[i], count = std::min(step[i], from.shape[i] - first);
        const std::size_t before = rows.size();
        rows.resize(before * static_cast<std::size_t>(count));
        for (std::size_t row = before; row-- > 0;)  // from the last, so that none is written over before its turn
            for (Index n = count; n-- > 0;)
                rows[row * static_cast<std::size_t>(count) + static_cast<std::size_t>(n)] =
                    rows[row] + (first + n) * from.strides[i];
        out += at[i] * coarse.strides[i];
    }
    make_row_(rows, from.shape.back(), step.back(), out);
}

/// Cuts the cells of the coarsest level into parts, says so to the outputs in their own units, and returns what of
/// level 0 is this run's.
Region own_part(Execution& execution, const ArraySource& input, const PyramidLevels& levels, const PyramidGrid& grid) {
    const auto& part = execution.part();
    if (!part) return Region::whole(grid.shape());
    const Grid cells(grid.shape(), grid.cell(grid.top()));
    const auto span = [&](const Region& box) {
        Region region{box.origin, box.shape};
        for (std::size_t i = 0; i < region.rank(); ++i)
            region.origin[i] *= cells.cell()[i], region.shape[i] *= cells.cell()[i];
        return intersect(region, Region::whole(grid.shape()));
    };
    const std::vector<Region> boxes = cut_into_parts(cells.counts(), part->count, [&](const Region& box) {
        return box.empty() ? 0.0 : static_cast<double>(touched_bytes(input, span(box)));
    });
    for (std::size_t k = 0; k < levels.size(); ++k) {
        if (!levels[k].output) continue;
        std::vector<Region> own;
        for (const Region& box : boxes) {
            own.push_back(box);
            if (!box.empty()) own.back() = grid.units(k).cells(grid.at(k, span(box)));
        }
        levels[k].output->share(own);
    }
    const Region& mine = boxes[static_cast<std::size_t>(part->number - 1)];
    return mine.empty() ? Region{mine.origin, Dims(mine.rank(), 0)} : span(mine);
}

}  // namespace

void build_pyramid(Execution& execution, const ArraySource& input, const PyramidLevels& levels,
                   const MakeRow& make_row) {
    const PyramidGrid grid(input.info(), levels);
    const PyramidPlan plan(execution, input, levels, grid);
    Outputs outputs;
    for (const PyramidLevel& level : levels)
        if (level.output) outputs.push_back(level.output);
    const Region part = own_part(execution, input, levels, grid);
    const UnitPlan described = plan.describe(part);
    if (execution.options().dry_run) return print_plan(execution, input, outputs, described);
    if (part.empty() ||
        std::all_of(outputs.begin(), outputs.end(), [](const Output* output) { return output->was_complete(); }))
        return;
    if (!described.remark.empty()) execution.progress().note(described.remark);
    execution.progress().detail(fmt::format("{} levels in {} batches of {} samples, {} threads, about {} of memory",
                                            levels.size(), described.batches, to_string(plan.batch().extent),
                                            described.threads, format_size(described.memory)));
    PyramidRun(execution, input, levels, grid, plan.batch(), make_row).run(part);
}

}  // namespace levin::engine
