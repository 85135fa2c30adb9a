#include <tessera/meta/gate_fit.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <Eigen/Cholesky>
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

/// A range of components.
struct Slice {
  std::size_t first = 0, count = 0;
  bool operator==(Slice const &) const = default;
  bool operator<(Slice const &other) const { return first < other.first; }
};

/// The ranges of all points, each once; nothing where some overlap without being the same.
std::optional<std::vector<Slice>> separate_slices(SlicedPoints const &points)
{
  std::vector<Slice> slices;
  for (std::size_t p = 0; p < points.size(); ++p) {
    slices.push_back({points.first[p], points.of(p).size()});
  }
  std::stable_sort(slices.begin(), slices.end());
  slices.erase(std::unique(slices.begin(), slices.end()), slices.end());
  for (std::size_t k = 0; k + 1 < slices.size(); ++k) {
    if (slices[k].first + slices[k].count > slices[k + 1].first) return std::nullopt;
  }
  return slices;
}

/// Normal equations of one slice: B = Σ y yᵀ + ridge, and on the right Σ y tᵀ beside the mean of y.
struct SliceSystem {
  Matrix gram;   ///< (component, component)
  Matrix right;  ///< (component, expert + 1)
};

SliceSystem slice_system(SlicedPoints const &inputs, Slice const &slice,
                         Eigen::VectorXd const &mean, std::span<int const> assignment, int experts,
                         double ridge)
{
  auto const n = static_cast<Eigen::Index>(slice.count);
  SliceSystem s{Matrix::Zero(n, n), Matrix::Zero(n, experts + 1)};
  s.gram.diagonal().setConstant(ridge);
  for (std::size_t e = 0; e < inputs.size(); ++e) {
    if (inputs.first[e] != slice.first) continue;
    Eigen::Map<Eigen::VectorXd const> const y(inputs.of(e).data(), n);
    s.gram += y * y.transpose();
    s.right.col(assignment[e]) += y;
  }
  s.right.col(experts) = mean.segment(static_cast<Eigen::Index>(slice.first), n);
  return s;
}

/// The ridge fit of contexts that lie in slices. With y = ξ / deviation and v its mean, the normal
/// equations of the standardised contexts y - v are (B - N v vᵀ) W = S - v nᵀ: B = Σ y yᵀ + ridge
/// falls apart into the slices' own blocks, and the mean takes one rank (Sherman and Morrison). The
/// bias is free of penalty, and so the experts' shares. Cost: experts × rank³, experts² × rank².
Matrix sliced_weights(SlicedPoints const &inputs, std::vector<Slice> const &slices,
                      Eigen::VectorXd const &mean, std::span<int const> assignment, int experts,
                      double ridge)
{
  auto const components = static_cast<Eigen::Index>(inputs.components);
  auto const count = static_cast<double>(inputs.size());
  Eigen::RowVectorXd members = Eigen::RowVectorXd::Zero(experts);
  for (int i : assignment) members[i] += 1.;
  Matrix weights = Matrix::Zero(components + 1, experts);
  Eigen::VectorXd u = Eigen::VectorXd::Zero(components);  // B⁻¹ v
  for (Slice const &slice : slices) {
    auto const at = static_cast<Eigen::Index>(slice.first);
    auto const n = static_cast<Eigen::Index>(slice.count);
    SliceSystem const s = slice_system(inputs, slice, mean, assignment, experts, ridge);
    Matrix const solved = s.gram.llt().solve(s.right);
    weights.middleRows(at, n) = solved.leftCols(experts);
    u.segment(at, n) = solved.col(experts);
  }
  auto top = weights.topRows(components);
  top -= u * members;
  Eigen::RowVectorXd const pulled = mean.transpose() * top;
  top += (count / (1. - count * mean.dot(u))) * u * pulled;
  weights.row(components) = members / count;
  return weights;
}

/// The fit by an orthogonal decomposition of all contexts: minimum norm without a ridge.
Matrix dense_weights(std::span<double const> inputs, std::size_t environments,
                     std::size_t components, std::span<int const> assignment, int experts,
                     double ridge, bool published)
{
  auto const rows = static_cast<Eigen::Index>(environments);
  Matrix const design = design_matrix(inputs, rows, static_cast<Eigen::Index>(components), ridge);
  Matrix target = Matrix::Zero(design.rows(), experts);
  for (Eigen::Index e = 0; e < rows; ++e) target(e, assignment[static_cast<std::size_t>(e)]) = 1.;
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver;
  if (published) {
    // The published fit runs in float32 and drops what that cannot resolve.
    solver.setThreshold(static_cast<double>(std::numeric_limits<float>::epsilon()) *
                        static_cast<double>(std::max(environments, components + 1)));
  }
  solver.compute(design);
  return solver.solve(target);
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

std::vector<double> LinearGate::values(std::span<double const> context) const
{
  return weights.empty() ? std::vector<double>() : evaluate(context);
}

void LinearGate::register_state(State &state)
{
  state.add("gate/weights", 1, &weights);
  state.add("gate/mean", 1, &scale.mean);
  state.add("gate/deviation", 1, &scale.deviation);
}

void LinearGate::restored(int count)
{
  components = scale.mean.size();
  experts = count;
}

LinearGate fit_gate(std::span<double const> contexts, std::size_t components,
                    std::span<int const> assignment, int experts, GateFitOptions const &options,
                    Rng &rng)
{
  return fit_gate(SlicedPoints::dense(contexts, components), assignment, experts, options, rng);
}

LinearGate fit_gate(SlicedPoints const &contexts, std::span<int const> assignment, int experts,
                    GateFitOptions const &options, Rng &rng)
{
  std::size_t const environments = contexts.size(), components = contexts.components;
  require_experts(assignment, environments, experts);
  LinearGate gate{components, experts, Standardizer::identity(components), {}};
  double const ridge = options.published ? 0. : options.ridge * static_cast<double>(environments);
  Matrix weights;
  if (options.published) {
    std::vector<double> inputs = contexts.table();
    for (double &value : inputs) value += options.noise * rng.normal();
    weights = dense_weights(inputs, environments, components, assignment, experts, ridge, true);
  } else {
    gate.scale = Standardizer::fit(contexts);
    auto const slices = separate_slices(contexts);
    // Below this the squares of the normal equations drown the ridge in rounding.
    if (slices && options.ridge >= 1e-8) {
      SlicedPoints const inputs = gate.scale.apply(contexts);
      auto const size = static_cast<Eigen::Index>(components);
      Eigen::Map<Eigen::ArrayXd const> const mean(gate.scale.mean.data(), size);
      Eigen::Map<Eigen::ArrayXd const> const deviation(gate.scale.deviation.data(), size);
      bool const gaps = inputs.values.size() < environments * components;
      Eigen::VectorXd const shift =
          gaps ? Eigen::VectorXd(mean / deviation) : Eigen::VectorXd(Eigen::VectorXd::Zero(size));
      weights = sliced_weights(inputs, *slices, shift, assignment, experts, ridge);
    } else {
      weights = dense_weights(gate.scale.apply(contexts.table()), environments, components,
                              assignment, experts, ridge, false);
    }
  }
  gate.weights.assign(weights.data(), weights.data() + weights.size());
  return gate;
}

}  // namespace tessera::meta
