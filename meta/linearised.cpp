#include "linearised.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::meta {
namespace {

// A hundredth of what a component moves by in an environment: far above what an integration's
// tolerance does to a difference.
double start_step(domains::Trajectories const &data, std::size_t e, std::size_t l)
{
  double low = data.state(e, 0, 0)[l], high = low;
  for (std::size_t j = 0; j < data.count; ++j) {
    for (std::size_t k = 0; k < data.points; ++k) {
      low = std::min(low, data.state(e, j, k)[l]);
      high = std::max(high, data.state(e, j, k)[l]);
    }
  }
  double const size = std::max(std::abs(low), std::abs(high));
  return 1e-2 * std::max(high - low, std::max(1e-3 * size, 1e-30));
}

}  // namespace

template <class T>
Linearised<T>::Linearised(Mixture<T> const &mixture, domains::Trajectories const &data,
                          std::vector<Task> const &tasks, std::span<double const> contexts,
                          experts::StepControl const &control, bool starts)
    : data_(data),
      tasks_(tasks),
      contexts_(contexts.begin(), contexts.end()),
      batch_(data, tasks_, contexts_, workspace_)
{
  batch_.solve(mixture.bank(), mixture.rows(), control, true);
  sensitivities_ = batch_.sensitivities(mixture.bank(), mixture.rows());
  for (std::size_t l = 0; starts && l < data.dimension; ++l) {
    moved_.push_back(move_starts(mixture, contexts_, control, l));
  }
}

template <class T>
std::vector<double> Linearised<T>::move_starts(Mixture<T> const &mixture,
                                               std::span<T const> contexts,
                                               experts::StepControl const &control,
                                               std::size_t l) const
{
  std::size_t const d = data_.dimension, length = data_.points * d;
  domains::Trajectories other = data_;
  std::vector<double> step;
  for (std::size_t e = 0; e < data_.size(); ++e) {
    step.push_back(start_step(data_, e, l));
    for (std::size_t j = 0; j < data_.count; ++j) {
      other.states[(e * data_.count + j) * length + l] += step[e];
    }
  }
  TaskWorkspace<T> workspace;
  TaskBatch<T> batch(other, tasks_, contexts, workspace);
  batch.solve(mixture.bank(), mixture.rows(), control, false);
  std::vector<double> moved(tasks_.size() * data_.count * length, 0.0);
  for (std::size_t q = 0; q < tasks_.size(); ++q) {
    for (std::size_t j = 0; j < data_.count; ++j) {
      if (batch.status(q, j) != Status::ok || batch_.status(q, j) != Status::ok) continue;
      double *to = &moved[(q * data_.count + j) * length];
      for (std::size_t k = 0; k < data_.points; ++k) {
        for (std::size_t i = 0; i < d; ++i) {
          double const difference = double(batch.predicted(q, j, k)[i]) - state(q, j, k, i);
          to[k * d + i] = difference / step[tasks_[q].environment];
        }
      }
    }
  }
  return moved;
}

template class Linearised<float>;
template class Linearised<double>;

}  // namespace tessera::meta
