#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tessera::io {

/// One expert's box of a space-time field as ParaView sees it.
struct FieldBlock {
  std::string part;       ///< block name, for instance "expert_0"
  std::vector<double> x;  ///< (cell)
  std::vector<double> t;  ///< (level)
  std::vector<std::pair<std::string, std::vector<double>>> arrays;  ///< each (level, cell)
};

/// Writes `folder`/`name`.pvd with one .vtr per block: x along the first axis, t along the second,
/// t times `time_scale`. Pieces first, the .pvd last, whole and renamed. Throws Error on wrong
/// shapes, IoError.
void write_fields(std::filesystem::path const &folder, std::string const &name,
                  std::vector<FieldBlock> const &blocks, double time_scale = 1);

}  // namespace tessera::io
