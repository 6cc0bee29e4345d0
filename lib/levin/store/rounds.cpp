#include "levin/store/rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "levin/core/error.hpp"
#include "levin/store/parts.hpp"
#include "levin/store/pending.hpp"

namespace levin::store {
namespace {

constexpr std::string_view prefix = "round-";
constexpr const char* state_name = "state";

std::optional<Index> round_of(const std::string& name) {
    if (name.rfind(prefix, 0) != 0) return std::nullopt;
    Index round = -1;
    const char *first = name.data() + prefix.size(), *last = name.data() + name.size();
    if (std::from_chars(first, last, round).ptr != last || round < 0) return std::nullopt;
    return round;
}

[[noreturn]] void refuse_late(const std::string& path) {
    throw LateError(fmt::format("{} is not seen yet: file systems show late what other nodes wrote; try again", path));
}

}  // namespace

std::string Rounds::folder(Index round) const {
    return fmt::format("{}/{}/{}{:04}", store_, pending_folder, prefix, round);
}

std::optional<Index> Rounds::newest() const {
    std::optional<Index> newest;
    for (const auto& [name, is_folder] : list_folder(fmt::format("{}/{}", store_, pending_folder))) {
        const auto round = round_of(name);
        if (round && (*round == 0 || is_published(array(*round, state_name)))) newest = std::max(newest, round);
    }
    return newest;
}

std::vector<std::int64_t> Rounds::state(Index round) const {
    if (round == 0) return {};
    const auto array = read(round, state_name);
    std::vector<std::int64_t> words(static_cast<std::size_t>(product(array->info().shape)));
    array->read(Region::whole(array->info().shape), contiguous(words.data(), DType::int64, array->info().shape));
    return words;
}

ArrayWriter Rounds::rows(Index round, const std::string& name, DType dtype, Index parts, Index length) const {
    const std::string path = array(round, name);
    // The rows of the round before are worked on by the same parts.
    const Index there = this->parts(round) == 0 && round > 0 ? this->parts(round - 1) : this->parts(round);
    if (there != 0 && there != parts)
        throw Error(
            fmt::format("{} is being made in {} parts, this one is of {}; use the same parts, or --resume without "
                        "--part to finish it alone",
                        store_, there, parts));
    ArraySpec spec;
    spec.shape = {parts, std::max<Index>(1, length)};
    spec.chunks = {1, spec.shape[1]};
    spec.axes = {{"part", 0, ""}, {"n", 0, ""}};
    spec.dtype = dtype;
    spec.write_fill = true;  // so that none can be taken for zeros where it is not seen
    WriteOptions options;
    options.fsync = fsync_;
    options.shared = true;
    // The group's metadata agree, and so do those of its rounds: where they do not fit they are seen half.
    std::optional<ArrayWriter> opened;
    try {
        opened.emplace(path, spec, options);
    } catch (const TransientError&) {
        throw;
    } catch (const UsageError&) {
        throw;
    } catch (const Interrupted&) {
        throw;
    } catch (const Error& error) {
        throw LateError(error.what());
    }
    ArrayWriter writer = std::move(*opened);
    std::vector<Region> owners;
    for (Index part = 0; part < parts; ++part) owners.push_back({{part, 0}, {1, 1}});
    writer.share(owners);
    return writer;
}

Index Rounds::parts(Index round) const {
    const std::string path = array(round, records);
    if (is_published(path)) return Array::open(path)->info().shape[0];
    return static_cast<Index>(read_parts(path).size());
}

std::vector<Index> Rounds::missing(Index round) const {
    const auto state = pending_state(array(round, records));
    return state ? state->missing : std::vector<Index>{};
}

void Rounds::close(Index round) const {
    std::vector<std::string> arrays;
    for (const auto& [name, is_folder] : list_folder(folder(round))) arrays.push_back(array(round, name));
    for (const std::string& path : arrays) {
        if (is_published(path)) continue;
        const auto state = pending_state(path);
        if (!state || state->done < state->total) refuse_late(path);
    }
    for (const std::string& path : arrays) publish_pending(path, fsync_);
}

std::unique_ptr<Array> Rounds::read(Index round, const std::string& name) const {
    if (!is_published(array(round, name))) refuse_late(array(round, name));
    OpenOptions options;
    options.missing_is_error = true;
    return Array::open(array(round, name), options);
}

void Rounds::begin(Index round, const std::vector<std::int64_t>& state) const {
    ArraySpec spec;
    spec.shape = spec.chunks = {static_cast<Index>(state.size())};
    spec.axes = {{"n", 0, ""}};
    spec.dtype = DType::int64;
    spec.write_fill = true;
    WriteOptions options;
    options.fsync = fsync_;
    options.shared = true;
    ArrayWriter writer(array(round, state_name), spec, options);
    if (!writer.is_done(0)) writer.write(0, contiguous(state.data(), DType::int64, spec.shape));
    writer.publish();
    for (Index old = round - 2; old >= 0 && !list_folder(folder(old)).empty(); --old) {
        try {
            remove_folder(folder(old));
        } catch (const Error&) {  // another may be about it too
        }
    }
}

}  // namespace levin::store
