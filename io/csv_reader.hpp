#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// Tables of comma-separated values (RFC 4180): quotes, either line end, a byte-order mark.
namespace tessera::io {

/// One value of a table and where it stands, counted from 1.
struct CsvCell {
  std::string text;
  std::size_t line = 0, column = 0;  ///< column: of bytes
};

/// Reads a table row after row. Throws InputError: "file:line:column: what; what to do", Stopped.
class CsvReader {
 public:
  /// Opens a file of at most 256 MiB.
  explicit CsvReader(std::filesystem::path const &file);

  /// The next row that is not blank; false at the end. All rows have as many cells as the first.
  bool next(std::vector<CsvCell> &row);

  /// The finite number in a cell.
  double number(CsvCell const &cell) const;
  [[noreturn]] void fail(CsvCell const &cell, std::string const &what) const;
  std::filesystem::path const &file() const { return file_; }

 private:
  CsvCell next_cell(bool &last);
  CsvCell quoted_cell();
  std::size_t column() const { return at_ - line_begin_ + 1; }

  std::filesystem::path file_;
  std::string text_;
  std::size_t at_ = 0, line_ = 1, line_begin_ = 0, width_ = 0;
};

}  // namespace tessera::io
