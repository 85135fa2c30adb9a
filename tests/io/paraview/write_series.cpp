#include <cmath>
#include <vector>

#include <tessera/domains/partition.hpp>
#include <tessera/io/field_vtk.hpp>

// Writes a hump that wanders over a plane of 20 x 10 cells, t = 0, 0.1, … 1, in 2 x 2 boxes, to the
// folder named first: what read_series.py expects to see.
int main(int argc, char **argv)
{
  if (argc != 2) return 2;
  using namespace tessera::domains;
  auto const grid = SpaceTimeGrid::over({{20, 2}, {10, 1}}, 11, 1);
  Partition const partition(grid, 1, std::vector<std::size_t>{2, 2});
  auto const x = grid.centres(0), y = grid.centres(1), t = grid.times();
  std::vector<double> u, expert;
  for (std::size_t n = 0; n < grid.levels; ++n) {
    for (std::size_t i = 0; i < grid.cells; ++i) {
      u.push_back(std::exp(-8 * (std::pow(x[i] - 0.5 - t[n], 2) + std::pow(y[i] - 0.5, 2))));
      expert.push_back(static_cast<double>(partition.owner(n, i)));
    }
  }
  tessera::io::write_field_series(argv[1], "fields", grid, {{"prediction", u}, {"expert", expert}});
}
