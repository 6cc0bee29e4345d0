/// What the tests of the formats share: whole arrays, expected messages, other programs as makers of input.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <vector>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/formats/format.hpp"
#include "temp_dir.hpp"

namespace levin::test {

inline std::unique_ptr<ArraySource> open(const std::string& path, const formats::ReadOptions& options = {}) {
    return formats::open({path}, options);
}

inline OwnedArray read_region(const ArraySource& source, const Region& region) {
    OwnedArray array(source.info().dtype, region.shape);
    source.read(region, array.view);
    return array;
}

inline OwnedArray read_all(const ArraySource& source) {
    return read_region(source, Region::whole(source.info().shape));
}

template <class T>
std::vector<T> values_of(const OwnedArray& array) {
    REQUIRE(array.view.dtype == dtype_of<T>());
    const T* first = array.buffer.as<T>();
    return std::vector<T>(first, first + array.view.count());
}

template <class T>
std::vector<T> values(const ArraySource& source) {
    return values_of<T>(read_all(source));
}

template <class T>
std::vector<T> counting(Index count, T first = T{}) {
    std::vector<T> result(static_cast<std::size_t>(count));
    std::iota(result.begin(), result.end(), first);
    return result;
}

/// Reading box by box must give what reading at once gives: every box of `cell` and, into a strided view, odd boxes.
inline void check_boxes(const ArraySource& source, const Dims& cell) {
    const OwnedArray whole = read_all(source);
    const Grid grid(source.info().shape, cell);
    for (Index i = 0; i < grid.size(); ++i) {
        const Region box = grid.region(i);
        const OwnedArray part = read_region(source, box);
        OwnedArray expected(source.info().dtype, box.shape);
        copy(whole.view.sub(box), expected.view);
        const std::size_t bytes = byte_count(box.shape, source.info().element_size());
        REQUIRE(std::equal(part.buffer.data(), part.buffer.data() + bytes, expected.buffer.data()));
        // The same box into every second element of something larger, axes reversed.
        Dims wide;
        for (std::size_t a = box.rank(); a-- > 0;) wide.push_back(2 * box.shape[a]);
        OwnedArray larger(source.info().dtype, wide);
        View target = larger.view;
        std::vector<std::size_t> order;
        for (std::size_t a = box.rank(); a-- > 0;) order.push_back(a);
        for (auto& stride : target.strides) stride *= 2;
        for (auto& size : target.shape) size /= 2;
        target = permuted(target, order);
        source.read(box, target);
        OwnedArray gathered(source.info().dtype, box.shape);
        copy(target, gathered.view);
        REQUIRE(std::equal(gathered.buffer.data(), gathered.buffer.data() + bytes, expected.buffer.data()));
    }
}

/// The message of the Error that `work` throws; fails when it throws none.
template <class Work>
std::string message_of(const Work& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    FAIL("no error was thrown");
    return {};
}

inline bool contains(const std::string& text, const std::string& part) {
    if (text.find(part) != std::string::npos) return true;
    UNSCOPED_INFO("not in: " << text << "\nexpected: " << part);
    return false;
}

inline void write_file(const std::string& path, const void* data, std::size_t bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
    REQUIRE(file.good());
}

template <class T>
void write_values(const std::string& path, const std::vector<T>& values) {
    write_file(path, values.data(), values.size() * sizeof(T));
}

inline void write_text(const std::string& path, const std::string& text) { write_file(path, text.data(), text.size()); }

inline std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Python with the packages that Debian installs; false, with a line that says so, where one is missing.
inline bool have_python(const std::string& packages, const std::string& test) {
    if (std::system(fmt::format("/usr/bin/python3 -c 'import {}' >/dev/null 2>&1", packages).c_str()) == 0) return true;
    std::puts(fmt::format("skipped: {}: no python3 with {}", test, packages).c_str());
    return false;
}

inline void python(const std::string& code, const TempDir& folder) {
    write_text(folder / "script.py", code);
    REQUIRE(std::system(fmt::format("cd '{}' && /usr/bin/python3 script.py", folder.path().string()).c_str()) == 0);
}

/// The folder of real recordings, or empty with a line that says so.
inline std::string shared_data(const std::string& test) {
    if (std::filesystem::exists(LEVIN_SHARED_DATA "/MANIFEST.md")) return LEVIN_SHARED_DATA;
    std::puts(fmt::format("skipped: {}: no shared data", test).c_str());
    return {};
}

/// An array in memory, as a source for writers.
class MemorySource final : public ArraySource {
  public:
    MemorySource(DType dtype, Dims shape, const std::string& axis_names) : array_(dtype, shape) {
        info_.shape = std::move(shape);
        info_.dtype = dtype;
        info_.axes = axis_names.empty() ? Axes(info_.shape.size()) : axes_from_letters(axis_names);
        for (const Index size : info_.shape) info_.chunks.push_back(std::max<Index>(size / 2, 1));
        std::fill_n(array_.buffer.data(), array_.buffer.size(), std::byte{0});
    }
    template <class T>
    static MemorySource of(const std::vector<T>& values, const Dims& shape, const std::string& axis_names) {
        MemorySource source(dtype_of<T>(), shape, axis_names);
        for (std::size_t i = 0; i < values.size(); ++i) source.array_.buffer.template as<T>()[i] = values[i];
        return source;
    }
    const ArrayInfo& info() const override { return info_; }
    void read(const Region& region, const View& out) const override { copy(array_.view.sub(region), out); }
    std::size_t scratch_bytes() const override { return 0; }
    std::string name() const override { return "memory"; }

    Axes& axes() { return info_.axes; }

  private:
    OwnedArray array_;
    ArrayInfo info_;
};

}  // namespace levin::test
