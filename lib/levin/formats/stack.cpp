#include "levin/formats/stack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"

namespace levin::formats {
namespace {

Dims without_first(const Dims& dims) { return {dims.begin() + 1, dims.end()}; }

void put_in_front(ArrayInfo& info, Axis axis, Index size, Index chunk) {
    info.axes.insert(info.axes.begin(), std::move(axis));
    info.shape.insert(info.shape.begin(), size);
    info.chunks.insert(info.chunks.begin(), chunk);
}

void drop_first(ArrayInfo& info) {
    info.axes.erase(info.axes.begin());
    info.shape.erase(info.shape.begin());
    info.chunks.erase(info.chunks.begin());
}

/// --pages
struct Paging {
    std::string axis;
    Index depth = 0;  ///< N of z=N
};

Paging parse_paging(const std::string& text) {
    if (text == "t" || text == "z") return {text, 0};
    Index depth = 0;
    const char* end = text.data() + text.size();
    if (text.starts_with("z=") &&
        std::from_chars(text.data() + 2, end, depth) == std::from_chars_result{end, std::errc{}} && depth > 0)
        return {"z", depth};
    throw UsageError(fmt::format("--pages {}: expected t, z or z=N, N being the planes of one volume", text));
}

/// A file's pages as --pages wants them: (pages, ...) or (pages / N, N, ...).
class PagedSource final : public ArraySource {
  public:
    PagedSource(std::unique_ptr<ArraySource> file, const Paging& paging)
        : file_(std::move(file)), info_(file_->info()), depth_(paging.depth) {
        has_pages_ = info_.rank() > 2 && info_.axes[0].name != "c";
        if (!has_pages_) put_in_front(info_, {}, 1, 1);
        pages_ = info_.shape[0];
        if (depth_ == 0) {
            info_.axes[0].name = paging.axis;
            return;
        }
        if (pages_ < depth_)
            throw Error(fmt::format("{}: {} pages are less than one volume of --pages z={}", name(), pages_, depth_));
        drop_first(info_);
        put_in_front(info_, {"z", 0, ""}, depth_, 1);
        put_in_front(info_, {"t", 0, ""}, pages_ / depth_, 1);
    }
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override { return file_->scratch_bytes(); }
    std::string name() const override { return file_->name(); }
    Index pages() const { return pages_; }
    Index left_over() const { return depth_ ? pages_ % depth_ : 0; }

    void read(const Region& region, const View& out) const override {
        if (!depth_) return read_pages(region, out);
        for (Index volume = 0; volume < region.shape[0]; ++volume) {
            Region pages{without_first(region.origin), without_first(region.shape)};
            pages.origin[0] += (region.origin[0] + volume) * depth_;
            read_pages(pages, {out.data + volume * out.strides[0], out.dtype, without_first(out.shape),
                               without_first(out.strides)});
        }
    }

  private:
    void read_pages(const Region& region, const View& out) const {
        if (has_pages_) return file_->read(region, out);
        if (region.empty()) return;
        file_->read({without_first(region.origin), without_first(region.shape)},
                    {out.data, out.dtype, without_first(out.shape), without_first(out.strides)});
    }

    std::unique_ptr<ArraySource> file_;
    ArrayInfo info_;
    Index depth_, pages_ = 1;
    bool has_pages_ = false;
};

/// Leaves in `common` what is the same in `other`.
void keep_common(nlohmann::ordered_json& common, const nlohmann::ordered_json& other) {
    for (auto member = common.begin(); member != common.end();) {
        const auto same = other.find(member.key());
        if (same != other.end() && member->is_object() && same->is_object()) keep_common(*member, *same);
        if (same != other.end() && (member->is_object() ? same->is_object() : *member == *same)) ++member;
        else member = common.erase(member);
    }
}

/// The attributes in which all files agree: they are those of the whole.
std::string common_attributes(const std::vector<std::unique_ptr<ArraySource>>& files) {
    const std::string& first = files[0]->info().attributes;
    auto common = nlohmann::ordered_json::parse(first);
    for (const auto& file : files)
        if (file->info().attributes != first)
            keep_common(common, nlohmann::ordered_json::parse(file->info().attributes));
    return common.dump();
}

class StackSource final : public ArraySource {
  public:
    /// Files follow one another along axis `along` of theirs, or along a new one in front when `new_axis` is given.
    StackSource(std::vector<std::unique_ptr<ArraySource>> files, std::size_t along, const Axis* new_axis)
        : files_(std::move(files)), info_(files_[0]->info()), along_(along), is_new_(new_axis != nullptr) {
        const auto count = static_cast<Index>(files_.size());
        info_.attributes = common_attributes(files_);
        per_file_ = is_new_ ? 1 : info_.shape[along_];
        if (is_new_) put_in_front(info_, *new_axis, count, 1);
        else info_.shape[along_] *= count;
    }
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override {
        std::size_t most = 0;
        for (const auto& file : files_) most = std::max(most, file->scratch_bytes());
        return most;
    }
    std::string name() const override { return fmt::format("{} and {} more", files_[0]->name(), files_.size() - 1); }

    void read(const Region& region, const View& out) const override {
        if (region.empty()) return;
        for (Index i = region.origin[along_] / per_file_; i * per_file_ < region.end(along_); ++i) {
            Region whole = region;
            whole.origin[along_] = i * per_file_;
            whole.shape[along_] = per_file_;
            Region part = intersect(region, whole);
            View target = out.sub(relative_to(part, region.origin));
            part.origin[along_] -= whole.origin[along_];
            if (is_new_) {
                part = {without_first(part.origin), without_first(part.shape)};
                target = {target.data, target.dtype, without_first(target.shape), without_first(target.strides)};
            }
            files_[static_cast<std::size_t>(i)]->read(part, target);
        }
    }

  private:
    std::vector<std::unique_ptr<ArraySource>> files_;
    ArrayInfo info_;
    std::size_t along_;
    bool is_new_;
    Index per_file_ = 1;
};

std::string describe(const ArrayInfo& info) { return fmt::format("{} {}", to_string(info.shape), name_of(info.dtype)); }

void check_agreement(const ArraySource& file, const ArraySource& first) {
    const auto &a = file.info(), &b = first.info();
    if (a.shape != b.shape || a.dtype != b.dtype)
        throw Error(fmt::format("{} is {}, but {} is {}: all files must agree in shape and data type", file.name(),
                                describe(a), first.name(), describe(b)));
    if (letters(a.axes) != letters(b.axes))
        throw Error(fmt::format("{} has axes {}, but {} has {}: all files must agree", file.name(), letters(a.axes),
                                first.name(), letters(b.axes)));
}

/// --pages; where files follow one another along z and their pages have no name, these are the planes that go on.
std::string paging_of(const ArrayInfo& file, const ReadOptions& options) {
    const bool nameless_pages = file.rank() == 3 && file.axes[0].name.empty() && !file.axes[1].name.empty();
    const bool planes = options.along == "z" && (options.axes.empty() || options.axes == "zyx");
    return options.pages.empty() && nameless_pages && planes ? "z" : options.pages;
}

void apply_paging(std::vector<std::unique_ptr<ArraySource>>& files, const Paging& paging, const ReadOptions& options,
                  std::vector<std::string>* notes) {
    for (auto& file : files) {
        auto paged = std::make_unique<PagedSource>(std::move(file), paging);
        const Index extra = paged->left_over();
        if (extra && !options.discard_extra)
            throw Error(fmt::format(
                "{}: {} pages are not a multiple of --pages z={}: {} left over (--discard-extra drops them)",
                paged->name(), paged->pages(), paging.depth, extra));
        if (extra && notes && &file == &files[0])
            notes->push_back(fmt::format("dropped the last {} of {} pages of each of {} files", extra, paged->pages(),
                                         files.size()));
        file = std::move(paged);
    }
}

}  // namespace

std::unique_ptr<ArraySource> stack(std::vector<std::unique_ptr<ArraySource>> files, const ReadOptions& options,
                                   std::vector<std::string>* notes) {
    for (const auto& file : files) check_agreement(*file, *files[0]);
    const std::string pages = paging_of(files[0]->info(), options);
    if (!pages.empty()) apply_paging(files, parse_paging(pages), options, notes);

    const Axes& axes = files[0]->info().axes;
    const bool axis_of_files = options.axes.size() == axes.size() + 1;  // --axes names it, be it of one file only
    if (files.size() == 1 && !axis_of_files) return in_ome_order(std::move(files[0]));
    const std::string along = !options.along.empty() ? options.along : axis_of_files ? options.axes.substr(0, 1) : "t";
    if (!options.along.empty() && options.axes.find(along) == std::string::npos && !options.axes.empty())
        throw UsageError(fmt::format("--axes {} does not name axis {} of --along", options.axes, along));
    if (axis_of_files && !options.axes.starts_with(along))
        throw UsageError(
            fmt::format("--axes {}: files follow one another along {}, so it comes first, before the {} "
                        "axes of a file",
                        options.axes, along, axes.size()));
    if (const auto position = axis_of_files ? std::nullopt : find_axis(axes, along))
        return in_ome_order(std::make_unique<StackSource>(std::move(files), *position, nullptr));
    const bool named = !options.along.empty() ||
                       std::none_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.name.empty(); });
    const Axis axis{named ? along : "", 0, ""};
    return in_ome_order(std::make_unique<StackSource>(std::move(files), 0, &axis));
}

}  // namespace levin::formats
