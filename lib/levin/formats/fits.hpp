/// FITS: images in the primary HDU and in extensions, plain or tile-compressed (RICE, GZIP, PLIO, HCOMPRESS).
///
/// Without cfitsio: of a damaged tile of GZIP it takes memory without end, and one of HCOMPRESS leaves its lock closed,
/// so that the next stops for ever (4.2.0).
///
/// Reading. PATH::N chooses the Nth HDU, the primary one being 0; PATH::NAME the one of that EXTNAME, NAME,V of that
/// EXTVER too. Otherwise it is the primary one if it has pixels, or the only one that has. NAXIS1 is x, NAXIS2 y; the
/// others have the name that CTYPE says: TIME t, a spectral or Stokes axis c, T, Z or C as levin writes them; else
/// none. Spacing is CDELT (or CD) with CUNIT. BZERO of half of the range gives unsigned integers, or int8, exactly. Any
/// other scale (BSCALE, BZERO) gives value = stored * BSCALE + BZERO, BLANK being NaN, as float32 for integers up to 16
/// bits and float32, float64 for wider ones, unless --raw is given. The attributes "fits" keep the cards that say
/// something else than shape, type and compression, as they are, and the sizes that they belong to.
///
/// Writing. One image in the primary HDU. The cards go back. Those of a world coordinate system (WCS) do so only where
/// the axes have the sizes, names and spacing that it was made for; of an array that was cropped it is left out. Names
/// of axes other than y and x go to CTYPE, spacing to CDELT and CUNIT.
#pragma once
#include "levin/formats/fits_header.hpp"
#include "levin/formats/format.hpp"

namespace levin::formats {

Format fits_format();

/// The axes as the cards say them, slowest first, for a shape of `rank` axes.
Axes fits_axes(const FitsHeader& header, std::size_t rank);
/// Whether the image's stored integers stand for those of the other sign.
bool is_sign_flipped(const FitsHeader& header, DType stored);
/// Whether a keyword says what is written anew for every array: its shape, type and compression.
bool is_structural(const std::string& keyword);

/// The tile-compressed image, as stored: integers without BSCALE and BZERO, floats with NaN for what is blank.
std::unique_ptr<ArraySource> open_fits_tiles(const std::string& path, ArrayInfo info, const FitsImage& image);

void write_fits(const ArraySource& source, const std::string& path, const WriteOptions& options);
/// UsageError for an array that FITS cannot hold.
void check_fits(const ArrayInfo& info);

}  // namespace levin::formats
