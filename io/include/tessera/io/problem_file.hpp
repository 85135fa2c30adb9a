#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <tessera/io/pdebench.hpp>

namespace tessera::io {

/// Problems of a family of PDEs as users hand them over: what tells each from the others, true
/// fields that this can be seen from, or both.
struct ProblemFile {
  std::vector<std::vector<double>> parameters;  ///< (sample, parameter); empty: fields alone
  std::optional<PdebenchFile> fields;           ///< (sample), where the file holds them
};

/// Opens an HDF5 file (.h5, .hdf5) or a NumPy archive (.npz). `names` are those of the parameters:
/// an array (sample) is read for each, or one array "parameters" (sample, parameter) for all; an
/// HDF5 file may hold fields in one of PDEBench's layouts besides, or instead. Throws InputError
/// where neither is there, where shapes or counts do not fit, and at a number that is not finite:
/// it names file, array and sample.
ProblemFile open_problems(std::filesystem::path const &path, std::vector<std::string> const &names);

}  // namespace tessera::io
