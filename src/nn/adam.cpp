#include <tessera/nn/adam.hpp>

#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/ordered_sum.hpp>

namespace tessera::nn {
namespace {

constexpr double mean_decay = 0.9, square_decay = 0.999, tiny = 1e-8;

}  // namespace

template <class T>
Adam<T>::Adam(std::size_t parameters, bool complex)
    : complex_(complex),
      mean_(parameters, T(0)),
      square_(complex ? parameters / 2 : parameters, T(0))
{
  if (complex && parameters % 2 != 0) throw Error("Adam: complex parameters come in pairs");
}

template <class T>
void Adam<T>::step(std::span<T> parameters, std::span<T const> gradient, double rate)
{
  if (parameters.size() != mean_.size() || gradient.size() != mean_.size()) {
    throw Error(fmt::format("Adam::step: {} parameters, {} gradients where {} were announced",
                            parameters.size(), gradient.size(), mean_.size()));
  }
  ++steps_;
  double const scale = rate / (1 - std::pow(mean_decay, double(steps_))),
               unbias = 1 / (1 - std::pow(square_decay, double(steps_)));
  std::size_t const parts = complex_ ? 2 : 1;
  for (std::size_t k = 0; k < square_.size(); ++k) {
    double size = 0;
    for (std::size_t p = k * parts; p < (k + 1) * parts; ++p) {
      size += double(gradient[p]) * double(gradient[p]);
    }
    square_[k] = T(square_decay * double(square_[k]) + (1 - square_decay) * size);
    double const length = scale / (std::sqrt(unbias * double(square_[k])) + tiny);
    for (std::size_t p = k * parts; p < (k + 1) * parts; ++p) {
      mean_[p] = T(mean_decay * double(mean_[p]) + (1 - mean_decay) * double(gradient[p]));
      parameters[p] -= T(length * double(mean_[p]));
    }
  }
}

template <class T>
void Adam<T>::register_state(State &state, std::string const &prefix)
{
  state.add(prefix + "/mean", 1, std::span<T>(mean_));
  state.add(prefix + "/square", 1, std::span<T>(square_));
  state.add(prefix + "/steps", 1, std::span<std::int64_t>(&steps_, 1));
}

template <class T>
double clip_global_norm(std::vector<std::span<T>> const &gradients, double limit)
{
  constexpr std::size_t chunk = 1024;
  std::vector<double> squares;
  for (auto const &gradient : gradients) {
    for (std::size_t begin = 0; begin < gradient.size(); begin += chunk) {
      double sum = 0;
      for (T const g : gradient.subspan(begin, std::min(chunk, gradient.size() - begin))) {
        sum += double(g) * double(g);
      }
      squares.push_back(sum);
    }
  }
  double const length = std::sqrt(ordered_sum(std::span<double const>(squares)));
  if (limit > 0 && length > limit) {
    for (auto const &gradient : gradients) {
      for (T &g : gradient) g = T(double(g) * (limit / length));
    }
  }
  return length;
}

template class Adam<float>;
template class Adam<double>;
template double clip_global_norm(std::vector<std::span<float>> const &, double);
template double clip_global_norm(std::vector<std::span<double>> const &, double);

}  // namespace tessera::nn
