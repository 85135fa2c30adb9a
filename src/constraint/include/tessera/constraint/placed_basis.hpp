#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <tessera/constraint/basis_bank.hpp>
#include <tessera/constraint/constraint_options.hpp>
#include <tessera/domains/partition.hpp>

namespace tessera::constraint {

/// What the rows read of a basis, gathered once: every expert's functions on the grid, as columns
/// (expert, function) of values and of each linear term of the equation, and the two functions that
/// meet at the points of the cuts.
struct PlacedBasis {
  domains::SpaceTimeGrid grid;
  std::size_t experts = 1, functions = 0;
  std::vector<double> value;               ///< (level, cell, column): window x distance x function
  std::vector<domains::LinearTerm> terms;  ///< of the equation, behind u
  std::vector<std::vector<double>> term_values;  ///< (term), each as value, without ghost
  /// First and last + 1 of the columns that are not zero at a point. Shape (level, cell, 2).
  std::vector<std::size_t> range;

  /// A point of a cut, two layers on either side: both experts' functions there. Cells count on
  /// beyond the last where the grid is periodic.
  struct Meeting {
    std::size_t level, cell, one, other;  ///< `one` and `other` are experts
  };
  std::vector<Meeting> meetings;
  std::vector<double> meeting_values;  ///< (meeting, 2, function), with the distance

  std::size_t columns() const { return experts * functions; }
  /// With u itself.
  std::size_t term_count() const { return 1 + terms.size(); }
  /// The columns of term k at a point, u the first.
  double const *row(std::size_t k, std::size_t point) const
  {
    return (k == 0 ? value : term_values[k - 1]).data() + point * columns();
  }
};

/// Gathers the functions of all experts: in windows that are 1 in a box and 0 outside, or smooth
/// ones where the coupling is partition_of_unity (C2 over `overlap` cells around each cut).
PlacedBasis place(domains::PdeSample const &sample, domains::Partition const &partition,
                  BasisBank const &bank, Coupling coupling, bool lift, std::size_t overlap = 8);

/// Gathers one expert's functions on the whole grid, without a window.
PlacedBasis place_alone(domains::PdeSample const &sample, domains::Partition const &partition,
                        std::size_t expert, BasisBank const &bank, bool lift);

/// The derivative by the functions of a bank that is the same for all experts, added to
/// `functions_bar` (level, cell, function): the transposed of place(), from the derivatives by the
/// columns' values (terms pulled back already) and by the values at meetings.
void pull_back_place(domains::Pde const &pde, domains::Partition const &partition,
                     PlacedBasis const &placed, Coupling coupling, bool lift,
                     std::span<double const> value_bar, std::span<double const> meeting_bar,
                     std::span<double> functions_bar, std::size_t overlap = 8);

/// The derivative of a loss by the columns' values, from that by values and by terms: value_bar +=
/// transposed terms of term_bars. Shapes (level, cell, column), (term) of such.
void pull_back_terms(PlacedBasis const &placed, std::vector<std::vector<double>> const &term_bars,
                     std::vector<double> &value_bar);

}  // namespace tessera::constraint
