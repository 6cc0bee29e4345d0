#include "levin/formats/mat.hpp"

#include "levin/formats/module.hpp"

namespace levin::formats {
namespace {

constexpr char module_name[] = "mat";

bool is_mat(const std::string&, const std::string& head) { return head.starts_with("MATLAB 5.0 MAT-file"); }

}  // namespace

Format mat_format() {
    Format format{"mat", {".mat"}, "MATLAB's MAT files", is_mat, nullptr, nullptr};
    format.writes_names = true;
    format.by_path = true;
    return in_module<module_name>(std::move(format));
}

std::string mat_version() { return module_version(module_name); }

}  // namespace levin::formats
