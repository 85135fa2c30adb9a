#pragma once

#include <memory>
#include <vector>

#include <tessera/experts/dispatch.hpp>
#include <tessera/experts/expert_bank.hpp>

/// A bank of randomly started experts and a batch of trajectories of odd sizes for it.
namespace tessera::twins {

template <class T>
struct BankBatch {
  std::shared_ptr<experts::ExpertBank<T>> bank;
  experts::View2<T> rows;
  experts::OdeBatch<T> batch;
  std::vector<int> expert;  ///< (trajectory)

  BankBatch(std::shared_ptr<experts::ExpertBank<T>> made, int state, int experts_count,
            int trajectories, int points, double step, double context_size = 0.3)
      : bank(std::move(made)), rows("tessera::test::rows", experts_count, bank->row_size() + 3)
  {
    Rng rng(7, "test/" + bank->kind());
    for (int e = 0; e < experts_count; ++e) {
      bank->of(e).initialise(std::span<T>(&rows(e, 0), bank->of(e).row_size()), rng);
    }
    int const contexts = 5, n = trajectories, rank = bank->context_size();
    batch.initial = experts::View2<T>("tessera::test::initial", n, state);
    batch.times = experts::View2<T>("tessera::test::times", n, points);
    batch.points = experts::View1<int>("tessera::test::points", n);
    batch.contexts = experts::View2<T>("tessera::test::contexts", contexts, rank);
    batch.context_row = experts::View1<int>("tessera::test::context_row", n);
    batch.origin = experts::View1<double>("tessera::test::origin", n);
    for (int e = 0; e < contexts; ++e) {
      for (int r = 0; r < rank; ++r) {
        batch.contexts(e, r) = static_cast<T>(context_size * rng.normal());
      }
    }
    for (int t = 0; t < n; ++t) {
      expert.push_back(t * experts_count / n);
      batch.context_row(t) = (3 * t) % contexts;
      batch.points(t) = points - t % 3;
      batch.origin(t) = 0.7 * (t % 5);
      for (int i = 0; i < state; ++i) batch.initial(t, i) = static_cast<T>(rng.normal());
      for (int k = 0; k < points; ++k) {
        batch.times(t, k) = static_cast<T>(step * k * (1 + 0.1 * (t % 4)));
      }
    }
    batch.blocks = experts::make_blocks(expert, 16);
  }

  std::vector<double> row(int e) const
  {
    return std::vector<double>(&rows(e, 0), &rows(e, 0) + bank->row_size());
  }
  std::vector<double> context(int t) const
  {
    T const *c = &batch.contexts(batch.context_row(t), 0);
    return std::vector<double>(c, c + bank->context_size());
  }
  std::vector<double> initial(int t) const
  {
    T const *x = &batch.initial(t, 0);
    return std::vector<double>(x, x + batch.state());
  }
  std::vector<double> times(int t) const
  {
    T const *x = &batch.times(t, 0);
    return std::vector<double>(x, x + batch.points(t));
  }
};

}  // namespace tessera::twins
