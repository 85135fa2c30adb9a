#pragma once

#include <string>
#include <vector>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/io/picture.hpp>
#include <tessera/io/run_folder.hpp>

// What one solution by experts by place looks like beside the truth, shape (level, cell).
namespace tessera::model {

/// fields/fields.pvd, a block for each expert.
void write_solution_fields(std::vector<double> const &true_field,
                           domains::Partition const &partition,
                           constraint::PlacedSolution const &solution, io::RunFolder const &folder);

/// Profiles of a quantity and their errors at four times, the truth dashed.
std::vector<io::Plot> solution_slices(std::string const &quantity,
                                      std::vector<double> const &true_field,
                                      domains::SpaceTimeGrid const &grid,
                                      constraint::PlacedSolution const &solution);

/// plots/slices.png
void write_solution_slices(std::vector<io::Plot> const &slices, io::RunFolder const &folder);

/// How each expert fared, as a table in Markdown.
std::string expert_table(domains::SpaceTimeGrid const &grid,
                         constraint::PlacedSolution const &solution);

}  // namespace tessera::model
