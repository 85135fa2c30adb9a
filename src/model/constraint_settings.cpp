#include "constraint_settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "oracle.hpp"

namespace tessera::model {
namespace {

/// The place of a word in a list of them: enumerators in the same order.
template <class Enum>
Enum choice(Section &section, std::string const &key, std::vector<std::string> const &words)
{
  std::string const word = section.choose(key, words.front(), words);
  return static_cast<Enum>(std::find(words.begin(), words.end(), word) - words.begin());
}

}  // namespace

constraint::LayerOptions read_layer(Section constraint)
{
  using namespace constraint;
  LayerOptions layer;
  RowOptions &rows = layer.rows;
  rows.kind = choice<RowKind>(constraint, "rows", {"consistent", "reference"});
  rows.norm = choice<RowNorm>(constraint, "norm", {"step", "plain", "propagated"});
  rows.time = choice<TimeScheme>(constraint, "time",
                                 {"crank_nicolson", "bdf2", "backward_euler", "logarithmic"});
  rows.form = choice<domains::Form>(constraint, "form", {"rate", "conservative"});
  rows.cells = std::size_t(constraint.get_in("cells", 1, 1, 1 << 20));
  rows.early = constraint.get_in("early", rows.early, 0.0, 1.0);
  rows.spreading = constraint.get_in("spreading", rows.spreading, 0.0, 1e9);
  rows.first_level = std::size_t(constraint.get_in("first_level", 2, 1, 1 << 20));
  rows.boundary = constraint.get("boundary", rows.boundary);
  rows.lift = constraint.get("lift", rows.lift);
  rows.continuity = constraint.get_in("continuity", rows.continuity, 0.0, 1e9);
  layer.coupling =
      choice<Coupling>(constraint, "coupling", {"joint", "none", "schwarz", "partition_of_unity"});
  layer.solver.max_iterations = constraint.get_in("max_iterations", 30, 1, 10000);
  layer.solver.frozen_passes = constraint.get_in("frozen_passes", 3, 0, 100);
  layer.solver.tolerance = constraint.get_in("tolerance", layer.solver.tolerance, 0.0, 1.0);
  layer.solver.ridge = constraint.get_in("ridge", layer.solver.ridge, 0.0, 1.0);
  return layer;
}

OracleSettings OracleSettings::read(Config const &config)
{
  OracleSettings s;
  read_identity(config, s);
  Section grid = config.section("grid");
  s.grid.cells = std::size_t(grid.get_in("cells", 1024, 8, 1 << 20));
  s.grid.levels = std::size_t(grid.get_in("levels", 101, 4, 1 << 20));
  Section oracle = config.section("oracle");
  s.fields = oracle.get_in("fields", 20, 1, 10000);
  s.samples = oracle.get_in("samples", 20, 1, 10000);
  s.functions = oracle.get_in("functions", 5, 1, 64);
  s.tables = oracle.get("tables", table_names());
  auto const known = table_names();
  for (auto const &table : s.tables) {
    if (std::find(known.begin(), known.end(), table) != known.end()) continue;
    oracle.fail("tables", fmt::format("names \"{}\"; there is {}", table, fmt::join(known, ", ")));
  }
  if (s.functions > s.fields) {
    oracle.fail("functions", fmt::format("must be at most oracle.fields = {}: a basis has no more "
                                         "modes than fields",
                                         s.fields));
  }
  Section experts = config.section("experts");
  s.boxes_in_time = experts.get_in("in_time", 1, 1, 1 << 20);
  s.boxes_in_space = experts.get_in("in_space", 4, 1, 1 << 20);
  s.layer = read_layer(config.section("constraint"));
  config.finish();
  s.resolved = config.resolved();
  s.given = config.text();
  return s;
}

}  // namespace tessera::model
