#pragma once

#include <tessera/core/registry.hpp>

namespace tessera::model {

/// Adds to the seam Domain what reads a user's own data: "npz", a folder of NumPy archives in the
/// published layout, and "hdf5", a data set file of Tessera's form (io/dataset_file.hpp).
void register_file_sources(Registry &registry);

}  // namespace tessera::model
