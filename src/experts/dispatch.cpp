#include <tessera/experts/dispatch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <tessera/core/error.hpp>

namespace tessera::experts {

std::vector<std::size_t> group_by_expert(std::span<int const> expert)
{
  std::vector<std::size_t> order(expert.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return expert[a] < expert[b]; });
  return order;
}

namespace {

// A block's last trajectories leave lanes idle, so long blocks are fast; many blocks keep threads
// busy. Both grow with the count, until blocks are so long that their end costs next to nothing.
int length_of_blocks(int count, int smallest)
{
  constexpr int long_enough = 320;
  int const grown = static_cast<int>(std::sqrt(double(smallest) * double(count)));
  return std::max(smallest, std::min(grown, long_enough));
}

}  // namespace

solvers::View1<solvers::Block> make_blocks(std::span<int const> grouped_expert, int smallest)
{
  int const total = static_cast<int>(grouped_expert.size());
  std::vector<solvers::Block> blocks;
  for (int begin = 0; begin < total;) {
    int const expert = grouped_expert[begin];
    int end = begin;
    while (end < total && grouped_expert[end] == expert) ++end;
    TESSERA_ASSERT(end == total || grouped_expert[end] > expert);
    int const count = end - begin, wanted = length_of_blocks(count, smallest);
    int const pieces = (count + wanted - 1) / wanted;
    for (int p = 0; p < pieces; ++p) {
      blocks.push_back({expert, begin + count * p / pieces, begin + count * (p + 1) / pieces});
    }
    begin = end;
  }
  solvers::View1<solvers::Block> view("tessera::experts::blocks", blocks.size());
  std::copy(blocks.begin(), blocks.end(), view.data());
  return view;
}

}  // namespace tessera::experts
