#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>

#include <tessera/core/error.hpp>

// Loops over the terms of an equation whose number is a constant of the code, so that they unroll:
// one pass over the columns serves all terms.
namespace tessera::constraint {

template <std::size_t N>
using TermCount = std::integral_constant<std::size_t, N>;

/// u and its first and second derivative along three axes.
constexpr std::size_t most_terms = 7;

/// Calls body(TermCount<count>()).
template <std::size_t N = 1, class Body>
void with_terms(std::size_t count, Body const &body)
{
  if (count == N) return body(TermCount<N>());
  if constexpr (N < most_terms) {
    with_terms<N + 1>(count, body);
  } else {
    throw Error("an equation of " + std::to_string(count) + " terms, where rows take " +
                std::to_string(most_terms) + " at most");
  }
}

/// sum_k by_k rows_k[column].
template <std::size_t N>
double combined(std::array<double, N> const &by, std::array<double const *, N> const &rows,
                std::size_t column)
{
  double sum = by[0] * rows[0][column];
  for (std::size_t k = 1; k < N; ++k) sum += by[k] * rows[k][column];
  return sum;
}

/// Where (row, column) stands in the upper triangle of a matrix of n rows, as jets store Hessians.
constexpr std::size_t in_triangle(std::size_t n, std::size_t row, std::size_t column)
{
  std::size_t const low = row < column ? row : column, high = row < column ? column : row;
  return low * n - low * (low + 1) / 2 + high;
}

}  // namespace tessera::constraint
