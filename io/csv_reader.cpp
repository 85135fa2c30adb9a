#include "csv_reader.hpp"

#include <charconv>
#include <cmath>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/core/trimmed.hpp>

namespace tessera::io {
namespace {

constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 28;
constexpr std::size_t most_columns = 4096, longest_cell = 4096;

std::string read_text(std::filesystem::path const &file)
{
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    throw InputError(file.string() + ": there is no such file; check the path");
  }
  std::uintmax_t const bytes = std::filesystem::file_size(file, error);
  if (!error && bytes > most_bytes) {
    throw InputError(
        fmt::format("{}: has {} bytes, more than the {} that a table may have; store "
                    "fewer times, or use .npz",
                    file.string(), bytes, most_bytes));
  }
  std::ifstream in(file, std::ios::binary);
  std::string text(error ? 0 : bytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (error || !in) throw InputError(file.string() + ": cannot be read; check its permissions");
  return text;
}

}  // namespace

CsvReader::CsvReader(std::filesystem::path const &file) : file_(file), text_(read_text(file))
{
  if (text_.starts_with("\xef\xbb\xbf")) text_.erase(0, 3);
}

void CsvReader::fail(CsvCell const &cell, std::string const &what) const
{
  throw InputError(fmt::format("{}:{}:{}: {}", file_.string(), cell.line, cell.column, what));
}

CsvCell CsvReader::quoted_cell()
{
  CsvCell cell{{}, line_, column()};
  ++at_;
  while (true) {
    if (at_ == text_.size() || text_[at_] == '\n') fail(cell, "this quote is not closed; close it");
    if (text_[at_] == '"' && text_.substr(at_ + 1, 1) != "\"") break;
    at_ += text_[at_] == '"';  // two quotes are one
    cell.text += text_[at_++];
    if (cell.text.size() > longest_cell) fail(cell, "is too long for a value; cut it");
  }
  ++at_;
  return cell;
}

/// A cell and what ends it; `last`: a line end does.
CsvCell CsvReader::next_cell(bool &last)
{
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  bool const quoted = at_ < text_.size() && text_[at_] == '"';
  CsvCell cell = quoted ? quoted_cell() : CsvCell{{}, line_, column()};
  std::size_t const begin = at_;
  while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') ++at_;
  std::string_view rest = std::string_view(text_).substr(begin, at_ - begin);
  last = at_ == text_.size() || text_[at_] == '\n';
  if (last && rest.ends_with('\r')) rest.remove_suffix(1);
  rest = trimmed(rest);
  if (quoted && !rest.empty()) fail(cell, "something stands behind the closing quote; remove it");
  if (rest.size() > longest_cell) fail(cell, "is too long for a value; is this a table of commas?");
  if (!quoted) cell.text = rest;
  if (at_ < text_.size()) ++at_;
  if (last) {
    ++line_;
    line_begin_ = at_;
  }
  return cell;
}

bool CsvReader::next(std::vector<CsvCell> &row)
{
  while (at_ < text_.size()) {
    if (line_ % 4096 == 0) throw_if_stopped();
    row.clear();
    for (bool last = false; !last;) {
      row.push_back(next_cell(last));
      if (row.size() > most_columns) fail(row.back(), "has more than 4096 columns; store fewer");
    }
    if (row.size() == 1 && row.front().text.empty()) continue;  // a blank line
    if (width_ == 0) width_ = row.size();
    if (row.size() == width_) return true;
    fail(row.back(), fmt::format("this row has {} values where the header has {}; give one for "
                                 "each column, with commas between them",
                                 row.size(), width_));
  }
  return false;
}

double CsvReader::number(CsvCell const &cell) const
{
  std::string_view text = cell.text;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value)) {
    return value;
  }
  std::string const shown = printable(cell.text.substr(0, 40));
  if (cell.text.empty()) {
    fail(cell, "no value stands here; give every number, or leave the rows from here on out");
  }
  fail(cell, "\"" + shown + "\" is not a finite number (written as 1.5 or 2e-3); correct it, or " +
                 "leave the rows from here on out");
}

}  // namespace tessera::io
