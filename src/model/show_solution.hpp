#pragma once

#include <functional>
#include <string>
#include <vector>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/io/picture.hpp>
#include <tessera/io/run_folder.hpp>

// What one solution by experts by place looks like beside the truth, shape (level, cell).
namespace tessera::model {

/// What times and lengths are measured in; empty where an equation has no units.
struct FieldUnits {
  std::string time, length;

  /// "t (s)" or "t"
  std::string time_title() const;
  /// "x (m)" or "x" of axis k, x the first.
  std::string axis_title(std::size_t k) const;
  /// "t = 5 s" or "t = 5"
  std::string at(double time) const;
};

/// fields/fields.pvd: over one axis of space a block in (x, t) for each expert, else a step in time
/// for each level.
void write_solution_fields(std::vector<double> const &true_field,
                           domains::Partition const &partition,
                           constraint::PlacedSolution const &solution, io::RunFolder const &folder);

/// Over one axis of space: profiles of a quantity and their errors at four times, the truth dashed.
std::vector<io::Plot> solution_slices(std::string const &quantity,
                                      std::vector<double> const &true_field,
                                      domains::SpaceTimeGrid const &grid,
                                      constraint::PlacedSolution const &solution,
                                      FieldUnits const &units = {});

/// plots/slices.png
void write_solution_slices(std::vector<io::Plot> const &slices, io::RunFolder const &folder);

/// Over two axes of space: x and y as a map of `value` (of the number of a cell), whose bar spans
/// its values. Of three axes the layer in the middle of z.
io::FieldMap field_map(domains::SpaceTimeGrid const &grid, FieldUnits const &units,
                       std::function<double(std::size_t)> const &value);

/// The same of truth, prediction and error, three maps for each of four times, with the borders of
/// boxes. Truth and prediction share their bar.
std::vector<io::FieldMap> solution_maps(std::vector<double> const &true_field,
                                        domains::Partition const &partition,
                                        constraint::PlacedSolution const &solution,
                                        FieldUnits const &units = {});

/// How each expert fared, as a table in Markdown.
std::string expert_table(domains::SpaceTimeGrid const &grid,
                         constraint::PlacedSolution const &solution, FieldUnits const &units = {});

}  // namespace tessera::model
