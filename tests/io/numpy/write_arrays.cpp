#include <filesystem>
#include <limits>
#include <numeric>
#include <vector>

#include <tessera/io/numpy.hpp>

// Writes arrays of several shapes to the folder named first: what read_arrays.py expects to see.
int main(int argc, char **argv)
{
  if (argc != 2) return 2;
  std::filesystem::path const folder = argv[1];
  auto thirds = [](std::size_t count) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(i) / 3.0;
    return values;
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  tessera::io::write_npz(folder / "arrays.npz", {{"number", {{}, {0.1}}},
                                                 {"empty", {{0, 3}, {}}},
                                                 {"t", {{5}, thirds(5)}},
                                                 {"X", {{2, 3, 4, 2}, thirds(48)}},
                                                 {"special", {{3}, {-0.0, 5e-324, infinity}}}});
}
