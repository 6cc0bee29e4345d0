#include "levin/store/tar.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <cerrno>
#include <exception>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/core/view.hpp"

namespace levin::store {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;  // as much as a pipe holds
constexpr std::size_t small_bytes = std::size_t{1} << 16;  // copied together with their neighbours
constexpr std::uint64_t longest_gap = std::uint64_t{64}
                                      << 20;  // between members: headers, and zeros that fill up blocks

struct FreeEntry {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

/// An exception must not pass through libarchive: it waits here.
class Carrier {
  public:
    template <class Work>
    la_ssize_t run(archive* of, Work work) {
        try {
            return work();
        } catch (...) {
            thrown_ = std::current_exception();
            archive_set_error(of, EIO, "%s", "stopped");
            return -1;
        }
    }
    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

  private:
    std::exception_ptr thrown_;
};

std::string message_of(archive* of) {
    const char* text = archive_error_string(of);
    return text ? text : "no tar stream";
}

/// The name as a relative path without "./"; "" for the folder itself.
std::string checked_name(archive_entry* entry) {
    const char* text = archive_entry_pathname(entry);
    if (!text) throw Error("a member has a name that is no text");
    std::string name = text;
    if (name.starts_with('/')) throw Error(fmt::format("member {}: an absolute name; names must be relative", name));
    std::string result;
    for (const auto& part : std::filesystem::path(name)) {
        if (part == "..") throw Error(fmt::format("member {}: '..' leads out of the store", name));
        if (part.empty() || part == ".") continue;
        result += (result.empty() ? "" : "/") + part.string();
    }
    return result;
}

/// Whether the member is a file; what is neither file nor folder is refused.
bool is_file(archive_entry* entry, const std::string& name) {
    const char* kind = nullptr;
    if (archive_entry_hardlink(entry) || archive_entry_symlink(entry)) kind = "a link";
    else if (archive_entry_filetype(entry) == AE_IFREG) return true;
    else if (archive_entry_filetype(entry) == AE_IFDIR) return false;
    else kind = archive_entry_filetype(entry) == AE_IFIFO ? "a named pipe" : "a device";
    throw Error(fmt::format("member {} is {}; a store is made of files", name, kind));
}

}  // namespace

struct TarReader::Impl {
    Source source;
    archive* tar = nullptr;
    Buffer block{block_bytes};
    std::uint64_t arrived = 0;
    std::optional<std::uint64_t> searching_since;  // where the search for the next member began
    TarMember member;
    Carrier carrier;

    explicit Impl(Source source_) : source(std::move(source_)), tar(archive_read_new()) {
        if (!tar) throw TransientError("out of memory: libarchive gets no more");
        archive_read_support_format_tar(tar);
        // Whatever comes after the end of an archive is looked at: it must be nothing but padding.
        archive_read_set_options(tar, "read_concatenated_archives");
    }
    ~Impl() { archive_read_free(tar); }

    static la_ssize_t fill(archive* of, void* self, const void** data) {
        auto& impl = *static_cast<Impl*>(self);
        *data = impl.block.data();
        return impl.carrier.run(of, [&] {
            if (impl.searching_since && impl.arrived - *impl.searching_since > longest_gap)
                throw Error(fmt::format("no member in {} bytes after the first {}: this is no tar stream", longest_gap,
                                        *impl.searching_since));
            const std::size_t count = impl.source({impl.block.data(), block_bytes});
            impl.arrived += count;
            return static_cast<la_ssize_t>(count);
        });
    }

    [[noreturn]] void fail(const std::string& doing) const {
        carrier.rethrow();
        if (arrived == 0) throw Error("nothing came: the program that should write the stream has failed");
        throw Error(fmt::format("{} ({}); after {} bytes", doing, message_of(tar), arrived));
    }
};

TarReader::TarReader(Source source) : impl_(std::make_unique<Impl>(std::move(source))) {}
TarReader::~TarReader() = default;

std::optional<TarMember> TarReader::next() {
    Impl& impl = *impl_;
    impl.searching_since = impl.arrived;
    if (impl.arrived == 0 && archive_read_open(impl.tar, &impl, nullptr, Impl::fill, nullptr) < ARCHIVE_WARN)
        impl.fail("not a tar stream");
    for (;;) {
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(impl.tar, &entry);
        if (status == ARCHIVE_EOF) {
            if (impl.arrived == 0) impl.fail("");
            return std::nullopt;
        }
        if (status < ARCHIVE_WARN) impl.fail("the stream is cut off or damaged");
        impl.member.name = checked_name(entry);
        if (!is_file(entry, impl.member.name)) continue;
        const la_int64_t size = archive_entry_size(entry);
        if (!archive_entry_size_is_set(entry) || size < 0)
            throw Error(fmt::format("member {} has no size", impl.member.name));
        impl.member.size = static_cast<std::uint64_t>(size);
        impl.searching_since.reset();
        return impl.member;
    }
}

void TarReader::read(const std::function<void(Bytes)>& piece) {
    Impl& impl = *impl_;
    std::uint64_t done = 0;
    const auto fail = [&] {
        impl.fail(fmt::format("{}: {} of {} bytes arrived", impl.member.name, done, impl.member.size));
    };
    for (;;) {
        const void* data = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int status = archive_read_data_block(impl.tar, &data, &size, &offset);
        if (status == ARCHIVE_EOF) break;
        // A sparse file has gaps; no store is made of such.
        if (status < ARCHIVE_WARN || static_cast<std::uint64_t>(offset) != done || size > impl.member.size - done)
            fail();
        piece({static_cast<const std::byte*>(data), size});
        done += size;
    }
    if (done != impl.member.size) fail();
}

void TarReader::read(MutableBytes out) {
    read([&](Bytes piece) {
        std::copy(piece.begin(), piece.end(), out.begin());
        out = out.subspan(piece.size());
    });
}

struct TarWriter::Impl {
    Sink sink;
    archive* tar = nullptr;
    std::vector<std::byte> waiting;
    bool abandoned = false;
    Carrier carrier;
    std::unique_ptr<archive_entry, FreeEntry> entry{archive_entry_new()};

    explicit Impl(Sink sink_) : sink(std::move(sink_)), tar(archive_write_new()) {
        if (!tar || !entry) throw TransientError("out of memory: libarchive gets no more");
        waiting.reserve(2 * small_bytes);
        // ustar where it suffices, else with pax headers. No blocking factor: what is written comes straight to take().
        check(archive_write_set_format_pax_restricted(tar));
        check(archive_write_set_bytes_per_block(tar, 0));
        check(archive_write_open(tar, this, nullptr, take, nullptr));
    }
    ~Impl() {
        abandoned = true;  // what is not finished must not look so
        archive_write_free(tar);
    }

    void check(int status) const {
        carrier.rethrow();
        if (status >= ARCHIVE_WARN) return;
        throw Error(fmt::format("cannot make a tar stream: {}", message_of(tar)));
    }

    static la_ssize_t take(archive* of, void* self, const void* data, std::size_t size) {
        auto& impl = *static_cast<Impl*>(self);
        // After an error libarchive would not free all that it has; so it is told of none, and check() throws instead.
        if (impl.abandoned) return static_cast<la_ssize_t>(size);
        const la_ssize_t taken = impl.carrier.run(of, [&] {
            const Bytes bytes(static_cast<const std::byte*>(data), size);
            if (size < small_bytes) impl.waiting.insert(impl.waiting.end(), bytes.begin(), bytes.end());
            if (size >= small_bytes || impl.waiting.size() >= small_bytes) {
                impl.sink(impl.waiting, size >= small_bytes ? bytes : Bytes());
                impl.waiting.clear();
            }
            return static_cast<la_ssize_t>(size);
        });
        impl.abandoned = taken < 0;
        return static_cast<la_ssize_t>(size);
    }
};

TarWriter::TarWriter(Sink sink) : impl_(std::make_unique<Impl>(std::move(sink))) {}
TarWriter::~TarWriter() = default;

void TarWriter::add(const std::string& name, Bytes content) {
    Impl& impl = *impl_;
    archive_entry* entry = archive_entry_clear(impl.entry.get());
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_mtime(entry, 0, 0);
    impl.check(archive_write_header(impl.tar, entry));
    while (!content.empty()) {
        const la_ssize_t count = archive_write_data(impl.tar, content.data(), content.size());
        impl.check(count < 0 ? ARCHIVE_FATAL : ARCHIVE_OK);
        content = content.subspan(static_cast<std::size_t>(count));
    }
    impl.check(archive_write_finish_entry(impl.tar));
}

void TarWriter::finish() {
    Impl& impl = *impl_;
    impl.check(archive_write_close(impl.tar));
    if (!impl.waiting.empty()) impl.sink(impl.waiting, {});
    impl.waiting.clear();
}

}  // namespace levin::store
