#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tessera/domains/trajectories.hpp>

namespace tessera::io {

/// Reads trajectories that a user hands over: a NumPy archive (.npz) or HDF5 file (.h5, .hdf5)
/// with the arrays `t` (time) or (environment, time), increasing, and `X` (environment,
/// trajectory, time, state), the first axes left out where there is one of them, and perhaps
/// `names` (environment) of text; or a table of one trajectory (.csv, csv_data.hpp). With
/// `starts_alone` the time axis of X may have length 1: the states behind the first are then zero.
/// `split` ("train", "query", …) picks one of a data set file that a run made. Throws InputError
/// that names file and array.
domains::Trajectories read_trajectory_file(std::filesystem::path const &file,
                                           std::string const &split = {},
                                           bool starts_alone = false);

/// Throws InputError where the ending of `file` is none of these: before work whose result goes
/// there.
void check_trajectory_file_name(std::filesystem::path const &file);

/// Writes `t` and `X` (environment, trajectory, time, state), and `deviation` of the same shape
/// where the data have it, whole and then renamed; `t` has the environments' axis only where their
/// grids differ. Throws InputError for another ending than those above, IoError where the file
/// cannot be written. A table (.csv) takes one trajectory and calls its columns `state_names`, x1,
/// x2, … where there are none, and x1_deviation, ….
void write_trajectory_file(std::filesystem::path const &file, domains::Trajectories const &data,
                           std::vector<std::string> const &state_names = {});

/// What a table calls its states; empty for files that do not say.
std::vector<std::string> state_names_in(std::filesystem::path const &file);

}  // namespace tessera::io
