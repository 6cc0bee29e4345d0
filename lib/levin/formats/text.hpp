/// Tables of numbers as text: .csv, .tsv, .txt, and .1D as AFNI writes time series. A row a line, numbers between
/// commas, semicolons, tabs or spaces.
///
/// Reading: (rows, columns), or (rows) where there is one column, float64; axes have no names. The last line needs no
/// end. Lines that are empty or begin with # or % count for nothing; a first line with a word in it names the columns,
/// which become the attribute `columns`. "nan", "inf" and an empty field between commas (NaN) are numbers. A row with
/// more or fewer numbers than the first, and what is no number, is an Error that says the line. The file is gone
/// through once to count; then every read parses the rows it needs and at most 1024 before them.
///
/// Writing: .txt, .tsv and .1D, arrays of one or two axes and real numbers, each in the fewest digits that read back the
/// same. `levin export x.csv` writes coordinates and values, of arrays of any rank.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format text_format();

}  // namespace levin::formats
