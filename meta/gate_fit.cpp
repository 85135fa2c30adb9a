#include <tessera/meta/gate_fit.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/QR>

#include "rows.hpp"

namespace tessera::meta {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Wᵀ [standardised ξ; 1]
std::vector<double> logits(LinearGate const &gate, std::span<double const> context)
{
  if (context.size() != gate.components) {
    throw Error("LinearGate: a context of " + std::to_string(context.size()) +
                " components for a gate of " + std::to_string(gate.components) +
                "; fit the gate on contexts of the same size");
  }
  std::vector<double> const scaled = gate.scale.apply(context);
  auto const experts = static_cast<std::size_t>(gate.experts);
  auto const bias = gate.weights.begin() + static_cast<std::ptrdiff_t>(gate.components * experts);
  std::vector<double> values(bias, gate.weights.end());
  for (std::size_t c = 0; c < gate.components; ++c) {
    for (std::size_t i = 0; i < experts; ++i)
      values[i] += scaled[c] * gate.weights[c * experts + i];
  }
  return values;
}

/// Rows [x, 1] of the environments; below them, with a ridge, √ridge times the identity for every
/// column but the bias.
Matrix design_matrix(std::span<double const> inputs, Eigen::Index environments,
                     Eigen::Index components, double ridge)
{
  Eigen::Map<Matrix const> const x(inputs.data(), environments, components);
  Matrix design = Matrix::Zero(environments + (ridge > 0. ? components : 0), components + 1);
  design.topLeftCorner(environments, components) = x;
  design.topRightCorner(environments, 1).setOnes();
  if (ridge > 0.) {
    design.bottomLeftCorner(components, components).diagonal().setConstant(std::sqrt(ridge));
  }
  return design;
}

void require_experts(std::span<int const> assignment, std::size_t environments, int experts)
{
  bool const inside = std::all_of(assignment.begin(), assignment.end(),
                                  [&](int i) { return i >= 0 && i < experts; });
  if (environments == 0 || assignment.size() != environments || !inside) {
    throw Error("fit_gate: " + std::to_string(assignment.size()) + " assignments for " +
                std::to_string(environments) + " contexts; pass one expert in 0 … " +
                std::to_string(experts - 1) + " per environment, and at least one environment");
  }
}

}  // namespace

std::vector<double> LinearGate::evaluate(std::span<double const> context) const
{
  std::vector<double> values = logits(*this, context);
  double const largest = *std::max_element(values.begin(), values.end());
  double sum = 0.;
  for (double &value : values) {
    value = std::exp(value - largest);
    sum += value;
  }
  for (double &value : values) value /= sum;
  return values;
}

int LinearGate::route(std::span<double const> context) const
{
  std::vector<double> const values = logits(*this, context);
  return static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
}

LinearGate fit_gate(std::span<double const> contexts, std::size_t components,
                    std::span<int const> assignment, int experts, GateFitOptions const &options,
                    Rng &rng)
{
  std::size_t const environments = row_count(contexts, components, "fit_gate");
  require_experts(assignment, environments, experts);
  LinearGate gate{components, experts, Standardizer::identity(components), {}};
  std::vector<double> inputs(contexts.begin(), contexts.end());
  if (options.published) {
    for (double &value : inputs) value += options.noise * rng.normal();
  } else {
    gate.scale = Standardizer::fit(contexts, components);
    inputs = gate.scale.apply(contexts);
  }

  double const ridge = options.published ? 0. : options.ridge * static_cast<double>(environments);
  auto const rows = static_cast<Eigen::Index>(environments);
  Matrix const design = design_matrix(inputs, rows, static_cast<Eigen::Index>(components), ridge);
  Matrix target = Matrix::Zero(design.rows(), experts);
  for (Eigen::Index e = 0; e < rows; ++e) target(e, assignment[static_cast<std::size_t>(e)]) = 1.;

  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver;
  if (options.published) {
    // The published fit runs in float32 and drops what that cannot resolve.
    solver.setThreshold(static_cast<double>(std::numeric_limits<float>::epsilon()) *
                        static_cast<double>(std::max(environments, components + 1)));
  }
  solver.compute(design);
  Matrix const weights = solver.solve(target);
  gate.weights.assign(weights.data(), weights.data() + weights.size());
  return gate;
}

}  // namespace tessera::meta
