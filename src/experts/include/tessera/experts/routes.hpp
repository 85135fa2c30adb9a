#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/state.hpp>

namespace tessera::experts {

/// The experts that answer for one item and their weights, the leader first. Shapes (share).
struct Shares {
  std::span<int const> expert;
  std::span<double const> weight;
  std::size_t size() const { return expert.size(); }
};

/// Which experts answer for which item (an environment, a point, a box), and with which weight:
/// compressed rows. A weight is a share of the item's loss.
class Routes {
 public:
  Routes() = default;
  /// Every item on one expert, with weight 1. Shape (item).
  static Routes single(std::span<int const> expert);
  /// All items on all experts alike.
  static Routes even(std::size_t items, int experts);

  /// One more item; its first share leads. Throws Error where there is none, where lengths differ,
  /// or where a weight is not positive and finite.
  void add(std::span<int const> expert, std::span<double const> weight);

  std::size_t size() const { return end_.size(); }
  Shares of(std::size_t item) const
  {
    std::size_t const begin = item == 0 ? 0 : static_cast<std::size_t>(end_[item - 1]);
    std::size_t const count = static_cast<std::size_t>(end_[item]) - begin;
    return {std::span(expert_).subspan(begin, count), std::span(weight_).subspan(begin, count)};
  }
  int leader(std::size_t item) const { return of(item).expert[0]; }
  /// (item): its leader.
  std::vector<int> leaders() const;
  bool operator==(Routes const &) const = default;

  /// The same routes where expert i is called number[i], or is gone with its shares where that is
  /// −1; what is left of an item is scaled to its old sum. Throws Error where nothing is left.
  Routes renumbered(std::span<int const> number) const;

  /// Adds `prefix`/end, /expert, /weight.
  void register_state(State &state, std::string const &prefix);

 private:
  std::vector<std::int64_t> end_;  // (item): behind its last share
  std::vector<int> expert_;
  std::vector<double> weight_;
};

}  // namespace tessera::experts
