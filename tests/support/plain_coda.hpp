#pragma once

#include <cmath>
#include <complex>
#include <vector>

#include <tessera/fields/coda_layout.hpp>

/// A CoDA expert by plain loops over any scalar; the twin of the kernels.
namespace tessera::twins {

template <class S>
std::vector<S> plain_coda(fields::CodaLayout const &layout, std::vector<S> const &row,
                          std::vector<S> const &context, std::vector<S> x)
{
  std::vector<S> theta(layout.theta);
  for (std::size_t p = 0; p < layout.theta; ++p) {
    theta[p] = row[p];
    for (int r = 0; r < layout.shape.rank; ++r) {
      theta[p] += row[(1 + r) * layout.theta + p] * (context[r] + row[layout.shift]);
    }
  }
  for (int n = 0; n < layout.shape.depth; ++n) {
    auto const &layer = layout.layers[n];
    std::vector<S> y(layer.out);
    for (int j = 0; j < layer.out; ++j) {
      y[j] = theta[layer.b + j];
      for (int k = 0; k < layer.in; ++k) y[j] += theta[layer.w + k * layer.out + j] * x[k];
      if (layer.hidden) y[j] = y[j] / (S(1) + std::exp(-theta[layer.beta] * y[j]));
    }
    x = y;
  }
  return x;
}

}  // namespace tessera::twins
