#include "levin/formats/hdf5.hpp"

#include "levin/formats/module.hpp"

namespace levin::formats {
namespace {

constexpr char module_name[] = "hdf5";

bool is_hdf5(const std::string&, const std::string& head) {
    // Version 7.3 has its own header in front; so may others, whose files are known by their extension.
    return head.starts_with("\x89HDF\r\n\x1a\n") || head.starts_with("MATLAB 7.3 MAT-file");
}

}  // namespace

Format hdf5_format() {
    Format format{"hdf5",  {".h5", ".hdf5"}, "HDF5, with NWB, MATLAB 7.3, BigDataViewer and Imaris files",
                  is_hdf5, nullptr,          nullptr};
    format.writes_names = true;
    format.by_path = true;
    return in_module<module_name>(std::move(format));
}

std::string hdf5_version() { return module_version(module_name); }

}  // namespace levin::formats
