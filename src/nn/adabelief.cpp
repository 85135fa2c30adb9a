#include <tessera/nn/adabelief.hpp>

#include <algorithm>
#include <cmath>

#include <tessera/core/error.hpp>
#include <tessera/core/pack.hpp>

namespace tessera::nn {
namespace {

constexpr double mean_decay = .9;
constexpr double spread_decay = .999;
constexpr double tiny = 1e-16;

/// The step of one parameter, or of a pack of them with the same result.
template <class T>
struct Update {
  T scale;   ///< rate / (1 − .9ᵗ)
  T unbias;  ///< 1 / (1 − .999ᵗ)

  template <class Number>
  void operator()(Number &x, Number const &g, Number &m, Number &s) const
  {
    using std::sqrt;
    Number const surprise = g - m;
    m = Number(T(mean_decay)) * m + Number(T(1. - mean_decay)) * g;
    s = Number(T(spread_decay)) * s + Number(T(1. - spread_decay)) * surprise * surprise +
        Number(T(tiny));
    x = x - Number(scale) * m / (sqrt(Number(unbias) * s) + Number(T(tiny)));
  }
};

}  // namespace

template <class T>
AdaBelief<T>::AdaBelief(std::vector<std::size_t> segment_sizes)
    : begin_(segment_sizes.size() + 1, 0), steps_(segment_sizes.size(), 0)
{
  for (std::size_t k = 0; k < segment_sizes.size(); ++k)
    begin_[k + 1] = begin_[k] + segment_sizes[k];
  mean_.assign(begin_.back(), T(0));
  spread_.assign(begin_.back(), T(0));
}

template <class T>
void AdaBelief<T>::step(std::span<T> parameters, std::span<T const> gradient,
                        std::span<std::uint8_t const> active_segments, double rate)
{
  std::size_t const segments = steps_.size();
  bool const active_fits = active_segments.empty() || active_segments.size() == segments;
  if (parameters.size() != mean_.size() || gradient.size() != mean_.size() || !active_fits) {
    throw Error("AdaBelief::step: " + std::to_string(parameters.size()) + " parameters, " +
                std::to_string(gradient.size()) + " gradients, " +
                std::to_string(active_segments.size()) + " segments where " +
                std::to_string(mean_.size()) + " parameters in " + std::to_string(segments) +
                " segments were announced; make the optimiser for this range");
  }
  for (std::size_t k = 0; k < segments; ++k) {
    if (active_segments.empty() || active_segments[k] != 0) update(k, parameters, gradient, rate);
  }
}

template <class T>
void AdaBelief<T>::update(std::size_t segment, std::span<T> parameters, std::span<T const> gradient,
                          double rate)
{
  auto const t = static_cast<double>(++steps_[segment]);
  Update<T> const rule{static_cast<T>(rate / (1. - std::pow(mean_decay, t))),
                       static_cast<T>(1. / (1. - std::pow(spread_decay, t)))};
  using Lanes = Pack<T>;
  std::size_t k = begin_[segment];
  std::size_t const end = begin_[segment + 1];
  for (; k + Lanes::width <= end; k += Lanes::width) {
    Lanes x = Lanes::load_unaligned(&parameters[k]), m = Lanes::load_unaligned(&mean_[k]),
          s = Lanes::load_unaligned(&spread_[k]);
    rule(x, Lanes::load_unaligned(&gradient[k]), m, s);
    x.store_unaligned(&parameters[k]);
    m.store_unaligned(&mean_[k]);
    s.store_unaligned(&spread_[k]);
  }
  for (; k < end; ++k) rule(parameters[k], gradient[k], mean_[k], spread_[k]);
}

template <class T>
void AdaBelief<T>::reset()
{
  std::fill(mean_.begin(), mean_.end(), T(0));
  std::fill(spread_.begin(), spread_.end(), T(0));
  std::fill(steps_.begin(), steps_.end(), 0);
}

template <class T>
void AdaBelief<T>::reset_segment(std::size_t segment)
{
  std::size_t const count = begin_[segment + 1] - begin_[segment];
  std::fill_n(mean_.data() + begin_[segment], count, T(0));
  std::fill_n(spread_.data() + begin_[segment], count, T(0));
  steps_[segment] = 0;
}

template <class T>
void AdaBelief<T>::copy_segment(std::size_t from, std::size_t to)
{
  std::size_t const segments = steps_.size();
  bool const fit = from < segments && to < segments &&
                   begin_[from + 1] - begin_[from] == begin_[to + 1] - begin_[to];
  if (!fit) {
    throw Error("AdaBelief::copy_segment: segments " + std::to_string(from) + " and " +
                std::to_string(to) + " of " + std::to_string(segments) +
                " do not exist or differ in length; copy between experts of one bank");
  }
  if (from == to) return;
  std::size_t const count = begin_[from + 1] - begin_[from];
  std::copy_n(mean_.data() + begin_[from], count, mean_.data() + begin_[to]);
  std::copy_n(spread_.data() + begin_[from], count, spread_.data() + begin_[to]);
  steps_[to] = steps_[from];
}

template <class T>
void AdaBelief<T>::keep_segments(std::span<std::size_t const> stay)
{
  std::vector<std::size_t> sizes;
  for (std::size_t k : stay) {
    if (k >= steps_.size()) {
      throw Error("AdaBelief::keep_segments: segment " + std::to_string(k) + " of " +
                  std::to_string(steps_.size()));
    }
    sizes.push_back(begin_[k + 1] - begin_[k]);
  }
  AdaBelief kept(sizes);
  for (std::size_t k = 0; k < stay.size(); ++k) {
    std::size_t const from = begin_[stay[k]], to = kept.begin_[k];
    std::copy_n(mean_.data() + from, sizes[k], kept.mean_.data() + to);
    std::copy_n(spread_.data() + from, sizes[k], kept.spread_.data() + to);
    kept.steps_[k] = steps_[stay[k]];
  }
  *this = std::move(kept);
}

template <class T>
void AdaBelief<T>::register_state(State &state, std::string const &prefix)
{
  state.add(prefix + "/mean", 1, std::span<T>(mean_));
  state.add(prefix + "/spread", 1, std::span<T>(spread_));
  state.add(prefix + "/steps", 1, std::span<std::int64_t>(steps_));
}

template class AdaBelief<float>;
template class AdaBelief<double>;

}  // namespace tessera::nn
