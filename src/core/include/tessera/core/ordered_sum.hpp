#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <Kokkos_Core.hpp>

namespace tessera {

/// Adds the rows [first, last) of columns [begin, end) pairwise, always in the same tree: row 0 +=
/// row 1, row 2 += row 3, then row 0 += row 2, … The result stands in the first row; rounding grows
/// with log(rows). Shape of `rows`: (row, column).
template <class Rows>
KOKKOS_FUNCTION inline void add_in_order(Rows const &rows, std::size_t first, std::size_t last,
                                         std::size_t begin, std::size_t end)
{
  for (std::size_t stride = 1; first + stride < last; stride *= 2) {
    for (std::size_t row = first; row + stride < last; row += 2 * stride) {
      for (std::size_t k = begin; k < end; ++k) rows(row, k) += rows(row + stride, k);
    }
  }
}

/// The same for all columns, in parallel: each thread takes whole column ranges, so that the result
/// does not depend on their number.
template <class Space, class T>
void ordered_sum(Space const &space, Kokkos::View<T **, Kokkos::LayoutRight, Space> const &rows,
                 std::size_t first, std::size_t last)
{
  std::size_t const columns = rows.extent(1), chunk = 256;
  std::size_t const chunks = (columns + chunk - 1) / chunk;
  Kokkos::parallel_for(
      "tessera::ordered_sum", Kokkos::RangePolicy<Space>(space, 0, chunks),
      KOKKOS_LAMBDA(std::size_t const c) {
        std::size_t const begin = c * chunk, end = Kokkos::min(begin + chunk, columns);
        add_in_order(rows, first, last, begin, end);
      });
}

/// The same tree over plain numbers; returns the sum, 0 for none.
template <class T>
T ordered_sum(std::span<T const> values)
{
  if (values.empty()) return T(0);
  if (values.size() == 1) return values[0];
  std::size_t half = 1;
  while (2 * half < values.size()) half *= 2;
  return ordered_sum(values.first(half)) + ordered_sum(values.subspan(half));
}

}  // namespace tessera
