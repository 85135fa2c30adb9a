#pragma once

#include <filesystem>

#include <tessera/domains/trajectories.hpp>

// Folders of NumPy archives as the authors of MixER published them. An archive holds one split:
//
//   flat        t (time)          X (environment, trajectory, time, state); read, not written, with
//               t (environment, time) too
//   per family  t (family, time)  X (family, environment, trajectory, time, state)
//
// Names: train.npz and test.npz (which may be absent: its split is then empty), or train_data.npz
// and test_data.npz; for the adaptation to new environments (support and query, may be absent)
// adapt_train.npz and adapt_test.npz, or ood_train.npz and ood_test.npz. Beside an archive may
// stand, under its name, what is known of its environments: train_envs.json, {"family id":
// [{"parameter": value, ...}, ...], ...}.
//
// Of our own, all optional: arrays in an archive, `names` (environment), `parameters` (environment,
// parameter), `parameter_names` (parameter), the first and the last of text; outside_train.npz and
// outside_test.npz (parameters outside the training range); dataset.json (name, families,
// family_names, state_names, parameter_names, units); the family id "" for environments of unknown
// family.
namespace tessera::io {

/// Reads such a folder; environments stay in the order of the files, family after family. A test
/// split without _envs.json takes over what is known of the training environments (and the other
/// way round). Where no _envs.json is there at all, families of a per-family layout are called
/// "0", "1", ..., and environments of a flat one are of no known family (-1). States are called
/// x1, x2, ... where nothing names them. Support and query must agree in families, but not in
/// parameters: in the published data they differ. Throws InputError with file, array, place and
/// advice for anything missing, damaged, not finite, unsorted or of shapes that do not fit.
domains::Dataset read_published(std::filesystem::path const &folder);

/// Writes a data set so that read_published gives it back bit for bit, except that environments
/// are sorted by family (stable: those of one family keep their order, whatever stood between
/// them; undoing a permutation within a family is the caller's). A split whose families, two or
/// more, have equally many environments is written per family, any other flat. Files of an earlier
/// call are replaced, or removed where this data set has no such split. Throws InputError for data
/// that read_published would refuse, where environments of one family (per family) or all of them
/// (flat) do not share a time grid, and where the folder holds files of another naming; IoError
/// where a file cannot be written.
void write_published(std::filesystem::path const &folder, domains::Dataset const &data);

}  // namespace tessera::io
