#include "levin/engine/fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "levin/core/parallel.hpp"
#include "levin/store/array.hpp"
#include "levin/store/group.hpp"
#include "levin/store/pending.hpp"

namespace levin::engine {
namespace {

std::vector<std::string> listed(const std::string& text) {
    std::vector<std::string> items;
    for (std::size_t begin = 0, end; begin <= text.size(); begin = end + 1) {
        end = std::min(text.find(',', begin), text.size());
        items.push_back(text.substr(begin, end - begin));
    }
    return items;
}

class Fold {
  public:
    Fold(Execution& execution, const std::string& store, const Targets& targets, const MakeFolder& make)
        : execution_(execution), targets_(targets), make_(make) {
        const std::string partial = store::partial_results_of(store);
        // Every chunk is stored: who has folded before us takes them away, and then we must not go on.
        store::OpenOptions how;
        how.missing_is_error = true;
        for (const std::string& name : listed(recipe_of(store).at("quantities")))
            quantities_.push_back(store::Array::open(fmt::format("{}/{}", partial, name), how));
        const ArrayInfo& info = quantities_.front()->info();
        blocks_ = ceil_div(info.shape[0], info.chunks[0]);
        cells_ = Grid({info.shape.begin() + 1, info.shape.end()}, {info.chunks.begin() + 1, info.chunks.end()});
    }

    void run(const Grid& units) {
        const Dims box = choose_box(units);
        execution_.progress().start(units.size());
        for (Index unit = 0; unit < units.size(); ++unit) {
            if (!std::all_of(targets_.begin(), targets_.end(), [&](const Target& t) { return t.is_done(unit); }))
                run(unit, units.region(unit), box);
            execution_.progress().advance();
        }
    }

  private:
    /// The pixels that a thread has in hand: a cell of the partial results, or less where memory is short, of which the
    /// cell is decoded more than once then.
    Dims choose_box(const Grid& units) const {
        std::size_t pixel = 0, result = 0, reading = 0;
        for (const auto& quantity : quantities_) {
            const ArrayInfo& info = quantity->info();
            const auto each = static_cast<std::size_t>(info.chunks[0]), all = static_cast<std::size_t>(info.shape[0]);
            // A value for each sample is kept until all are there, and a selection works on a copy.
            pixel += info.element_size() * (each + (each > 1 ? 2 * all : 1));
            reading = std::max(reading, quantity->scratch_bytes());
        }
        for (const Target& target : targets_) result += size_of(target.dtype);
        Dims box = cells_.cell();
        const auto needed = [&] {
            return byte_count(units.cell(), result) + targets_.front().write_bytes +
                   static_cast<std::size_t>(execution_.threads()) * (byte_count(box, pixel + result) + reading);
        };
        while (needed() > execution_.budget()) {
            const auto widest = std::max_element(box.begin(), box.end());
            if (widest == box.end() || *widest == 1)
                execution_.refuse_memory("putting the parts' results together",
                                         execution_.memory() - execution_.budget() + needed(),
                                         "give more --memory to this run");
            *widest = (*widest + 1) / 2;
        }
        return box;
    }

    void run(Index unit, const Region& pixels, const Dims& box) {
        std::vector<OwnedArray> results;
        for (const Target& target : targets_) results.emplace_back(target.dtype, pixels.shape);
        std::vector<Region> boxes;
        for_each_index(cells_.cells(pixels), [&](const Dims& cell) {
            const Region whole = intersect(cells_.region(cell), pixels);
            const Grid cut(whole.shape, box);
            for (Index i = 0; i < cut.size(); ++i) boxes.push_back(moved_by(cut.region(i), whole.origin));
        });
        parallel_for(static_cast<Index>(boxes.size()), execution_.threads(), execution_.stop(),
                     [&](Index i) { fold_box(boxes[static_cast<std::size_t>(i)], pixels.origin, results); });
        for (std::size_t k = 0; k < targets_.size(); ++k)
            if (!targets_[k].is_done(unit)) targets_[k].write(unit, results[k].view);
    }

    void fold_box(const Region& box, const Dims& origin, std::vector<OwnedArray>& results) const {
        const Timed computing(execution_.progress(), Stage::compute);
        const auto folder = make_(box.count());
        Region place = box;
        place.origin.insert(place.origin.begin(), 0);
        place.shape.insert(place.shape.begin(), 1);
        std::vector<Buffer> values(quantities_.size());
        for (Index block = 0; block < blocks_; ++block) {
            std::vector<ConstView> rows;
            for (std::size_t q = 0; q < quantities_.size(); ++q) {
                const Timed reading(execution_.progress(), Stage::read);
                const ArrayInfo& info = quantities_[q]->info();
                place.origin[0] = block * info.chunks[0];
                place.shape[0] = std::min(info.chunks[0], info.shape[0] - place.origin[0]);
                values[q].reserve(byte_count(place.shape, info.element_size()));
                quantities_[q]->read(place, contiguous(values[q].data(), info.dtype, place.shape));
                rows.push_back(contiguous(std::as_const(values[q]).data(), info.dtype, {place.shape[0], box.count()}));
            }
            folder->append(rows);
        }
        std::vector<OwnedArray> owned;
        std::vector<View> out;
        for (const Target& target : targets_) {
            owned.emplace_back(target.dtype, box.shape);
            out.push_back(contiguous(owned.back().buffer.data(), target.dtype, {box.count()}));
        }
        folder->finish(out);
        for (std::size_t k = 0; k < results.size(); ++k)
            copy(owned[k].view, results[k].view.sub(relative_to(box, origin)));
    }

    Execution& execution_;
    const Targets& targets_;
    const MakeFolder& make_;
    std::vector<std::unique_ptr<store::Array>> quantities_;
    Index blocks_ = 0;
    Grid cells_;
};

}  // namespace

std::string attributes_of(const Recipe& recipe) { return nlohmann::json{{"levin", {{"partial", recipe}}}}.dump(); }

Recipe recipe_of(const std::string& path) {
    const std::string partial = store::partial_results_of(path);
    try {
        return store::read_node(partial).attributes.at("levin").at("partial").get<Recipe>();
    } catch (const nlohmann::json::exception& error) {
        throw Error(fmt::format("{}: no partial results that can be put together: {}", partial, error.what()));
    }
}

std::string list_of(const std::vector<std::string>& items) { return fmt::format("{}", fmt::join(items, ",")); }

void fold(Execution& execution, const std::string& store, const Grid& units, const Targets& targets,
          const MakeFolder& make) {
    Fold(execution, store, targets, make).run(units);
}

void fold_pending(Execution& execution, const std::string& path, const MakeFolderOf& make) {
    const bool fsync = execution.options().fsync;
    store::publish_pending(store::partial_results_of(path), fsync);
    const Recipe recipe = recipe_of(path);
    const bool clip = recipe.at("clip") == "yes", write_fill = recipe.at("write_fill") == "yes";
    std::vector<std::unique_ptr<store::ArrayWriter>> writers;
    Targets targets;
    for (const std::string& output : listed(recipe.at("outputs"))) {  // NAME=DTYPE, without a name when there is one
        const std::size_t equals = output.rfind('=');
        const std::string name = output.substr(0, equals);
        const DType dtype = parse_dtype(output.substr(equals + 1));
        writers.push_back(std::make_unique<store::ArrayWriter>(
            store::ArrayWriter::join(name.empty() ? path : path + "/" + name, write_fill, fsync)));
        store::ArrayWriter* writer = writers.back().get();
        targets.push_back(
            {dtype, [writer](Index unit) { return writer->is_done(unit); },
             [writer, clip, &execution](Index unit, const ConstView& values) {
                 OwnedArray converted;
                 execution.progress().add_written(
                     writer->write(unit, as_stored(values, writer->spec().dtype, clip, converted)));
             },
             writer->scratch_bytes() + byte_count(writer->units().cell(), size_of(writer->spec().dtype))});
    }
    fold(execution, path, writers.front()->units(), targets, make(recipe));
}

}  // namespace levin::engine
