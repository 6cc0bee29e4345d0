/// What the store's tests share: whole arrays, files, hashes by sha256sum, and the messages of errors.
#pragma once
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/store/array.hpp"
#include "levin/store/writer.hpp"
#include "temp_dir.hpp"

namespace levin::test {

inline OwnedArray read_all(const ArraySource& source) {
    OwnedArray values(source.info().dtype, source.info().shape);
    source.read(Region::whole(source.info().shape), values.view);
    return values;
}

inline std::string bytes_of(const OwnedArray& array) {
    return {reinterpret_cast<const char*>(array.view.data), byte_count(array.view.shape, size_of(array.view.dtype))};
}

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline void write_file(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// The first 16 hexadecimal digits of the SHA-256 of `bytes`.
inline std::string sha256_16(const std::string& bytes) {
    const TempDir dir;
    write_file(dir / "bytes", bytes);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("sha256sum " + dir / "bytes").c_str(), "r"), pclose);
    std::array<char, 17> digits{};
    if (!pipe || !fgets(digits.data(), digits.size(), pipe.get())) throw std::runtime_error("sha256sum failed");
    return digits.data();
}

/// The message of the levin::Error that `work` throws; "" when it throws none.
template <class Work>
std::string error_of(Work&& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

/// Checks that `work` throws a levin::Error whose message has a part that matches `pattern`.
template <class Work>
void check_error(Work&& work, const std::string& pattern) {
    const std::string message = error_of(work);
    INFO("message: " << message << "\npattern: " << pattern);
    CHECK(std::regex_search(message, std::regex(pattern)));
}

/// A path inside the shared data, "" (and a line that says so) where they are missing.
inline std::string shared_data(const std::string& test, const std::string& path) {
    const std::string full = std::string(LEVIN_SHARED_DATA) + "/" + path;
    if (std::filesystem::exists(full)) return full;
    fmt::print("skipped: {}: no shared data\n", test);
    return "";
}

/// All files below `folder` with their contents, for comparing stores.
inline std::string listing(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) names.push_back(std::filesystem::relative(entry.path(), folder).string());
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += name + "\n" + read_file(folder + "/" + name) + "\n";
    return text;
}

}  // namespace levin::test
