#include <algorithm>
#include <charconv>
#include <cmath>

#include <tessera/core/error.hpp>
#include <tessera/io/run_folder.hpp>

#include <tessera/io/whole_file.hpp>

namespace tessera::io {
namespace {

std::string header_line(std::vector<std::string> const &columns)
{
  std::string line;
  for (std::string const &column : columns) {
    if (column.empty() || column.find_first_of(",\"\r\n") != std::string::npos) {
      throw Error("metrics.csv: \"" + column + "\" cannot be the name of a column");
    }
    line += (line.empty() ? "" : ",") + column;
  }
  return line + "\n";
}

/// The shortest text that reads back as the same number.
std::string number(double value)
{
  if (std::isnan(value)) return "";
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// A row of the step or one before it, with a cell for each column of the header: what a crash of
/// the machine may leave in a file (half a row, zeros) is none.
bool is_row(std::string_view line, std::string_view header, long last_step)
{
  double step = 0;
  auto const read = std::from_chars(line.data(), line.data() + line.size(), step);
  return read.ec == std::errc() && step <= static_cast<double>(last_step) &&
         line.find_first_not_of("0123456789+-.einfa,\n") == line.npos &&
         std::count(line.begin(), line.end(), ',') == std::count(header.begin(), header.end(), ',');
}

/// Header and rows up to `last_step` of the old file. A row that a killed run left without its
/// end of line is dropped.
std::string kept_rows(std::filesystem::path const &file, std::string const &header, long last_step)
{
  std::ifstream in(file);
  if (!in) return header;
  std::string kept, line;
  while (std::getline(in, line) && !in.eof()) {
    line += '\n';
    if (kept.empty()) {
      if (line != header) {
        throw InputError(file.string() +
                         ": its columns are not those of this run; resume with "
                         "the config it was started with, or use --force");
      }
      kept = header;
      continue;
    }
    if (is_row(line, header, last_step)) kept += line;
  }
  return kept.empty() ? header : kept;
}

}  // namespace

MetricsCsv::MetricsCsv(std::filesystem::path const &file, std::vector<std::string> columns,
                       long keep_rows_up_to_step)
    : columns_(columns.size())
{
  std::string const header = header_line(columns);
  if (keep_rows_up_to_step >= 0) {
    write_whole(file, kept_rows(file, header, keep_rows_up_to_step));
    out_.open(file, std::ios::app);
  } else {
    out_.open(file, std::ios::trunc);
    out_ << header << std::flush;
  }
  if (!out_)
    throw IoError("cannot write " + file.string() + "; check the folder and its free space");
}

void MetricsCsv::row(std::vector<double> const &values)
{
  if (values.size() != columns_) {
    throw Error("metrics.csv: a row of " + std::to_string(values.size()) + " values for " +
                std::to_string(columns_) + " columns");
  }
  std::string line;
  for (std::size_t i = 0; i < values.size(); ++i) line += (i ? "," : "") + number(values[i]);
  out_ << line + "\n" << std::flush;  // one write a row: a reader never sees half of one
  if (!out_) throw IoError("cannot write a row of metrics.csv; free some space, then use --resume");
}

}  // namespace tessera::io
