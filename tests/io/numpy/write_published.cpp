#include <filesystem>
#include <vector>

#include <tessera/io/published_layout.hpp>

// Writes two families of two environments, given in mixed order, to the folder named first, and
// the first of them alone to its folder `flat`: what read_published.py expects to see.
int main(int argc, char **argv)
{
  if (argc != 2) return 2;
  std::filesystem::path const folder = argv[1];
  auto make = [](std::vector<tessera::domains::Environment> const &environments) {
    tessera::domains::Trajectories split{environments, 3, 4, 2, {}, {}};
    for (auto const &e : environments) {
      for (int k = 0; k < 4; ++k) split.times.push_back(k * (e.family + 1) / 10.0);
      for (int i = 0; i < 24; ++i) split.states.push_back(100 * e.parameters[0] + i / 3.0);
    }
    return split;
  };
  tessera::domains::Dataset data;
  data.name = "numbers";
  data.families = {"24", "25"};
  data.state_names = {"u", "v"};
  data.parameter_names = {{"c0"}, {"c0", "c1"}};
  data.train = data.test = make({{1, {3, 0.1}}, {0, {1}}, {1, {4, 0.2}}, {0, {2}}});
  data.support = data.query = make({{0, {5}}});
  tessera::io::write_published(folder, data);

  data.train = data.test = data.support;
  data.support = data.query = {};
  tessera::io::write_published(folder / "flat", data);
}
