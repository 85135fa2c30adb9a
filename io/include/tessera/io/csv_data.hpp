#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tessera/domains/trajectories.hpp>

// Trajectories as tables of comma-separated values: one a file, with a header of which the first
// column is t (or time) and every other a state, and a row for each stored time.
namespace tessera::io {

/// Reads a folder of such files as training data; the other splits stay empty. In `systems.csv`,
/// with the columns file, system and any number of parameters, a row says which system a file is
/// a trajectory of; where it is absent every file is a system of its own, called like the file.
/// Environments stand in the order in which systems appear. Trajectories of one system share their
/// times, all have equally many, and all systems equally many trajectories. Throws InputError that
/// names file, line and column; for more than 65536 files or 2^28 numbers too.
domains::Dataset read_csv_folder(std::filesystem::path const &folder);

/// One trajectory, and the names of its states.
struct CsvTrajectory {
  std::vector<std::string> state_names;
  std::vector<double> times, states;  ///< (time), (time, state)
  std::vector<std::size_t> lines;     ///< (time): where it stands in the file
};
/// Throws InputError that names file, line and column.
CsvTrajectory read_csv_trajectory(std::filesystem::path const &file);

/// Writes one trajectory, whole and then renamed. Throws IoError.
void write_csv_trajectory(std::filesystem::path const &file, CsvTrajectory const &trajectory);

}  // namespace tessera::io
