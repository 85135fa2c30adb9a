#pragma once

#include <tessera/core/pack.hpp>

namespace tessera::fields {

/// Pulls `bar`, the cotangent of b + C xi of one lane, back to both: adds to `affine_bar` and, in
/// packs that are still to be summed, to `xi_bar` (rank). Rows of `affine` and `affine_bar` are b,
/// then the columns of C, `stride` numbers each, whole packs; xi(r) is a component of the context.
template <class T, class Context>
KOKKOS_FORCEINLINE_FUNCTION void affine_pull_back(T const *bar, int stride, int rank,
                                                  Context const &xi, T const *affine, T *affine_bar,
                                                  Pack<T> *xi_bar)
{
  for (int j = 0; j < stride; j += Pack<T>::width) {
    Pack<T> const part = Pack<T>::load(bar + j);
    T *to = affine_bar + j;
    (Pack<T>::load(to) + part).store(to);
    for (int r = 0; r < rank; ++r) {
      to += stride;
      fma(part, Pack<T>(xi(r)), Pack<T>::load(to)).store(to);
      xi_bar[r] = fma(part, Pack<T>::load(affine + (1 + r) * stride + j), xi_bar[r]);
    }
  }
}

}  // namespace tessera::fields
