#pragma once

namespace tessera::io::hdf5 {

/// Teaches HDF5 to read what h5py wrote with its filter "lzf" (number 32000), such as PDEBench's
/// files. Once is enough; more do no harm, and a filter that the host has registered stays.
void register_lzf();

}  // namespace tessera::io::hdf5
