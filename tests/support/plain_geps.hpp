#pragma once

#include <cmath>
#include <complex>
#include <vector>

#include <tessera/fields/geps_layout.hpp>

/// A GEPS expert by plain loops over any scalar; the twin of the kernels.
namespace tessera::twins {

template <class S>
std::vector<S> plain_geps(fields::GepsLayout const &layout, std::vector<S> const &row,
                          std::vector<S> const &context, std::vector<S> x)
{
  int const rank = layout.shape.rank;
  std::vector<S> xi = context;
  for (S &component : xi) component += row[layout.shift];
  for (int l = 0; l < layout.shape.depth; ++l) {
    auto const &layer = layout.layers[l];
    std::vector<S> y(layer.out);
    for (int j = 0; j < layer.out; ++j) {
      S sum = row[layer.b + j];
      for (int r = 0; r < rank; ++r) sum += row[layer.c + j * rank + r] * xi[r];
      for (int k = 0; k < layer.in; ++k) {
        S weight = row[layer.w + j * layer.in + k];
        for (int r = 0; r < rank; ++r) {
          weight += row[layer.a + j * rank + r] * xi[r] * row[layer.bt + r * layer.in + k];
        }
        sum += weight * x[k];
      }
      y[j] = sum;
    }
    if (layer.hidden) {
      S slope = row[layer.beta];
      for (int r = 0; r < rank; ++r) slope += row[layer.d + r] * xi[r];
      for (S &value : y) value = value / (S(1) + std::exp(-slope * value));
    }
    x = y;
  }
  return x;
}

}  // namespace tessera::twins
