#include <algorithm>
#include <map>
#include <system_error>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>
#include <tessera/io/csv_data.hpp>

#include "check_dataset.hpp"
#include "csv_reader.hpp"

namespace tessera::io {
namespace {

constexpr std::size_t most_files = std::size_t{1} << 16, most_numbers = std::size_t{1} << 28;
constexpr char const *list_name = "systems.csv";

/// One system: its parameters and the files of its trajectories.
struct CsvSystem {
  std::string name;
  std::vector<double> parameters;
  std::vector<std::filesystem::path> files;
};

struct CsvList {
  std::vector<std::string> parameter_names;
  std::vector<CsvSystem> systems;
};

std::vector<std::filesystem::path> tables_of(std::filesystem::path const &folder)
{
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (auto const &entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".csv" || entry.path().filename() == list_name) continue;
    files.push_back(entry.path());
    if (files.size() > most_files) {
      fail_data(folder.string(), "holds more than 65536 tables; take .npz for so many");
    }
  }
  if (error) fail_data(folder.string(), "cannot be read: " + error.message() + "; check the path");
  std::sort(files.begin(), files.end());
  return files;
}

/// Reads systems.csv row by row.
class ListReader {
 public:
  explicit ListReader(std::filesystem::path const &folder)
      : folder_(folder), in_(folder / list_name)
  {
  }

  CsvList read()
  {
    std::vector<CsvCell> row;
    if (!in_.next(row)) in_.fail({{}, 1, 1}, "is empty; write a header file,system,parameter");
    if (row.size() < 2 || row[0].text != "file" || row[1].text != "system") {
      in_.fail(row.front(), "the columns must be file,system and then the parameters' names");
    }
    for (std::size_t p = 2; p < row.size(); ++p) {
      if (row[p].text.empty()) in_.fail(row[p], "this parameter has no name; give it one");
      list_.parameter_names.push_back(printable(row[p].text));
    }
    while (in_.next(row)) take(row);
    if (list_.systems.empty()) in_.fail({{}, 2, 1}, "lists no file; write a row for each");
    return std::move(list_);
  }

 private:
  void take(std::vector<CsvCell> const &row)
  {
    std::filesystem::path const name = row[0].text;
    bool const inside = !name.empty() && name.is_relative() &&
                        std::find(name.begin(), name.end(), "..") == name.end();
    if (!inside) in_.fail(row[0], "must name a file in this folder");
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(folder_ / name, ignored)) {
      in_.fail(row[0], "there is no file " + printable(row[0].text) + "; correct the name");
    }
    auto const [at, first] = lines_.try_emplace(name.lexically_normal(), row[0].line);
    if (!first) in_.fail(row[0], fmt::format("is listed in line {} too; keep one", at->second));
    if (lines_.size() > most_files) in_.fail(row[0], "is one of more than 65536 files");
    if (row[1].text.empty()) in_.fail(row[1], "the system has no name; give it one");
    add(row, folder_ / name);
  }

  void add(std::vector<CsvCell> const &row, std::filesystem::path file)
  {
    std::string const name = printable(row[1].text);
    std::vector<double> parameters;
    for (std::size_t p = 2; p < row.size(); ++p) parameters.push_back(in_.number(row[p]));
    auto const [at, first] = index_.try_emplace(name, list_.systems.size());
    if (first) list_.systems.push_back({name, parameters, {}});
    CsvSystem &system = list_.systems[at->second];
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (parameters[p] == system.parameters[p]) continue;
      in_.fail(row[p + 2],
               fmt::format("{} = {} of system {}, which had {} before; give systems "
                           "that differ names that differ",
                           list_.parameter_names[p], parameters[p], name, system.parameters[p]));
    }
    system.files.push_back(std::move(file));
  }

  std::filesystem::path folder_;
  CsvReader in_;
  CsvList list_;
  std::map<std::filesystem::path, std::size_t> lines_;
  std::map<std::string, std::size_t> index_;
};

CsvList list_of(std::filesystem::path const &folder, std::string &remark)
{
  auto const tables = tables_of(folder);
  std::error_code ignored;
  if (!std::filesystem::exists(folder / list_name, ignored)) {
    if (tables.empty()) fail_data(folder.string(), "holds no .csv file; name a folder that does");
    CsvList list;
    for (auto const &file : tables) {
      list.systems.push_back({printable(file.stem().string()), {}, {file}});
    }
    return list;
  }
  CsvList list = ListReader(folder).read();
  std::size_t listed = 0;
  for (auto const &system : list.systems) listed += system.files.size();
  if (tables.size() > listed) {
    remark = fmt::format("{} tables of {} are not listed in systems.csv and left out",
                         tables.size() - listed, folder.string());
  }
  return list;
}

/// Puts trajectories together and holds them to what the first ones are like.
class Collector {
 public:
  explicit Collector(domains::Dataset &data) : data_(data) {}

  void add(CsvSystem const &system)
  {
    auto &all = data_.train;
    if (all.size() == 0) all.count = system.files.size();
    if (system.files.size() != all.count) {
      fail_data(system.files.front().string(),
                fmt::format("system {} has {} trajectories where {} has {}; list equally many of "
                            "each system",
                            system.name, system.files.size(), data_.train.environments[0].name,
                            all.count));
    }
    for (auto const &file : system.files) add(file, file == system.files.front());
    all.environments.push_back({data_.families.empty() ? -1 : 0, system.parameters});
    all.environments.back().name = system.name;
  }

 private:
  void add(std::filesystem::path const &file, bool first_of_system)
  {
    CsvTrajectory const one = read_csv_trajectory(file);
    auto &all = data_.train;
    if (all.points == 0) {
      first_ = file;
      all.points = one.times.size();
      all.dimension = one.state_names.size();
      data_.state_names = one.state_names;
    }
    if (one.state_names != data_.state_names) {
      fail_data(file.string() + ":1:1",
                fmt::format("the states are {} where {} has {}; give all tables the same columns "
                            "in the same order",
                            fmt::join(one.state_names, ", "), first_.filename().string(),
                            fmt::join(data_.state_names, ", ")));
    }
    if (one.times.size() != all.points) {
      std::size_t const line =
          one.lines[std::min(one.lines.size(), std::max<std::size_t>(all.points, 1)) - 1];
      fail_data(fmt::format("{}:{}:1", file.string(), line),
                fmt::format("{} times where {} has {}; cut all to the same number",
                            one.times.size(), first_.filename().string(), all.points));
    }
    if (first_of_system) {
      all.times.insert(all.times.end(), one.times.begin(), one.times.end());
    } else {
      check_same_times(one, file);
    }
    all.states.insert(all.states.end(), one.states.begin(), one.states.end());
    if (all.states.size() <= most_numbers) return;
    fail_data(file.string(), "more than 2^28 numbers with this table; take fewer, or .npz");
  }

  void check_same_times(CsvTrajectory const &one, std::filesystem::path const &file) const
  {
    auto const &all = data_.train;
    auto const grid = all.times.end() - static_cast<std::ptrdiff_t>(all.points);
    for (std::size_t k = 0; k < all.points; ++k) {
      double const wanted = grid[static_cast<std::ptrdiff_t>(k)];
      if (one.times[k] == wanted) continue;
      fail_data(fmt::format("{}:{}:1", file.string(), one.lines[k]),
                fmt::format("the time {} where the first trajectory of its system has {}; store "
                            "all trajectories of a system at the same times, or list them as "
                            "systems of their own",
                            one.times[k], wanted));
    }
  }

  domains::Dataset &data_;
  std::filesystem::path first_;
};

}  // namespace

domains::Dataset read_csv_folder(std::filesystem::path const &folder)
{
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    fail_data(folder.string(), "there is no such folder; check the path");
  }
  domains::Dataset data;
  auto const path = folder.lexically_normal();
  data.name = (path.has_filename() ? path : path.parent_path()).filename().string();
  CsvList const list = list_of(folder, data.remark);
  if (!list.parameter_names.empty()) {
    data.families = data.family_names = {"system"};
    data.parameter_names = {list.parameter_names};
    data.units.resize(1);
  }
  Collector collector(data);
  for (CsvSystem const &system : list.systems) collector.add(system);
  check_times(folder.string(), data.train);
  return data;
}

}  // namespace tessera::io
