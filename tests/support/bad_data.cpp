// bad_data KIND SOUND BAD: copies a data file that the program made, with one thing wrong;
// bad_data KIND BAD: fields in PDEBench's form with one thing wrong. For tests of refusals; Python
// has no HDF5 here.

#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include <hdf5.h>

#include <tessera/io/dataset_file.hpp>
#include <tessera/io/pdebench.hpp>

using tessera::domains::Dataset;
using Change = std::function<void(Dataset &)>;

namespace {

std::map<std::string, Change> const changes{
    {"nan", [](Dataset &d) { d.train.states[5] = std::nan(""); }},
    {"infinite", [](Dataset &d) { d.query.states[0] = INFINITY; }},
    {"times", [](Dataset &d) { d.test.times[3] = d.test.times[2]; }},
    {"names", [](Dataset &d) { d.state_names.pop_back(); }},
    {"family", [](Dataset &d) { d.train.environments[0].family = 17; }},
    {"pairing", [](Dataset &d) { d.test.environments[0].parameters = {1e3}; }},
    {"short",
     [](Dataset &d) {
       for (auto *split :
            {&d.train, &d.test, &d.support, &d.query, &d.outside_support, &d.outside_query}) {
         tessera::domains::Trajectories cut = *split;
         cut.points = 5;
         cut.times.clear();
         cut.states.clear();
         for (std::size_t e = 0; e < split->size(); ++e) {
           auto const grid = split->grid(e).first(5);
           cut.times.insert(cut.times.end(), grid.begin(), grid.end());
           for (std::size_t j = 0; j < split->count; ++j) {
             for (std::size_t k = 0; k < 5; ++k) {
               auto const state = split->state(e, j, k);
               cut.states.insert(cut.states.end(), state.begin(), state.end());
             }
           }
         }
         *split = cut;
       }
     }},
};

/// What no writer of ours would leave out.
int remove_from(std::string const &file, char const *object)
{
  hid_t const id = H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  herr_t const status = H5Ldelete(id, object, H5P_DEFAULT);
  H5Fclose(id);
  return status < 0 ? 1 : 0;
}

/// Three fields of 21 levels x 32 cells, the second with one thing wrong.
int write_fields(std::string const &file, bool nan)
{
  tessera::domains::SpaceTimeGrid const grid{.cells = 32, .levels = 21};
  tessera::io::PdebenchWriter writer(file, {.grid = grid, .count = 3});
  for (std::size_t k = 0; k < 3; ++k) {
    std::vector<double> field(grid.size(), 0.1);
    if (k == 1) field[nan ? 77 : 5] = nan ? std::nan("") : 0.2;
    writer.write(k, field);
  }
  writer.finish();
  return 0;
}

}  // namespace

int main(int argc, char **argv)
{
  if (argc == 3 && std::string(argv[1]) == "nan_fields") return write_fields(argv[2], true);
  if (argc == 3 && std::string(argv[1]) == "uneven_fields") return write_fields(argv[2], false);
  if (argc != 4) return 2;
  std::string const kind = argv[1], sound = argv[2], bad = argv[3];
  Dataset data = tessera::io::read_dataset(sound);
  if (auto const change = changes.find(kind); change != changes.end()) change->second(data);
  tessera::io::write_dataset(bad, data, tessera::io::dataset_settings(sound));
  if (kind == "without_times") return remove_from(bad, "/train/times");
  if (kind == "without_train") return remove_from(bad, "/train");
  return changes.contains(kind) || kind == "same" ? 0 : 2;
}
