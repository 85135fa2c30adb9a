#include <filesystem>

#include <fmt/format.h>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/domains/partition.hpp>

#include "check_parts.hpp"
#include "place_fields.hpp"

namespace tessera::model {
namespace {

void make_layer(constraint::ConstrainedOptions const &o, domains::SpaceTimeGrid const &grid)
{
  constraint::ConstraintLayer(domains::Partition(grid, o.boxes_in_time, o.boxes_in_space), o.layer);
}

void take_a_step(PlaceSettings const &s)
{
  constraint::ConstrainedOptions o = s.training;
  auto const network = constraint::make_basis_network(s.network);
  if (s.constrained()) {
    make_layer(o, o.grid);
    make_layer(s.testing(), s.grid);
  }
  o.batch = 1;
  constraint::ConstrainedTrainer trainer(*s.family, *network, o);
  constraint::constrained_step(trainer, 0);
}

}  // namespace

std::string check_parts(PlaceSettings const &s)
{
  std::string const path = fields_path(s);
  bool const there = !path.empty() && std::filesystem::exists(path);
  if (there) open_fields(path, s, Log());
  take_a_step(s);
  if (path.empty()) return "  truth      is solved anew\n";
  return fmt::format("  truth      {} ({})\n", path, there ? "there" : "will be made");
}

}  // namespace tessera::model
