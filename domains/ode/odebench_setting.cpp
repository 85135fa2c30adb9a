#include "odebench_setting.hpp"

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

// As shipped with the paper's code.
OdebenchSetting small_4()
{
  return {0.8,
          1.2,
          5,
          1,
          {{"24", {2.1}, {0.5, 0.5}, {0.75, 0.75}, 6.0},
           {"35", {2.0}, {0.3, -0.3}, {0.5, -0.5}, 6.0},
           {"32", {0.1}, {-0.5, -0.5}, {-0.7, -0.7}, 8.0},
           {"40", {0.886}, {0.4, 0.0}, {0.3, 0.1}, 8.0}}};
}

OdebenchSetting odebench_2()
{
  return {0.9,
          1.1,
          5,
          1,
          {{"25", {4.5, 0.4}, {0.1, 0.1}, {0.0, -0.3}, 5.0},
           {"35", {6.0}, {1.1, -0.3}, {0.7, -1.7}, 5.0}}};
}

// What 10A and 10B share; they differ in horizons, layout and the reference of family 34.
std::vector<FamilySetting> ten_families(std::vector<double> const &horizons, FamilySetting hoop)
{
  std::vector<FamilySetting> families{{"24", {2.1}, {0.4, -0.03}, {0.0, 0.2}, 0.0},
                                      {"25", {4.5, 0.43}, {0.12, 0.043}, {0.0, -0.3}, 0.0},
                                      {"28", {0.9}, {-1.9, 0.0}, {0.3, 0.8}, 0.0},
                                      {"32", {0.18}, {-1.8, -1.8}, {-2.8, 1.0}, 0.0},
                                      std::move(hoop),
                                      {"35", {4.2}, {1.13, -0.3}, {0.7, -1.7}, 0.0},
                                      {"37", {0.43}, {2.2, 0.0}, {0.1, 3.2}, 0.0},
                                      {"38", {3.37}, {0.7, 0.0}, {-1.1, -0.7}, 0.0},
                                      {"39", {2.4, 0.07}, {0.4, 0.31}, {0.2, -0.7}, 0.0},
                                      {"40", {0.886}, {0.63, -0.03}, {0.2, 0.2}, 0.0}};
  for (std::size_t f = 0; f < families.size(); ++f) families[f].horizon = horizons[f];
  return families;
}

// The public generator. The published choice of adaptation environments is not used: support and
// query there are different environments.
OdebenchSetting ten_a()
{
  return {0.9, 1.1, 5, 4,
          ten_families({10, 8, 15, 5, 20, 5, 15, 15, 4, 10},
                       {"34", {0.93}, {2.1, 0.0}, {-1.2, -0.2}, 0.0})};
}

OdebenchSetting ten_b()
{
  return {
      0.8, 1.2, 16, 4,
      ten_families({6, 4, 6, 4, 8, 4, 10, 8, 3, 8}, {"34", {-2.1}, {1.8, 0.0}, {1.0, 0.4}, 0.0})};
}

}  // namespace

OdebenchSetting odebench_setting(std::string const &name)
{
  if (name == "small-4") return small_4();
  if (name == "odebench-2") return odebench_2();
  if (name == "10A") return ten_a();
  if (name == "10B") return ten_b();
  throw InputError("data.setting: unknown ODEBench setting \"" + name +
                   "\"; choose small-4, odebench-2, 10A or 10B");
}

}  // namespace tessera::domains
