#include <tessera/nn/gradient_clip.hpp>

#include <algorithm>
#include <cmath>

namespace tessera::nn {

template <class T>
GradientClip<T>::GradientClip(std::vector<std::size_t> segment_sizes, double factor)
    : begin_(segment_sizes.size() + 1, 0), length_(segment_sizes.size(), 0.0), factor_(factor)
{
  for (std::size_t k = 0; k < segment_sizes.size(); ++k) {
    begin_[k + 1] = begin_[k] + segment_sizes[k];
  }
}

template <class T>
int GradientClip<T>::apply(std::span<T> gradient, std::span<std::uint8_t const> active_segments)
{
  if (factor_ == 0) return 0;
  int shortened = 0;
  for (std::size_t k = 0; k < length_.size(); ++k) {
    if (!active_segments.empty() && active_segments[k] == 0) continue;
    std::span<T> const own = gradient.subspan(begin_[k], begin_[k + 1] - begin_[k]);
    double squares = 0;  // of floats: no overflow
    for (T g : own) squares += double(g) * double(g);
    double const length = std::sqrt(squares);
    if (length == 0) continue;
    if (length_[k] == 0) length_[k] = length;
    double const limit = factor_ * length_[k];
    if (length > limit) {
      for (T &g : own) g = static_cast<T>(double(g) * (limit / length));
      ++shortened;
    }
    length_[k] = 0.98 * length_[k] + 0.02 * std::min(length, limit);
  }
  return shortened;
}

template <class T>
void GradientClip<T>::keep_segments(std::span<std::size_t const> stay)
{
  std::vector<std::size_t> sizes;
  for (std::size_t k : stay) sizes.push_back(begin_[k + 1] - begin_[k]);
  GradientClip kept(sizes, factor_);
  for (std::size_t k = 0; k < stay.size(); ++k) kept.length_[k] = length_[stay[k]];
  *this = std::move(kept);
}

template <class T>
void GradientClip<T>::register_state(State &state, std::string const &prefix)
{
  state.add(prefix + "/length", 1, std::span<double>(length_));
}

template class GradientClip<float>;
template class GradientClip<double>;

}  // namespace tessera::nn
