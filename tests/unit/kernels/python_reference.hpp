/// Expected values from SciPy and NumPy: a test collects its cases as JSON and raw input files in a scratch folder, one
/// Python script writes a raw output file for each, and the test compares.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "catch.hpp"
#include "levin/core/view.hpp"
#include "temp_dir.hpp"

namespace levin::test {

/// Debian's Python, which is the one that scripts/install-deps gives SciPy to. False, with a note, where it has none.
inline bool have_scipy(const std::string& test) {
    const bool found = std::system("/usr/bin/python3 -c 'import scipy.ndimage' >/dev/null 2>&1") == 0;
    if (!found) std::cout << "skipped: " << test << ": no scipy\n";
    return found;
}

class PythonReference {
  public:
    const TempDir& folder() const { return folder_; }

    void write(const std::string& name, const ConstView& values) {
        OwnedArray dense(values.dtype, values.shape);
        copy(values, dense.view);
        std::ofstream file(folder_ / name, std::ios::binary);
        file.write(
            reinterpret_cast<const char*>(dense.view.data),
            static_cast<std::streamsize>(dense.view.count()) * static_cast<std::streamsize>(size_of(values.dtype)));
    }
    /// `json`: one JSON object.
    void add(const std::string& json) { cases_.push_back(json); }

    /// Runs the script, which lies beside this header, with the folder as its argument.
    void run(const std::string& script) {
        std::ofstream file(folder_ / "cases.json");
        file << "[";
        for (std::size_t i = 0; i < cases_.size(); ++i) file << (i ? ",\n" : "") << cases_[i];
        file << "]";
        file.close();
        const auto path = std::filesystem::path(__FILE__).parent_path() / script;
        REQUIRE(std::system(("/usr/bin/python3 '" + path.string() + "' '" + folder_.path().string() + "'").c_str()) ==
                0);
    }

    template <class T>
    std::vector<T> read(const std::string& name) const {
        std::ifstream file(folder_ / name, std::ios::binary);
        REQUIRE(file);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        std::vector<T> values(bytes.size() / sizeof(T));
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(values.data()));
        return values;
    }

  private:
    TempDir folder_;
    std::vector<std::string> cases_;
};

}  // namespace levin::test
