#include <tessera/meta/matching.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <tessera/core/error.hpp>

namespace tessera::meta {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void require_shape(std::span<double const> cost, std::size_t rows, std::size_t columns,
                   std::string const &caller)
{
  if (cost.size() == rows * columns) return;
  throw Error(caller + ": " + std::to_string(cost.size()) + " costs are not " +
              std::to_string(rows) + " x " + std::to_string(columns) +
              "; pass (row, column) values, row by row");
}

/// Finite costs in [-1, 1]; entries that are not finite become so dear that one of them outweighs
/// any difference between assignments without. Scaling by a power of two loses nothing.
std::vector<double> finite_costs(std::span<double const> cost, std::size_t pairs)
{
  double largest = 0.;
  for (double c : cost) {
    if (std::isfinite(c)) largest = std::max(largest, std::abs(c));
  }
  int const exponent = largest > 0. ? std::ilogb(largest) + 1 : 0;
  double const forbidden = 2. * static_cast<double>(pairs) + 2.;
  std::vector<double> scaled(cost.size());
  std::transform(cost.begin(), cost.end(), scaled.begin(),
                 [&](double c) { return std::isfinite(c) ? std::ldexp(c, -exponent) : forbidden; });
  return scaled;
}

/// Shortest augmenting paths with potentials for a matrix with no more rows than columns. Row and
/// column 0 of the inner arrays stand for "none"; the column of the row being placed is 0.
class Augmenter {
 public:
  Augmenter(std::span<double const> cost, std::size_t rows, std::size_t columns)
      : cost_(cost),
        columns_(columns),
        row_potential_(rows + 1, 0.),
        column_potential_(columns + 1, 0.),
        row_of_(columns + 1, 0),
        previous_(columns + 1, 0)
  {
    for (std::size_t row = 1; row <= rows; ++row) place(row);
  }

  /// 1-based row of a 1-based column, 0 where it is free.
  std::size_t row_of(std::size_t column) const { return row_of_[column]; }

 private:
  void place(std::size_t row)
  {
    row_of_[0] = row;
    std::vector<double> slack(columns_ + 1, infinity);
    std::vector<bool> reached(columns_ + 1, false);
    std::size_t column = 0;
    while (row_of_[column] != 0) {
      reached[column] = true;
      relax(column, reached, slack);
      column = advance(reached, slack);
    }
    for (; column != 0; column = previous_[column]) row_of_[column] = row_of_[previous_[column]];
  }

  /// Shortens the way to every column not reached by going through the row of `from`.
  void relax(std::size_t from, std::vector<bool> const &reached, std::vector<double> &slack)
  {
    std::size_t const row = row_of_[from];
    for (std::size_t column = 1; column <= columns_; ++column) {
      if (reached[column]) continue;
      double const reduced = cost_[(row - 1) * columns_ + column - 1] - row_potential_[row] -
                             column_potential_[column];
      if (reduced < slack[column]) {
        slack[column] = reduced;
        previous_[column] = from;
      }
    }
  }

  /// The nearest column not reached (ties to the lower index); potentials move along.
  std::size_t advance(std::vector<bool> const &reached, std::vector<double> &slack)
  {
    std::size_t nearest = 0;
    for (std::size_t column = 1; column <= columns_; ++column) {
      if (!reached[column] && (nearest == 0 || slack[column] < slack[nearest])) nearest = column;
    }
    double const step = slack[nearest];
    for (std::size_t column = 0; column <= columns_; ++column) {
      if (reached[column]) {
        row_potential_[row_of_[column]] += step;
        column_potential_[column] -= step;
      } else {
        slack[column] -= step;
      }
    }
    return nearest;
  }

  std::span<double const> cost_;
  std::size_t columns_;
  std::vector<double> row_potential_, column_potential_;
  std::vector<std::size_t> row_of_, previous_;
};

std::vector<double> transposed(std::span<double const> cost, std::size_t rows, std::size_t columns)
{
  std::vector<double> turned(cost.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) turned[j * rows + i] = cost[i * columns + j];
  }
  return turned;
}

}  // namespace

std::vector<int> hungarian(std::span<double const> cost, std::size_t rows, std::size_t columns)
{
  require_shape(cost, rows, columns, "hungarian");
  bool const tall = rows > columns;
  std::vector<double> costs = finite_costs(cost, std::min(rows, columns));
  if (tall) costs = transposed(costs, rows, columns);
  Augmenter const matched(costs, std::min(rows, columns), std::max(rows, columns));
  std::vector<int> column_of(rows, -1);
  for (std::size_t wide = 1; wide <= std::max(rows, columns); ++wide) {
    std::size_t const narrow = matched.row_of(wide);
    if (narrow == 0) continue;
    std::size_t const row = tall ? wide - 1 : narrow - 1;
    column_of[row] = static_cast<int>(tall ? narrow - 1 : wide - 1);
  }
  return column_of;
}

std::vector<int> greedy_matching(std::span<double const> cost, std::size_t rows,
                                 std::size_t columns)
{
  require_shape(cost, rows, columns, "greedy_matching");
  std::vector<int> column_of(rows, -1);
  std::vector<bool> taken(columns, false);
  for (std::size_t row = 0; row < rows; ++row) {
    double least = infinity;
    for (std::size_t column = 0; column < columns; ++column) {
      if (taken[column]) continue;
      double const here = cost[row * columns + column];
      if (column_of[row] >= 0 && !(here < least)) continue;
      column_of[row] = static_cast<int>(column);
      least = std::isnan(here) ? infinity : here;
    }
    if (column_of[row] >= 0) taken[static_cast<std::size_t>(column_of[row])] = true;
  }
  return column_of;
}

std::vector<int> routing_table(std::span<int const> family, std::span<int const> expert,
                               int families, int experts)
{
  if (family.size() != expert.size() || families < 0 || experts < 0) {
    throw Error("routing_table: " + std::to_string(family.size()) + " families and " +
                std::to_string(expert.size()) + " experts; pass one of each per environment");
  }
  std::vector<int> counts(static_cast<std::size_t>(families) * static_cast<std::size_t>(experts));
  for (std::size_t e = 0; e < family.size(); ++e) {
    int const f = family[e], i = expert[e];
    if (f < 0 || f >= families || i < 0 || i >= experts) {
      throw Error("routing_table: environment " + std::to_string(e) + " is of family " +
                  std::to_string(f) + " and expert " + std::to_string(i) + ", outside the " +
                  std::to_string(families) + " x " + std::to_string(experts) + " table");
    }
    ++counts[static_cast<std::size_t>(f) * static_cast<std::size_t>(experts) +
             static_cast<std::size_t>(i)];
  }
  return counts;
}

double purity(std::span<int const> family, std::span<int const> expert, int families, int experts)
{
  std::vector<int> const counts = routing_table(family, expert, families, experts);
  if (family.empty()) throw Error("purity: there is no environment; leave the figure out");
  auto const columns = static_cast<std::size_t>(experts);
  std::vector<double> cost(counts.size());
  std::transform(counts.begin(), counts.end(), cost.begin(), [](int n) { return -1. * n; });
  std::vector<int> const pair = hungarian(cost, static_cast<std::size_t>(families), columns);
  int on_pair = 0;
  for (std::size_t f = 0; f < pair.size(); ++f) {
    if (pair[f] >= 0) on_pair += counts[f * columns + static_cast<std::size_t>(pair[f])];
  }
  return static_cast<double>(on_pair) / static_cast<double>(family.size());
}

}  // namespace tessera::meta
