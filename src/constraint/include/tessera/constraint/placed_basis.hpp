#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <tessera/constraint/basis_bank.hpp>
#include <tessera/constraint/constraint_options.hpp>
#include <tessera/domains/partition.hpp>

namespace tessera::constraint {

/// Columns [first, last).
struct Columns {
  std::uint32_t first = 0, last = 0;

  std::size_t size() const { return last - first; }
  bool empty() const { return first == last; }
  /// What two have in common.
  Columns with(Columns other) const
  {
    std::uint32_t const begin = std::max(first, other.first);
    return {begin, std::max(begin, std::min(last, other.last))};
  }
  bool operator==(Columns const &) const = default;
};

/// What the rows read of a basis, gathered once: every expert's functions on the grid, as columns
/// (expert, function) of values and of each linear term of the equation, and the two functions that
/// meet at the points of the cuts. A point holds the columns of the experts that reach it alone.
struct PlacedBasis {
  domains::SpaceTimeGrid grid;
  std::size_t experts = 1, functions = 0;
  std::vector<double> value;  ///< window x distance x function: of each point its columns `held`
  std::vector<domains::LinearTerm> terms;  ///< of the equation, behind u
  /// (term), each as value, without ghost. Empty on grids of several axes, whose terms are many:
  /// there they are made from u where they are read.
  std::vector<std::vector<double>> term_values;
  std::vector<Columns> held;  ///< (point): columns that are stored
  /// (point): columns that may be other than zero in one of the terms.
  std::vector<Columns> range;
  std::vector<std::size_t> begin;  ///< (point): where column 0 would stand in `value`

  /// A point of a cut, two layers on either side: both experts' functions there.
  struct Meeting {
    std::size_t level, cell;  ///< by the grid's number
    std::size_t one, other;   ///< experts, on this side of the cut and on that
    /// The axis that closes between them: `one` finds the cell beyond its last; -1: none.
    int around = -1;
  };
  std::vector<Meeting> meetings;
  std::vector<double> meeting_values;  ///< (meeting, 2, function), with the distance

  std::size_t columns() const { return experts * functions; }
  /// With u itself.
  std::size_t term_count() const { return 1 + terms.size(); }
  bool keeps_terms() const { return term_values.size() == terms.size(); }
  /// Columns of u at a point that are stored and may be other than zero.
  Columns own(std::size_t point) const { return held[point].with(range[point]); }
  /// Term k at a point, u the first, as row[column], of the columns that are held there.
  double const *row(std::size_t k, std::size_t point) const
  {
    return (k == 0 ? value : term_values[k - 1]).data() + begin[point];
  }
};

/// Gathers the functions of all experts: in windows that are 1 in a box and 0 outside, or smooth
/// ones where the coupling is partition_of_unity (C2 over `overlap` cells around each cut).
PlacedBasis place(domains::PdeSample const &sample, domains::Partition const &partition,
                  BasisBank const &bank, Coupling coupling, bool lift, std::size_t overlap = 8);

/// Gathers one expert's functions on the whole grid, without a window.
PlacedBasis place_alone(domains::PdeSample const &sample, domains::Partition const &partition,
                        std::size_t expert, BasisBank const &bank, bool lift);

/// One function, which is this field, without terms. Shape (level, cell).
PlacedBasis place_field(domains::SpaceTimeGrid const &grid, std::vector<double> field);

/// The values of all columns at all points, zeros too. Shape (level, cell, column).
std::vector<double> dense_values(PlacedBasis const &placed);

/// The derivative by the functions of a bank that is the same for all experts, added to
/// `functions_bar` (level, cell, function): the transposed of place(), from the derivatives by the
/// columns' values (terms pulled back already) and by the values at meetings.
void pull_back_place(domains::Pde const &pde, domains::Partition const &partition,
                     PlacedBasis const &placed, Coupling coupling, bool lift,
                     std::span<double const> value_bar, std::span<double const> meeting_bar,
                     std::span<double> functions_bar, std::size_t overlap = 8);

/// The derivative of a loss by the columns' values, from that by values and by kept terms:
/// value_bar += transposed terms of term_bars. Each as PlacedBasis::value, (term) of such.
void pull_back_terms(PlacedBasis const &placed, std::vector<std::vector<double>> const &term_bars,
                     std::vector<double> &value_bar);

}  // namespace tessera::constraint
