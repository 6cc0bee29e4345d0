// kmeans in parts: rounds in which every part goes through its own pixels, and merges between them.
#include <fmt/format.h>

#include <algorithm>

#include "kmeans_job.hpp"
#include "levin/engine/table.hpp"
#include "levin/engine/wait.hpp"
#include "levin/kernels/kmeans_parts.hpp"
#include "levin/store/file.hpp"
#include "levin/store/pending.hpp"
#include "levin/store/rounds.hpp"

namespace levin::tool {
namespace {

using kernels::KMeansTask;
using kernels::Words;

/// Part's rows of labels and distances, in storage order of its own pixels.
constexpr const char *labels_rows = "labels", *distance_rows = "distance";

/// The pixels of a box of `units`.
Region pixels_of(const Grid& units, const Region& box) {
    if (box.empty()) return {box.origin, Dims(box.rank(), 0)};
    Dims last = box.origin;
    for (std::size_t i = 0; i < last.size(); ++i) last[i] += box.shape[i] - 1;
    return bounding(units.region(box.origin), units.region(last));
}

Region series_of(const Job& job, const Region& pixels) {
    const std::size_t at = require_axis(job.input.info().axes, job.axis);
    Region series = pixels;
    series.origin.insert(series.origin.begin() + static_cast<std::ptrdiff_t>(at), 0);
    series.shape.insert(series.shape.begin() + static_cast<std::ptrdiff_t>(at), job.samples());
    return series;
}

/// The box of pixels of each part. Outputs are written by the last merge, so parts keep to the chunks of the input, cut
/// further where it has less of them than there are parts.
std::vector<Region> shares(const Job& job, Index parts) {
    const ArrayInfo& info = job.input.info();
    const Dims& shape = job.pixels.shape;
    Dims cell = info.chunks;
    cell.erase(cell.begin() + static_cast<std::ptrdiff_t>(require_axis(info.axes, job.axis)));
    for (std::size_t i = 0; i < cell.size(); ++i) cell[i] = std::clamp<Index>(cell[i], 1, std::max<Index>(1, shape[i]));
    const auto longest = [&] { return std::max_element(cell.begin(), cell.end()); };
    while (Grid(shape, cell).size() < parts && !cell.empty() && *longest() > 1) *longest() = ceil_div(*longest(), 2);
    const Grid units(shape, cell);
    std::vector<Region> boxes = engine::cut_into_parts(units.counts(), parts, [&](const Region& box) {
        return box.empty() ? 0
                           : static_cast<double>(engine::touched_bytes(job.input, series_of(job, pixels_of(units, box))));
    });
    for (Region& box : boxes) box = pixels_of(units, box);
    return boxes;
}

Words state_of(const Job& job, const store::Rounds& rounds, Index round) {
    return round == 0 && job.predicts() ? kernels::kmeans_predict_state(job.centroids) : rounds.state(round);
}

std::string name_of_round(const Words& state) {
    const kernels::KMeansState found = kernels::kmeans_state(state);
    return found.task == KMeansTask::survey   ? "the survey of the series"
           : found.task == KMeansTask::assign ? fmt::format("iteration {}", found.iterations + 1)
                                              : "the last round";
}

int patience(const Job& job) { return job.options.wait.value_or(10); }

/// Tries again for so long as what other nodes wrote is not seen.
void patiently(const Job& job, const std::function<void()>& work) {
    std::exception_ptr late;
    const bool done = engine::wait_until(job.execution, patience(job), [&] {
        try {
            work();
            return true;
        } catch (const store::LateError&) {
            late = std::current_exception();
            return false;
        }
    });
    if (!done) std::rethrow_exception(late);
}

/// Another process has ended the round, and perhaps removed what this one works on.
bool moved_on(const store::Rounds& rounds, Index round, const std::string& folder) {
    return !store::exists(folder) || store::is_published(folder) || rounds.newest().value_or(0) > round;
}

void do_share(const Job& job, const store::Rounds& rounds, Index round, const std::vector<Region>& boxes) {
    engine::Execution& execution = job.execution;
    const Index parts = execution.part()->count, part = execution.part()->number - 1;
    const Region& box = boxes[static_cast<std::size_t>(part)];
    const Words state = state_of(job, rounds, round);
    const Index length = kernels::kmeans_record_size(job.kmeans, job.samples(), state);
    Index most = 1;  // pixels of a part
    for (const Region& each : boxes) most = std::max(most, each.count());
    store::ArrayWriter records = rounds.rows(round, store::records, DType::int64, parts, length);
    if (records.is_done(part))
        return execution.progress().note(
            fmt::format("part {} of {} has done its share of {}", part + 1, parts, name_of_round(state)));

    const OwnedArray labels(DType::int32, {1, most}), distance(DType::float32, {1, most});
    const std::span label_of(labels.view.as<std::int32_t>(), static_cast<std::size_t>(box.count()));
    const std::span distance_of(distance.view.as<float>(), static_cast<std::size_t>(box.count()));
    if (round > 0) rounds.read(round - 1, labels_rows)->read({{part, 0}, {1, most}}, labels.view);
    Words record(static_cast<std::size_t>(length), 0);
    if (!box.empty()) {
        const Region series_box = series_of(job, box);
        std::vector<engine::AxisRange> ranges;
        for (std::size_t i = 0; i < series_box.rank(); ++i)
            ranges.push_back({series_box.origin[i], series_box.shape[i], 1, false});
        const engine::Source own = engine::select(engine::borrow(job.input), ranges);
        engine::SeriesBlocks series(execution, *own, job.axis, job.read_as());
        const Grid here(box.shape, Dims(box.rank(), 1)), all(job.pixels.shape, Dims(box.rank(), 1));
        const auto number = [&](Index pixel) {
            Dims at = here.position(pixel);
            for (std::size_t i = 0; i < at.size(); ++i) at[i] += box.origin[i];
            return all.number(at);
        };
        record = visit_read_as(job, [&]<class T>() {
            return kernels::kmeans_part<T>(Blocks<T>(execution, series), job.kmeans, state, number, label_of,
                                           distance_of);
        });
    }
    const auto leave = [&](store::ArrayWriter row, const ConstView& values) {
        if (!row.is_done(part)) execution.progress().add_written(row.write(part, values));
    };
    leave(rounds.rows(round, labels_rows, DType::int32, parts, most), labels.view);
    if (kernels::kmeans_state(state).task == KMeansTask::finish)
        leave(rounds.rows(round, distance_rows, DType::float32, parts, most), distance.view);
    // Last, for it says that the others are there.
    leave(std::move(records), contiguous(record.data(), DType::int64, {1, length}));
    execution.progress().detail(fmt::format("part {} of {} of {} is done", part + 1, parts, name_of_round(state)));
}

/// The rows of all parts in their places.
void collect(const store::Rounds& rounds, Index round, const char* name, const std::vector<Region>& boxes,
             const View& out) {
    const auto rows = rounds.read(round, name);
    for (std::size_t part = 0; part < boxes.size(); ++part) {
        if (boxes[part].empty()) continue;
        OwnedArray row(out.dtype, {1, boxes[part].count()});
        rows->read({{static_cast<Index>(part), 0}, row.view.shape}, row.view);
        copy(contiguous(row.view.data, out.dtype, boxes[part].shape), out.sub(boxes[part]));
    }
}

[[noreturn]] void refuse_alone(const std::string& output, const std::string& round) {
    throw TransientError(
        fmt::format("no part of {} has come yet in {}; run the same command with --part I/N instead of --merge, for "
                    "every I, then --merge again",
                    output, round));
}

/// Waits for the round's last parts; prints those to start again and throws when they do not come.
void require_all(const Job& job, const store::Rounds& rounds, Index round) {
    std::vector<Index> missing;
    Index parts = 0;
    engine::wait_until(job.execution, patience(job), [&] {
        parts = rounds.parts(round);
        missing = rounds.missing(round);
        return missing.empty();  // also where none has come: then nobody is late
    });
    const std::string& path = job.options.output.path;
    if (parts == 0) refuse_alone(path, name_of_round(state_of(job, rounds, round)));
    if (missing.empty()) return;
    job.execution.print_result(store::ranges(missing) + "\n");
    throw TransientError(fmt::format("{}: {} of {} parts are missing in {}; run these, then --merge again", path,
                                     missing.size(), parts, name_of_round(state_of(job, rounds, round))));
}

void end_round(const Job& job, Outputs& outputs, const store::Rounds& rounds, Index round) {
    const Words state = state_of(job, rounds, round);
    const kernels::KMeansState found = kernels::kmeans_state(state);
    patiently(job, [&] { rounds.close(round); });
    const auto records = rounds.read(round, store::records);
    const Index parts = records->info().shape[0], length = records->info().shape[1];
    const std::vector<Region> boxes = shares(job, parts);
    const OwnedArray labels(DType::int32, job.pixels.shape), distance(DType::float32, job.pixels.shape);
    if (found.task != KMeansTask::assign) collect(rounds, round, labels_rows, boxes, labels.view);
    const auto pixels = static_cast<std::size_t>(product(job.pixels.shape));
    const std::span label_of(labels.view.as<std::int32_t>(), pixels);
    const std::span distance_of(distance.view.as<float>(), pixels);
    if (found.task == KMeansTask::finish) {
        collect(rounds, round, distance_rows, boxes, distance.view);
        const auto fit = kernels::kmeans_result(job.kmeans, state, label_of, distance_of);
        return publish(job, outputs, fit, labels.view, distance.view);
    }
    const auto record_of = [&](Index part) {
        Words record(static_cast<std::size_t>(length));
        records->read({{part, 0}, {1, length}}, contiguous(record.data(), DType::int64, {1, length}));
        return record;
    };
    engine::SeriesBlocks series(job.execution, job.input, job.axis, job.read_as());
    const Words next = visit_read_as(job, [&]<class T>() {
        return kernels::kmeans_merge<T>(Blocks<T>(job.execution, series), job.kmeans, state, parts, record_of,
                                        job.centroids, label_of, distance_of);
    });
    rounds.begin(round + 1, next);
    job.execution.print_result(parts > 1 ? fmt::format("1-{}\n", parts) : "1\n");
    const std::string what = fmt::format("{}: {} comes next; run the {} parts again, then --merge",
                                         job.options.output.path, name_of_round(next), parts);
    job.execution.progress().note(what);
    job.execution.progress().finish();
    throw AnotherRound(what);
}

}  // namespace

void require_begun(const std::string& output) {
    if (!store::is_store(output)) refuse_alone(output, "the first round");
}

void run_part(const Job& asked, const Outputs& outputs) {
    Job job = asked;
    job.kmeans.sketch = false;  // it pays when series are looked at again and again
    engine::Execution& execution = job.execution;
    const engine::Part part = *execution.part();
    const std::vector<Region> boxes = shares(job, part.count);
    const Region& box = boxes[static_cast<std::size_t>(part.number - 1)];
    Index most = 0;
    for (const Region& each : boxes) most = std::max(most, each.count());
    job.set_aside(most, 2 * byte_count({most}, 8) + 4 * byte_count({job.kmeans.clusters, job.samples()}, 8));
    if (execution.options().dry_run) {
        engine::UnitPlan plan;
        plan.units = box.count();
        plan.units_in_all = product(job.pixels.shape);
        plan.batches = 1;
        plan.bytes_decoded = box.empty() ? 0 : engine::touched_bytes(job.input, series_of(job, box));
        plan.memory = execution.memory() - execution.budget();
        return engine::print_plan(execution, job.input, outputs.all(), plan);
    }
    const store::Rounds rounds(outputs.group.folder(), execution.options().fsync);
    const Index round = rounds.newest().value_or(0);
    try {
        patiently(job, [&] { do_share(job, rounds, round, boxes); });
    } catch (const Interrupted&) {
        throw;
    } catch (const std::exception&) {
        if (!moved_on(rounds, round, outputs.group.folder())) throw;
        execution.progress().note("the round has ended meanwhile: another process did the same part");
    }
}

void run_merge(const Job& asked, Outputs& outputs) {
    Job job = asked;
    job.kmeans.sketch = false;
    job.set_aside(product(job.pixels.shape));
    if (job.execution.options().dry_run) {
        engine::UnitPlan plan;
        plan.units = plan.batches = 1;
        plan.memory = job.execution.memory() - job.execution.budget();
        return engine::print_plan(job.execution, job.input, outputs.all(), plan);
    }
    const std::string folder = outputs.group.folder();
    const store::Rounds rounds(folder, job.execution.options().fsync);
    const Index round = rounds.newest().value_or(0);
    if (!job.options.csv.empty()) engine::check_table_path(job.options.csv, round > 0);
    try {
        require_all(job, rounds, round);
        end_round(job, outputs, rounds, round);
    } catch (const TransientError&) {
        throw;
    } catch (const Interrupted&) {
        throw;
    } catch (const std::exception&) {
        if (!moved_on(rounds, round, folder)) throw;
        throw TransientError(
            fmt::format("{}: another --merge has ended the round meanwhile; --merge again says what comes",
                        job.options.output.path));
    }
}

}  // namespace levin::tool
