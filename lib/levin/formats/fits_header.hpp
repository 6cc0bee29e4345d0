/// FITS as it lies in a file: header-data units (HDUs), each a header of cards of 80 characters and the data behind it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "levin/core/dtype.hpp"
#include "levin/formats/file.hpp"

namespace levin::formats {

constexpr Index fits_block = 2880;  ///< bytes; headers and data fill whole ones
constexpr std::size_t fits_card = 80;

/// The cards of a header, without END, and their values by keyword (the first of that name).
class FitsHeader {
  public:
    FitsHeader() = default;
    explicit FitsHeader(std::vector<std::string> cards) : cards_(std::move(cards)) {}
    const std::vector<std::string>& cards() const { return cards_; }
    bool has(const std::string& keyword) const { return find(keyword) != nullptr; }
    /// Error where the card says something else than an integer, a number.
    std::optional<Index> integer(const std::string& keyword) const;
    std::optional<double> number(const std::string& keyword) const;
    bool is_true(const std::string& keyword) const;
    /// A string without quotes and trailing blanks; "" where there is none.
    std::string text(const std::string& keyword) const;

  private:
    const std::string* find(const std::string& keyword) const;
    std::vector<std::string> cards_;
};

/// "NAXIS1" of a card.
std::string fits_keyword(const std::string& card);

/// One HDU that is an image, perhaps with no pixels.
struct FitsImage {
    Index number = 0;  ///< of the HDU; 0 is the primary one
    FitsHeader header;
    std::string name;             ///< EXTNAME
    Index version = 1;            ///< EXTVER
    Dims shape;                   ///< slowest axis first, NAXIS1 last; empty where there are no pixels
    Dims tile;                    ///< of a compressed image; empty else
    DType stored = DType::uint8;  ///< as BITPIX says
    Index data_bytes = 0;         ///< of the HDU
    Index offset = 0;             ///< of the pixels, or of the table of a compressed image
    std::string unsupported;      ///< why it cannot be read; ""
    bool compressed() const { return !tile.empty(); }
};

/// The images in the file, in its order. Error for one that is damaged or cut off.
std::vector<FitsImage> read_fits_images(const InputFile& file);

}  // namespace levin::formats
