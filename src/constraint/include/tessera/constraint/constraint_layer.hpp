#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <tessera/constraint/constraint_rows.hpp>

namespace tessera::constraint {

/// Everything about a constraint layer but the equation and the basis.
struct LayerOptions {
  RowOptions rows;
  Coupling coupling = Coupling::joint;
  solvers::LeastSquaresOptions solver;
};

/// How one expert's part of a solve went.
struct ExpertReport {
  Status status = Status::ok;
  int iterations = 0, frozen_passes = 0, dropped = 0;
  double condition = 0;  ///< of the equilibrated normal equations it was solved in
  double residual = 0;   ///< root of the sum of squared rows in the box
  std::size_t worst_level = 0, worst_cell = 0;  ///< where a row is largest, by the grid's number
};

/// One sample's answer.
struct PlacedSolution {
  std::vector<double> w;                ///< (expert, function)
  std::vector<double> field, residual;  ///< u and the rows, (level, cell)
  std::vector<ExpertReport> experts;
  double jump = 0;  ///< largest |Phi (w_a - w_b)| two layers on either side of cuts
  double cost = 0;
  std::vector<solvers::LeastSquaresResult> solves;  ///< one, or one per expert (`none`)
  bool converged() const;
  int iterations() const;  ///< the most of any solve
};

/// What the derivative of a loss by the field became at the basis.
struct LayerCotangent {
  std::vector<PlacedCotangent> bases;  ///< one per gathered basis
  int fallbacks = 0;                   ///< solves where the exact Hessian was no minimum's
};

/// Solves the PDE of each sample in the span of the experts' bases, by boxes (PI-HC-MoE, §3), and
/// pulls a loss back through the solution.
class ConstraintLayer {
 public:
  /// Throws InputError where the options contradict each other, or are for one axis of space and
  /// the grid has more.
  ConstraintLayer(domains::Partition partition, LayerOptions options);

  /// What solves read of a bank: shared by samples of an equation unless the bank says
  /// per_sample().
  struct Gathered {
    PlacedBasis placed;              ///< in windows
    std::vector<PlacedBasis> alone;  ///< of each expert on the whole grid; only for `none`
  };
  Gathered gather(BasisBank const &bank, domains::PdeSample const &sample) const;

  /// From coefficients `first` (zeros where empty). Never throws for numerical reasons.
  PlacedSolution solve(Gathered const &gathered, domains::PdeSample const &sample,
                       std::vector<double> const &first = {}) const;
  /// Samples side by side, each ending by itself; the same on any number of threads.
  std::vector<PlacedSolution> solve(Gathered const &gathered,
                                    std::span<domains::PdeSample const> samples) const;

  /// Goes on from a stationary point that is no minimum: up to three Newton steps with the absolute
  /// eigenvalues of the Hessian, as long as the cost falls. Returns how many solves moved. For
  /// training, before pull_back.
  int settle(Gathered const &gathered, domains::PdeSample const &sample,
             PlacedSolution &solution) const;

  /// The derivative by the gathered values, from that by the field (level, cell): implicit function
  /// theorem at J^T r = 0 with the exact Hessian; where that is not positive definite, with J^T J.
  /// An unconverged sample gives zeros. Bases: {placed}, or those alone.
  LayerCotangent pull_back(Gathered const &gathered, domains::PdeSample const &sample,
                           PlacedSolution const &solution, std::span<double const> field_bar) const;
  /// The derivative of `scale` x the cost of the solution by the gathered values. The coefficients
  /// minimise it, so that theirs adds nothing (variable projection; Golub and Pereyra, SIAM J.
  /// Numer. Anal. 10, 1973): no system is solved. An unconverged sample gives zeros.
  LayerCotangent pull_back_cost(Gathered const &gathered, domains::PdeSample const &sample,
                                PlacedSolution const &solution, double scale = 1) const;
  /// On from the gathered values to the functions of a bank that is the same for all experts,
  /// shape (level, cell, function).
  std::vector<double> pull_back_gather(Gathered const &gathered, domains::PdeSample const &sample,
                                       LayerCotangent const &cotangent) const;

  domains::Partition const &partition() const { return partition_; }
  LayerOptions const &options() const { return options_; }

 private:
  std::unique_ptr<ConstraintRows> rows_of(Gathered const &gathered, std::size_t part,
                                          domains::PdeSample const &sample) const;
  void report(Gathered const &gathered, domains::PdeSample const &sample,
              PlacedSolution &solution) const;
  domains::Partition partition_;
  LayerOptions options_;
};

}  // namespace tessera::constraint
