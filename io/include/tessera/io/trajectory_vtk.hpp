#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tessera::io {

/// One trajectory as ParaView sees it: a poly-line in (x, y, z) with arrays along it.
struct VtkTrajectory {
  std::string part;            ///< block name, for instance "family_24/environment_3"
  std::vector<double> times;   ///< (time)
  std::vector<double> points;  ///< (time, 3)
  std::vector<std::pair<std::string, std::vector<double>>> arrays;  ///< each (time)
};

/// Writes `folder`/`name`.pvd with one .vtp per part and time step: at step k a part shows its
/// poly-lines up to time k (true times in the .pvd, blocks named). `frames` steps are spread
/// over the longest trajectory. Pieces first, the .pvd last, whole and renamed. Throws IoError.
void write_trajectories(std::filesystem::path const &folder, std::string const &name,
                        std::vector<VtkTrajectory> const &trajectories, int frames = 25);

}  // namespace tessera::io
