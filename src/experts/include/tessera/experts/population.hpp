#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <tessera/core/state.hpp>

namespace tessera::experts {

/// What an expert does in training.
enum class Duty : std::int32_t {
  off,    ///< waits: nobody is routed to it, it does not move
  on,     ///< answers and learns
  frozen  ///< answers and does not move
};

/// Who the experts are. An expert keeps its id for life; its number, the row it has in parameters,
/// routes and gate, counts those that are there.
class Population {
 public:
  /// `count` experts with ids from 0 on; those of the numbers `warm` are on.
  explicit Population(int count, std::vector<int> const &warm = {0});

  int size() const { return static_cast<int>(id_.size()); }
  int id(int number) const { return id_[static_cast<std::size_t>(number)]; }
  Duty duty(int number) const { return static_cast<Duty>(duty_[static_cast<std::size_t>(number)]); }
  /// How many are in use.
  int active() const;
  /// The number of an expert. Throws Error where no expert has this id.
  int number(int id) const;

  /// All that wait are on.
  void wake();
  /// Throws Error for an unknown id.
  void freeze(int id);
  /// Takes an expert out. Returns the new number of each old one, −1 for that one. Throws Error for
  /// an unknown id, or where it is the last one.
  std::vector<int> remove(int id);

  /// Adds experts/id and experts/duty.
  void register_state(State &state);

 private:
  std::vector<std::int32_t> id_, duty_;  // (number)
};

/// The numbers of those that stay, in their order: the inverse of what `remove` returns.
std::vector<std::size_t> staying(std::vector<int> const &number);

}  // namespace tessera::experts
