#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace tessera {

/// Everything a run must remember, by name: each stateful object adds the memory it owns, a
/// checkpoint writes it and reads it back in place. Fixed sizes are spans; what may change its
/// length between checkpoints is added as a vector.
class State {
 public:
  using Memory =
      std::variant<std::span<float>, std::span<double>, std::span<std::int64_t>,
                   std::span<std::uint64_t>, std::span<std::int32_t>, std::vector<float> *,
                   std::vector<double> *, std::vector<std::int64_t> *, std::vector<std::int32_t> *>;
  struct Item {
    std::string name;  ///< becomes the dataset /state/<name>
    int version;       ///< of the layout; a checkpoint of another version is refused
    Memory memory;
  };

  /// Throws Error when the name is taken. The memory must outlive this object.
  void add(std::string name, int version, Memory memory);
  std::vector<Item> const &items() const { return items_; }

 private:
  std::vector<Item> items_;
};

}  // namespace tessera
