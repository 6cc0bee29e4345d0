#include "levin/formats/gzip_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

constexpr Index first_interval = Index{4} << 20;
constexpr std::size_t most_points = 256;  ///< of a file; then every second is dropped and the interval doubles
constexpr Index most_points_of_all = 2048;
constexpr Index most_idle_of_all = 64;  ///< cursors that wait for a read that goes on where theirs ended
constexpr std::size_t window_bytes = std::size_t{32} << 10, input_bytes = std::size_t{64} << 10;
constexpr Index longest_tail = Index{1} << 20;

std::atomic<Index> points_of_all{0}, idle_of_all{0};

/// A place to go on from: the decompressor's state between two blocks.
struct Point {
    Index position = 0;  ///< of what is unpacked
    Index offset = 0;    ///< in the file, of the first byte not used up
    int bits = 0;        ///< of the byte before, that are left to use
    std::vector<Bytef> window;
};

}  // namespace

/// A decompressor on its way through the file.
class GzipFile::Cursor {
  public:
    Cursor(const Point& point, const InputFile& file, const std::optional<DeflatedPart>& part)
        : part_(part),
          position_(point.position),
          offset_(part && point.position == 0 ? part->offset : point.offset),
          is_raw_(part || point.position > 0),
          from_begin_(point.position == 0) {
        unsigned char byte = 0;
        if (point.bits > 0) file.read(point.offset - 1, &byte, 1);
        if (inflateInit2(&stream_, is_raw_ ? -MAX_WBITS : MAX_WBITS + 16) != Z_OK)
            throw TransientError("no memory to unpack with zlib");
        if (from_begin_) return;
        if (point.bits > 0) inflatePrime(&stream_, point.bits, byte >> (8 - point.bits));
        inflateSetDictionary(&stream_, point.window.data(), static_cast<uInt>(point.window.size()));
    }
    ~Cursor() { inflateEnd(&stream_); }
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    Index position() const { return position_; }

    /// Unpacks up to `bytes` bytes; fewer only where the last member ends. visit() is called between blocks.
    template <class Visit>
    Index read(const InputFile& file, void* to, Index bytes, const Visit& visit) {
        const Index begin = position_;
        while (position_ - begin < bytes) {
            if (at_end_ && !next_member(file)) break;
            const Index left = bytes - (position_ - begin);
            stream_.next_out = static_cast<Bytef*>(to) + (position_ - begin);
            stream_.avail_out = static_cast<uInt>(std::min<Index>(left, 1 << 30));
            step(file);
            if (between_blocks()) visit();
        }
        return position_ - begin;
    }
    /// The state here; only between blocks.
    Point point() const {
        Point point{position_, next_input(), stream_.data_type & 7, std::vector<Bytef>(window_bytes)};
        uInt length = 0;
        inflateGetDictionary(const_cast<z_stream*>(&stream_), point.window.data(), &length);
        point.window.resize(length);
        return point;
    }

  private:
    Index next_input() const { return offset_ - static_cast<Index>(stream_.avail_in); }
    bool between_blocks() const { return !at_end_ && (stream_.data_type & 128) && !(stream_.data_type & 64); }
    bool fill(const InputFile& file) {
        if (stream_.avail_in > 0) return true;
        input_.resize(input_bytes);
        const Index got = file.read_some(offset_, input_.data(), static_cast<Index>(input_bytes));
        if (got < 0) std::rethrow_exception(file.failure());
        stream_.next_in = input_.data();
        stream_.avail_in = static_cast<uInt>(got);
        offset_ += got;
        return got > 0;
    }
    /// Unpacks to the next end of a block, or as much as there is room or input for.
    void step(const InputFile& file) {
        if (!fill(file))
            throw Error(
                fmt::format("{}: the gzip stream ends within a member, after {} bytes unpacked: the file is "
                            "cut off",
                            file.path(), position_));
        const uInt room = stream_.avail_out;
        const int status = inflate(&stream_, Z_BLOCK);
        position_ += static_cast<Index>(room - stream_.avail_out);
        at_end_ = status == Z_STREAM_END;
        if (part_ && from_begin_) {
            crc_ = crc32_z(crc_, stream_.next_out - (room - stream_.avail_out), room - stream_.avail_out);
            if (at_end_ && crc_ != part_->crc)
                throw Error(
                    fmt::format("{}: what is unpacked from byte {} on has the checksum {:08x}, not {:08x}: "
                                "the file is damaged",
                                file.path(), part_->offset, crc_, part_->crc));
        }
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            throw Error(fmt::format("{}: the gzip stream is damaged near byte {}: {}", file.path(), next_input(),
                                    stream_.msg ? stream_.msg : "no reason given"));
    }
    /// Goes on to the member that follows, if one does.
    bool next_member(const InputFile& file) {
        if (part_) return false;
        for (int trailer = is_raw_ ? 8 : 0; trailer > 0;) {
            if (!fill(file))
                throw Error(fmt::format("{}: the checksum at the end is missing: the file is cut off", file.path()));
            const auto part = std::min(static_cast<uInt>(trailer), stream_.avail_in);
            stream_.next_in += part, stream_.avail_in -= part, trailer -= static_cast<int>(part);
        }
        unsigned char magic[2]{};
        const Index got = file.read_some(next_input(), magic, 2);
        if (got < 2 || magic[0] != 0x1f || magic[1] != 0x8b) {
            is_raw_ = false;  // the trailer has been skipped
            return false;
        }
        inflateReset2(&stream_, MAX_WBITS + 16);
        is_raw_ = at_end_ = false;
        return true;
    }

    z_stream stream_{};
    std::vector<Bytef> input_;
    std::optional<DeflatedPart> part_;
    Index position_, offset_;
    bool is_raw_, from_begin_, at_end_ = false;
    uLong crc_ = 0;
};

struct GzipFile::State {
    std::string path;
    std::optional<DeflatedPart> part;
    std::mutex turn;   ///< of the one that unpacks what nobody has unpacked yet
    std::mutex mutex;  ///< of all that follows
    Index reached = 0, interval = first_interval;
    std::vector<Point> points;  ///< in their order
    std::vector<std::unique_ptr<Cursor>> idle;

    ~State() {
        points_of_all -= static_cast<Index>(points.size());
        idle_of_all -= static_cast<Index>(idle.size());
    }
    /// The cursor from which the way to `offset` is shortest.
    std::unique_ptr<Cursor> take(Index offset, const InputFile& file) {
        const std::lock_guard lock(mutex);
        const Point* point = nullptr;
        for (const Point& each : points)
            if (each.position <= offset) point = &each;
        std::size_t best = idle.size();
        for (std::size_t i = 0; i < idle.size(); ++i)
            if (const Index at = idle[i]->position(); at <= offset && (!point || at >= point->position))
                if (best == idle.size() || at > idle[best]->position()) best = i;
        if (best == idle.size()) return std::make_unique<Cursor>(point ? *point : Point{}, file, part);
        auto cursor = std::move(idle[best]);
        idle.erase(idle.begin() + static_cast<Index>(best));
        --idle_of_all;
        return cursor;
    }
    void give_back(std::unique_ptr<Cursor> cursor) {
        const std::lock_guard lock(mutex);
        reached = std::max(reached, cursor->position());
        if (idle_of_all >= most_idle_of_all) {
            idle_of_all -= static_cast<Index>(idle.size());
            idle.clear();
        }
        if (idle_of_all >= most_idle_of_all) return;
        idle.push_back(std::move(cursor));
        ++idle_of_all;
    }
    void mark(const Cursor& cursor) {
        const std::lock_guard lock(mutex);
        const Index last = points.empty() ? 0 : points.back().position;
        if (cursor.position() < last + interval || points_of_all >= most_points_of_all) return;
        points.push_back(cursor.point());
        ++points_of_all;
        if (points.size() < most_points) return;
        for (std::size_t i = 1; 2 * i < points.size(); ++i) points[i] = std::move(points[2 * i]);
        const std::size_t left = (points.size() + 1) / 2;
        points_of_all -= static_cast<Index>(points.size() - left);
        points.resize(left);
        interval *= 2;
    }
    Index read(Index offset, void* to, Index bytes) {
        const InputFile file(path);
        std::unique_lock<std::mutex> alone(turn, std::defer_lock);
        if (offset + bytes > reached_so_far()) alone.lock();
        auto cursor = take(offset, file);
        const auto visit = [&] { mark(*cursor); };
        std::vector<std::byte> skipped(static_cast<std::size_t>(gzip_scratch / 2));
        while (cursor->position() < offset) {
            const Index step = std::min<Index>(offset - cursor->position(), gzip_scratch / 2);
            if (cursor->read(file, skipped.data(), step, visit) < step) return 0;
        }
        const Index done = cursor->read(file, to, bytes, visit);
        give_back(std::move(cursor));
        return done;
    }
    Index reached_so_far() {
        const std::lock_guard lock(mutex);
        return reached;
    }
};

GzipFile::GzipFile(std::string path, std::optional<DeflatedPart> part) : state_(std::make_unique<State>()) {
    state_->path = std::move(path);
    state_->part = part;
}
GzipFile::~GzipFile() = default;

void GzipFile::read(Index offset, void* to, Index bytes) const {
    if (const Index got = state_->read(offset, to, bytes); got < bytes)
        throw Error(fmt::format("{}: unpacks to {} bytes, but bytes {} to {} are needed: the file is cut off",
                                state_->path, got > 0 ? fmt::format("{}", offset + got) : "fewer", offset,
                                offset + bytes));
}

std::vector<std::byte> GzipFile::begin(Index bytes) const {
    std::vector<std::byte> begin(static_cast<std::size_t>(bytes));
    begin.resize(static_cast<std::size_t>(state_->read(0, begin.data(), bytes)));
    return begin;
}

void GzipFile::check_end(Index offset) const {
    std::vector<std::byte> tail(static_cast<std::size_t>(gzip_scratch / 2));
    for (Index done = 0; done < longest_tail;) {
        const Index got = state_->read(offset + done, tail.data(), static_cast<Index>(tail.size()));
        if (got < static_cast<Index>(tail.size())) return;
        done += got;
    }
}

}  // namespace levin::formats
