/// The header of NIfTI-1 and NIfTI-2, by the names that the standard gives its fields. It names no file and has no
/// meaning yet: nifti.cpp and nifti_write.cpp give it one.
#pragma once
#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "levin/core/dtype.hpp"
#include "levin/formats/fields.hpp"

namespace levin::formats {

/// Numbers that the standard gives data types.
enum NiftiType { nifti_rgb24 = 128, nifti_rgba32 = 2304 };
/// Error, by name, for those that levin has not. RGB is uint8.
DType dtype_of_nifti(Index datatype);
/// UsageError for a data type that NIfTI has not.
Index nifti_type_of(DType dtype);

class NiftiHeader {
  public:
    static constexpr std::size_t longest = 540;

    /// An empty header of version 1 or 2.
    explicit NiftiHeader(int version);
    /// From the first bytes of a file, 348 at least. Error when they are no NIfTI header.
    explicit NiftiHeader(const std::vector<std::byte>& begin);
    /// Whether a file that begins so holds, or belongs to, a NIfTI image.
    static bool matches(const std::string& begin);

    int version() const { return version_; }
    bool swapped() const { return swapped_; }
    /// Whether the values lie in a file of their own, .img.
    bool is_pair() const;
    /// Makes an empty header one of a pair.
    void make_pair();
    const std::vector<std::byte>& bytes() const { return fields_.bytes(); }

    Index integer(const char* name, std::size_t i = 0) const;
    /// A float of NIfTI-1 is the shortest decimal that stands for it: 0.65, not 0.64999998.
    double number(const char* name, std::size_t i = 0) const;
    void set(const char* name, std::size_t i, double value);
    void set_integer(const char* name, std::size_t i, Index value);
    void set_text(const char* name, const std::string& text);

    /// The fields that say more than shape and data type; those that are zero, empty or not finite are left out.
    nlohmann::ordered_json to_json() const;
    /// Takes over the fields called `names` from what to_json gave. Members of another type, or out of range, count for
    /// nothing.
    void take(const nlohmann::ordered_json& json, const std::vector<std::string>& names);

  private:
    int version_;
    bool swapped_ = false;
    Fields fields_;
};

}  // namespace levin::formats
