#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tessera::meta {

/// Points that have numbers in one range of components each and are zero elsewhere: contexts of
/// which every environment knows only the slice of its own expert. What is done with them costs as
/// much as they have numbers, however many experts there are.
struct SlicedPoints {
  std::size_t components = 0;
  std::vector<std::size_t> first;        ///< (point): the component its numbers begin at
  std::vector<std::size_t> begin = {0};  ///< (point + 1): where they stand in `values`
  std::vector<double> values;

  /// Points (point, component) without gaps.
  static SlicedPoints dense(std::span<double const> points, std::size_t components);
  /// Appends a point. Throws Error where its numbers end behind the last component.
  void add(std::size_t from, std::span<double const> numbers);

  std::size_t size() const { return first.size(); }
  std::span<double const> of(std::size_t point) const
  {
    return std::span(values).subspan(begin[point], begin[point + 1] - begin[point]);
  }
  /// With the zeros. Shape (point, component).
  std::vector<double> table() const;
  /// One point with its zeros. Shape (component).
  std::vector<double> row(std::size_t point) const;
};

/// Sum of |a - b| over the components of two points.
double absolute_distance(SlicedPoints const &points, std::size_t a, std::size_t b);

}  // namespace tessera::meta
