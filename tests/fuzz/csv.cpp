// Tables of trajectories and folders of them: the input is the text of the tables, with a line
// "---" between two; the last of several is the list systems.csv.

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/core/error.hpp>
#include <tessera/io/csv_data.hpp>

#include "check.hpp"

namespace {

using namespace tessera;

/// An empty folder in memory, there until it is destroyed.
class MemoryFolder {
 public:
  MemoryFolder() : path_("/dev/shm/tessera_fuzz_csv_" + std::to_string(getpid()))
  {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~MemoryFolder() { std::filesystem::remove_all(path_); }
  MemoryFolder(MemoryFolder const &) = delete;
  MemoryFolder &operator=(MemoryFolder const &) = delete;
  std::filesystem::path write(std::string const &name, std::string_view text) const
  {
    std::ofstream out(path_ / name, std::ios::binary);
    fuzz::demand(static_cast<bool>(out << text << std::flush), "cannot write", name);
    return path_ / name;
  }
  std::filesystem::path const &path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::vector<std::string_view> parts_of(std::string_view text)
{
  constexpr std::string_view line = "\n---\n";
  std::vector<std::string_view> parts;
  for (std::size_t end; (end = text.find(line)) != text.npos && parts.size() < 3;) {
    parts.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + line.size());
  }
  parts.push_back(text);
  return parts;
}

void check_table(std::filesystem::path const &file)
{
  io::CsvTrajectory const table = io::read_csv_trajectory(file);
  std::size_t const points = table.times.size(), states = table.state_names.size();
  fuzz::demand(points > 0 && states > 0, "a table of nothing");
  fuzz::demand(table.states.size() == points * states, "states do not fill their shape");
  fuzz::demand(table.lines.size() == points, "not a line for each time");
  for (std::size_t k = 1; k < points; ++k) {
    fuzz::demand(table.times[k] > table.times[k - 1], "times do not increase");
  }
  for (double const value : table.states) fuzz::demand(std::isfinite(value), "not finite");

  io::write_csv_trajectory(file, table);
  io::CsvTrajectory again;
  try {
    again = io::read_csv_trajectory(file);
  } catch (InputError const &error) {
    fuzz::demand(false, "what was written is refused", error.what());
  }
  fuzz::demand(again.state_names == table.state_names, "names change when written");
  fuzz::demand(again.times == table.times && again.states == table.states,
               "numbers change when written");
}

void check_folder(std::filesystem::path const &folder)
{
  domains::Dataset const data = io::read_csv_folder(folder);
  auto const &all = data.train;
  fuzz::demand(all.size() > 0 && all.count > 0 && all.points > 1, "a data set of nothing");
  fuzz::demand(all.times.size() == all.size() * all.points, "times do not fill their shape");
  fuzz::demand(all.states.size() == all.size() * all.count * all.points * all.dimension,
               "states do not fill their shape");
  std::size_t const parameters = data.families.empty() ? 0 : data.parameter_names[0].size();
  for (auto const &environment : all.environments) {
    fuzz::demand(!environment.name.empty(), "a system without a name");
    fuzz::demand(environment.parameters.size() == parameters, "parameters without names");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const *data, std::size_t size)
{
  auto const parts = parts_of({reinterpret_cast<char const *>(data), size});
  MemoryFolder const folder;
  std::vector<std::filesystem::path> tables;
  std::size_t const count = parts.size() > 1 ? parts.size() - 1 : 1;
  for (std::size_t i = 0; i < count; ++i) {
    tables.push_back(folder.write(std::string(1, char('a' + i)) + ".csv", parts[i]));
  }
  if (parts.size() > 1) folder.write("systems.csv", parts.back());
  fuzz::try_to([&] { check_folder(folder.path()); });
  for (auto const &file : tables) fuzz::try_to([&] { check_table(file); });
  return 0;
}
