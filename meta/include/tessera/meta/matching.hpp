#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tessera::meta {

/// The one-to-one assignment of rows to columns with the least total cost (Hungarian method with
/// potentials, O(n³)). `cost` is (row, column); the smaller side is exhausted. Returns the column
/// of each row, −1 for rows left over. An entry that is not finite is taken only where nothing else
/// is possible. Throws Error where the sizes do not fit.
std::vector<int> hungarian(std::span<double const> cost, std::size_t rows, std::size_t columns);

/// The published assignment: rows in their order, each takes the cheapest column still free (ties
/// to the lower index), −1 once none is left. Not optimal. Throws Error where the sizes do not fit.
std::vector<int> greedy_matching(std::span<double const> cost, std::size_t rows,
                                 std::size_t columns);

/// How many environments of each family went to each expert: (family, expert) counts. `family` and
/// `expert` are per environment. Throws Error on an index out of range or unequal lengths.
std::vector<int> routing_table(std::span<int const> family, std::span<int const> expert,
                               int families, int experts);

/// The largest share of environments that a one-to-one pairing of families and experts puts on its
/// pair; in (0, 1]. Throws as `routing_table`, and where there is no environment.
double purity(std::span<int const> family, std::span<int const> expert, int families, int experts);

}  // namespace tessera::meta
