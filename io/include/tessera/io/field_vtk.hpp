#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <tessera/domains/space_time_grid.hpp>

namespace tessera::io {

/// Names and values, each (level, cell).
using FieldArrays = std::vector<std::pair<std::string, std::vector<double>>>;

/// One expert's box of a space-time field as ParaView sees it.
struct FieldBlock {
  std::string part;       ///< block name, for instance "expert_0"
  std::vector<double> x;  ///< (cell)
  std::vector<double> t;  ///< (level)
  FieldArrays arrays;
};

/// Writes `folder`/`name`.pvd with one .vtr per block: x along the first axis, t along the second,
/// t times `time_scale`. Pieces first, the .pvd last, whole and renamed. Throws Error on wrong
/// shapes, IoError.
void write_fields(std::filesystem::path const &folder, std::string const &name,
                  std::vector<FieldBlock> const &blocks, double time_scale = 1);

/// Writes `folder`/`name`.pvd with one .vti for each level of a grid, at its true time: cell data
/// in single precision over the whole box of space, from 0 on, so that neighbouring cells meet.
/// Pieces first, the .pvd last, whole and renamed. Throws Error on wrong shapes, IoError.
void write_field_series(std::filesystem::path const &folder, std::string const &name,
                        domains::SpaceTimeGrid const &grid, FieldArrays const &arrays);

}  // namespace tessera::io
