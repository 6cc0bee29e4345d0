/// NIfTI-1 and NIfTI-2: .nii, .nii.gz and pairs of .hdr and .img, in either byte order.
///
/// Reading. NIfTI's dimensions 1 to 5 are x, y, z, t and c; RGB(A) pixels are c too. Where xyzt_units says Hz, ppm or
/// rad/s dimension 4 is f. Values are stored * scl_slope + scl_inter, as float32 for integers up to 16 bits and
/// float32, float64 for wider ones, unless the slope is 0 or not finite, or --raw is given. Spacing comes from pixdim
/// and xyzt_units. All other fields of the header are the attributes "nifti" under the standard's names, among them
/// qform, sform and dim. Extensions are left out. A pair may be named by either of its files. ANALYZE 7.5, one-bit and
/// 128-bit values are refused.
///
/// Writing. One file, packed where the name ends in .gz, or as x.hdr a pair, whose values come into their place
/// before the header does; NIfTI-2 where a dimension is beyond 32767. Dimensions that the
/// array does not have are 1, unknown spacing is 1 without unit. The attributes "nifti" go back to the header.
/// Orientation and slice timing do so only where x, y and z have the sizes and the spacing that they were made for: an
/// array that was cropped has none.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format nifti_format();
void write_nifti(const ArraySource& source, const std::string& path, const WriteOptions& options);
/// UsageError for an array that NIfTI cannot hold.
void check_nifti(const ArrayInfo& info);

}  // namespace levin::formats
