/// Numbers to compare with, computed by NumPy, SciPy and scikit-learn while the test runs. Where Debian's Python or a
/// package is missing the comparison is skipped, by name.
#pragma once
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "levin/core/dims.hpp"
#include "levin/kernels/random.hpp"
#include "temp_dir.hpp"

namespace levin::test {

template <class T>
std::vector<T> read_values(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
}

template <class T>
void write_values(const std::string& path, const std::vector<T>& values) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

/// Runs series_reference.py: `code` are Python expressions of the float64 array `a`, shape (n, -1); their values come
/// back as float64 in C order. Empty, after a line that says so, when Python, or `module`, is missing.
inline std::vector<std::vector<double>> python(const std::string& name, const std::string& module,
                                               const std::vector<std::string>& code, const std::vector<double>& a,
                                               Index n) {
    const TempDir dir;
    write_values(dir / "in", a);
    std::ofstream expressions(dir / "code");
    for (const std::string& line : code) expressions << line << '\n';
    expressions.close();
    const std::string script = (std::filesystem::path(__FILE__).parent_path() / "series_reference.py").string();
    // The system's Python: another one may lack the packages.
    const std::string command =
        "/usr/bin/python3 '" + script + "' '" + dir.path().string() + "' " + std::to_string(n) + " " + module;
    const int status = std::system(command.c_str());
    if (std::filesystem::exists(dir / "missing") || WEXITSTATUS(status) == 127) {
        std::printf("skipped: %s: no Python with %s\n", name.c_str(), module.c_str());
        return {};
    }
    if (status != 0) throw std::runtime_error("series_reference.py failed");
    std::vector<std::vector<double>> values;
    for (std::size_t i = 0; i < code.size(); ++i)
        values.push_back(read_values<double>(dir / ("out" + std::to_string(i))));
    return values;
}

/// Series (n, pixels) that look like fluorescence: an offset per pixel, a drift, a sine, noise.
inline std::vector<double> fluorescence(Index n, Index pixels, std::uint64_t seed) {
    std::vector<double> values;
    const kernels::Random random(seed);
    for (Index t = 0; t < n; ++t)
        for (Index p = 0; p < pixels; ++p) {
            const auto x = static_cast<double>(t) / static_cast<double>(n), i = static_cast<double>(p);
            const double noise = random.normal_pair(static_cast<std::uint64_t>(t * pixels + p))[0];
            // Exact in float, so that both precisions start from the same numbers.
            values.push_back(static_cast<float>(100 + i + (5 + i) * x + 8 * std::sin(40 * x + i) + 2 * noise));
        }
    return values;
}

/// Such series as whole numbers that integers of 8 bits hold.
inline std::vector<double> whole_fluorescence(Index n, Index pixels, std::uint64_t seed) {
    auto values = fluorescence(n, pixels, seed);
    for (double& value : values) value = std::round(value / 2);
    return values;
}

template <class T>
std::vector<T> as(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

/// The largest difference, relative to the largest magnitude of the reference; infinite for NaN where the other has
/// none.
template <class T>
double difference(const std::vector<T>& values, const std::vector<double>& reference) {
    double worst = values.size() == reference.size() ? 0 : HUGE_VAL, scale = 1e-300;
    for (std::size_t i = 0; i < values.size() && i < reference.size(); ++i) {
        if (reference[i] != reference[i] && values[i] != values[i]) continue;
        const double d = std::abs(static_cast<double>(values[i]) - reference[i]);
        worst = d <= worst ? worst : (d == d ? d : HUGE_VAL);
        if (reference[i] == reference[i]) scale = std::max(scale, std::abs(reference[i]));
    }
    return worst / scale;
}

/// Equal to the bit, NaN included.
template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// Columns first .. first + count - 1 of a (rows, pixels) array.
template <class T>
std::vector<T> columns(const std::vector<T>& a, Index pixels, Index first, Index count) {
    std::vector<T> part;
    for (std::size_t row = 0; row < a.size(); row += static_cast<std::size_t>(pixels)) {
        const auto begin = a.begin() + static_cast<std::ptrdiff_t>(row) + first;
        part.insert(part.end(), begin, begin + count);
    }
    return part;
}

/// Record (y 0, x 0, z 0) of the zebrafish recording: 240 samples. Empty, after a line that says so, without shared
/// data.
inline std::vector<double> first_fish_record(const std::string& name) {
    std::ifstream file(std::string(LEVIN_SHARED_DATA) + "/fish_series.bin", std::ios::binary);
    char record[246];
    if (!file.read(record, sizeof record)) {
        std::printf("skipped: %s: no shared data\n", name.c_str());
        return {};
    }
    std::vector<double> values;
    for (int t = 0; t < 240; ++t) values.push_back(static_cast<unsigned char>(record[6 + t]));
    return values;
}

}  // namespace levin::test
