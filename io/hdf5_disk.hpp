#pragma once

#include <hdf5.h>

namespace tessera::io::hdf5 {

/// Makes files of this access list lie on disk in a way that survives a full one. HDF5 itself
/// crashes, at the latest as the process ends, where a file cannot be written out; here it is never
/// told: what does not fit is dropped, and disk_error says why. Negative where HDF5 refuses.
herr_t set_disk(hid_t access);

/// The error number of the first write to an open file of that kind that failed, or 0.
int disk_error(hid_t file);

}  // namespace tessera::io::hdf5
