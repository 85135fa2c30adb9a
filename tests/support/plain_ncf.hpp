#pragma once

#include <cmath>
#include <complex>
#include <vector>

#include <tessera/fields/ncf_layout.hpp>

/// An NCF expert by plain loops over any scalar, no product formed ahead; the twin of the kernels.
namespace tessera::twins {

template <class S>
std::vector<S> plain_layers(fields::NcfLayer const *layers, int count, std::vector<S> const &row,
                            std::vector<S> x)
{
  for (int n = 0; n < count; ++n) {
    auto const &layer = layers[n];
    std::vector<S> y(layer.out);
    for (int j = 0; j < layer.out; ++j) {
      y[j] = row[layer.b + j];
      for (int k = 0; k < layer.in; ++k) y[j] += row[layer.w + j * layer.in + k] * x[k];
      if (layer.hidden) y[j] = y[j] / (S(1) + std::exp(-row[layer.beta] * y[j]));
    }
    x = y;
  }
  return x;
}

template <class S>
std::vector<S> plain_ncf(fields::NcfLayout const &layout, std::vector<S> const &row,
                         std::vector<S> const &context, std::vector<S> const &x)
{
  std::vector<S> xi = context;
  for (S &component : xi) component += row[layout.shift];
  auto codes = plain_layers(layout.data, layout.shape.depth_data + 1, row, x);
  auto const code = plain_layers(layout.context, layout.shape.depth_ctx + 1, row, xi);
  codes.insert(codes.end(), code.begin(), code.end());
  return plain_layers(layout.main, layout.shape.depth + 1, row, codes);
}

}  // namespace tessera::twins
