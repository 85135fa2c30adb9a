#include <fmt/format.h>

#include <tessera/core/printable.hpp>
#include <tessera/core/trimmed.hpp>
#include <tessera/io/csv_data.hpp>
#include <tessera/io/whole_file.hpp>

#include "csv_reader.hpp"

namespace tessera::io {
namespace {

constexpr std::size_t longest_name = 256;  // of a state

std::vector<std::string> read_header(CsvReader const &in, std::vector<CsvCell> const &header)
{
  CsvCell const &first = header.front();
  if (first.text.empty()) {
    in.fail(first,
            "the first column has no name; it is the time and called t (pandas writes an "
            "index there: to_csv(file, index=False) leaves it out)");
  }
  if (first.text != "t" && first.text != "time") {
    in.fail(first,
            "the first column is \"" + printable(first.text.substr(0, 40)) +
                "\"; put the time first and call it t, with commas between the columns: t,x,y");
  }
  if (header.size() < 2) {
    in.fail(first,
            "there is no state behind the time; write a table t,x,y with commas between "
            "its columns");
  }
  std::vector<std::string> names;
  for (std::size_t i = 1; i < header.size(); ++i) {
    if (header[i].text.empty()) in.fail(header[i], "this state has no name; give it one");
    std::string name = printable(header[i].text);
    if (name.size() > longest_name) {
      in.fail(header[i], "is too long for the name of a state; 256 bytes are the most");
    }
    for (std::string const &other : names) {
      if (other == name) in.fail(header[i], "this name is there twice; keep one");
    }
    names.push_back(std::move(name));
  }
  return names;
}

/// As a cell that is read as this name again.
std::string quoted(std::string const &name)
{
  if (name.find_first_of(",\"") == std::string::npos && trimmed(name) == name) return name;
  std::string text = "\"";
  for (char const c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

}  // namespace

CsvTrajectory read_csv_trajectory(std::filesystem::path const &file)
{
  CsvReader in(file);
  std::vector<CsvCell> row;
  if (!in.next(row)) in.fail({{}, 1, 1}, "is empty; write a header t,x,y and a row for each time");
  CsvTrajectory trajectory{.state_names = read_header(in, row)};
  while (in.next(row)) {
    double const t = in.number(row.front());
    if (!trajectory.times.empty() && t <= trajectory.times.back()) {
      in.fail(row.front(), fmt::format("the time {} does not lie behind {}; sort the rows by time, "
                                       "each time once",
                                       t, trajectory.times.back()));
    }
    trajectory.times.push_back(t);
    trajectory.lines.push_back(row.front().line);
    for (std::size_t i = 1; i < row.size(); ++i) trajectory.states.push_back(in.number(row[i]));
  }
  if (trajectory.times.empty()) {
    in.fail({{}, 2, 1}, "no row stands below the header; write one for each stored time");
  }
  return trajectory;
}

void write_csv_trajectory(std::filesystem::path const &file, CsvTrajectory const &trajectory)
{
  std::string text = "t";
  for (std::string const &name : trajectory.state_names) {
    text += "," + quoted(name);
  }
  std::size_t const d = trajectory.state_names.size();
  for (std::size_t k = 0; k < trajectory.times.size(); ++k) {
    text += fmt::format("\n{}", trajectory.times[k]);
    for (std::size_t i = 0; i < d; ++i) text += fmt::format(",{}", trajectory.states[k * d + i]);
  }
  write_whole(file, text + "\n");
}

}  // namespace tessera::io
