#include "levin/formats/strided_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "levin/core/error.hpp"
#include "levin/remote/url.hpp"

namespace levin::formats {
namespace {

/// Files read end to end; opens one at a time.
class FileSequence final : public ByteSource {
  public:
    FileSequence(const std::vector<std::string>& paths, const std::vector<Index>& ends) : paths_(paths), ends_(ends) {}
    void read(Index offset, void* to, Index bytes) override {
        auto* next = static_cast<char*>(to);
        while (bytes > 0) {
            const auto at =
                static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), offset) - ends_.begin());
            if (at == ends_.size()) throw Error(fmt::format("{}: ends before byte {}", paths_.back(), offset));
            if (!file_ || at != opened_) file_.emplace(paths_[at]);
            opened_ = at;
            const Index start = at == 0 ? 0 : ends_[at - 1];
            const Index part = std::min(bytes, ends_[at] - offset);
            file_->read(offset - start, next, part);
            next += part, offset += part, bytes -= part;
        }
    }

  private:
    const std::vector<std::string>& paths_;
    const std::vector<Index>& ends_;
    std::optional<InputFile> file_;
    std::size_t opened_ = 0;
};

class StridedSource final : public ArraySource {
  public:
    StridedSource(std::string name, ArrayInfo info, std::vector<std::string> paths, StridedLayout layout)
        : name_(std::move(name)), info_(std::move(info)), paths_(std::move(paths)), layout_(std::move(layout)) {
        if (info_.chunks.empty()) info_.chunks = cheap_chunks(info_.shape, layout_.strides, info_.element_size());
        remote_ = std::any_of(paths_.begin(), paths_.end(), remote::is_url);
        Index end = 0;
        for (const auto& path : paths_) ends_.push_back(end += InputFile(path).size());
        if (product(info_.shape) == 0) return;
        const Index needed = strided_span(info_.shape, layout_.strides, static_cast<Index>(info_.element_size()));
        if (layout_.offset > end || needed > end - layout_.offset)
            throw Error(fmt::format("{}: {} bytes, but {} of {} needs {} from byte {} on: the file is cut off", name_,
                                    end, to_string(info_.shape), name_of(info_.dtype), needed, layout_.offset));
    }
    const ArrayInfo& info() const override { return info_; }
    void read(const Region& region, const View& out) const override {
        FileSequence files(paths_, ends_);
        read_strided(files, layout_, region, out);
    }
    Dims granule() const override {
        return remote_ ? info_.chunks : least_box(info_.shape, layout_.strides, info_.element_size());
    }
    std::size_t scratch_bytes() const override { return static_cast<std::size_t>(strided_scratch); }
    std::string name() const override { return name_; }

  private:
    std::string name_;
    ArrayInfo info_;
    std::vector<std::string> paths_;
    std::vector<Index> ends_;
    StridedLayout layout_;
    bool remote_ = false;  ///< there a request costs as much as a long run
};

}  // namespace

std::unique_ptr<ArraySource> open_strided(std::string name, ArrayInfo info, std::vector<std::string> paths,
                                          StridedLayout layout) {
    return std::make_unique<StridedSource>(std::move(name), std::move(info), std::move(paths), std::move(layout));
}

}  // namespace levin::formats
