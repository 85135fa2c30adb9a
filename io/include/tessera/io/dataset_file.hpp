#pragma once

#include <filesystem>
#include <string>

#include <tessera/domains/trajectories.hpp>

namespace tessera::io {

/// Writes a data set as HDF5 (groups train, test, support, query, …; names, units and parameters
/// as attributes; `settings` says what it was made from), whole and then renamed. Throws IoError.
void write_dataset(std::filesystem::path const &file, domains::Dataset const &data,
                   std::string const &settings);

/// Reads what write_dataset wrote; a file without test data leaves that split empty. NaN, wrong
/// shapes or missing arrays are an InputError that names file and array.
domains::Dataset read_dataset(std::filesystem::path const &file);

/// The settings a file was made from; empty where there is no such file or it is unreadable.
std::string dataset_settings(std::filesystem::path const &file);

}  // namespace tessera::io
