#pragma once

#include <span>
#include <string>

#include <tessera/experts/expert_bank.hpp>

namespace tessera::twins {

/// Experts whose systems go on straight lines, x(t) = x(0) + (c + pull x(0)) t: what can be said of
/// them stands in closed form.
struct Lines final : experts::ExpertBank<double> {
  std::string kind() const override { return "lines"; }
  std::size_t row_size() const override { return 1; }
  int context_size() const override { return 1; }
  double flops_per_evaluation() const override { return 1; }
  void initialise(std::span<double>, Rng &) const override {}
  bool has_push_forward() const override { return tangents; }
  void integrate(experts::HostSpace const &, experts::View2<double> const &,
                 experts::OdeBatch<double> const &batch, experts::StepControl const &,
                 experts::OdeSolution<double> const &solution) const override
  {
    for (std::size_t t = 0; t < batch.size(); ++t) {
      double const start = batch.initial(t, 0);
      double const slope = batch.contexts(batch.context_row(t), 0) + pull * start;
      for (int k = 0; k < batch.points(t); ++k) {
        solution.states(t, k, 0) = start + slope * batch.times(t, k);
      }
      solution.close(static_cast<int>(t), Status::ok, 1, 1);
    }
  }
  void pull_back(experts::HostSpace const &, experts::View2<double> const &,
                 experts::OdeBatch<double> const &, experts::OdeSolution<double> const &,
                 experts::View3<double> const &, experts::View2<double> const &,
                 experts::View2<double> const &) const override
  {
  }
  void push_forward(experts::HostSpace const &, experts::View2<double> const &,
                    experts::OdeBatch<double> const &batch, experts::OdeSolution<double> const &,
                    experts::View4<double> const &sensitivities) const override
  {
    for (std::size_t t = 0; t < batch.size(); ++t) {
      for (int k = 0; k < batch.points(t); ++k) sensitivities(t, k, 0, 0) = batch.times(t, k);
    }
  }
  void evaluate(std::span<double const>, std::span<double const> context, double,
                std::span<double const>, std::span<double> dx) const override
  {
    dx[0] = context[0];
  }
  bool tangents = true;
  double pull = 0;
};

}  // namespace tessera::twins
