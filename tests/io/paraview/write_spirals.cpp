#include <cmath>
#include <string>
#include <vector>

#include <tessera/io/trajectory_vtk.hpp>

// Writes two families of two spirals, t = 0 … 10 in eleven frames, to the folder named first:
// what read_spirals.py expects to see.
int main(int argc, char **argv)
{
  if (argc != 2) return 2;
  std::vector<tessera::io::VtkTrajectory> spirals;
  for (int family : {24, 25}) {
    for (int environment : {0, 1}) {
      tessera::io::VtkTrajectory spiral{
          "family_" + std::to_string(family) + "/environment_" + std::to_string(environment),
          {},
          {},
          {{"radius", {}}}};
      for (int k = 0; k <= 200; ++k) {
        double const time = 0.05 * k, radius = (1 + environment) * std::exp(-0.1 * time);
        spiral.times.push_back(time);
        spiral.points.insert(spiral.points.end(), {radius * std::cos(time), radius * std::sin(time),
                                                   0.2 * (family - 24)});
        spiral.arrays[0].second.push_back(radius);
      }
      spirals.push_back(std::move(spiral));
    }
  }
  tessera::io::write_trajectories(argv[1], "phase", spirals, 11);
}
