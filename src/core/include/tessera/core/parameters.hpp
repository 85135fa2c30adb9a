#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <Kokkos_Core.hpp>

#include <tessera/core/state.hpp>

namespace tessera {

/// One named piece of the parameters.
struct ParameterBlock {
  std::string name;         ///< "shared", "bank/<kind>", "gate", "contexts"
  std::size_t rows = 0;     ///< experts, environments, or 1
  std::size_t columns = 0;  ///< numbers of one row that are used
  bool complex = false;     ///< pairs (real, imaginary); columns counts numbers
  bool frozen = false;      ///< read, never updated
  std::size_t offset = 0;   ///< set by Parameters, as is
  std::size_t stride = 0;   ///< the distance of rows: a multiple of 64 bytes
};

/// Everything a mixture learns: one flat View with named blocks. What the optimiser updates, a
/// checkpoint saves and ranks add up is this View. Rows are padded to cache lines; padding is zero.
template <class T>
class Parameters {
 public:
  using Space = Kokkos::DefaultHostExecutionSpace;
  using Flat = Kokkos::View<T *, Kokkos::LayoutRight, Space>;
  using Matrix = Kokkos::View<T **, Kokkos::LayoutRight, Space>;

  explicit Parameters(std::vector<ParameterBlock> blocks);

  Flat const &flat() const { return flat_; }
  std::vector<ParameterBlock> const &blocks() const { return blocks_; }
  /// Throws Error for an unknown name.
  ParameterBlock const &block(std::string const &name) const;
  /// A block as (row, number), padding included; a window into `flat`.
  Matrix matrix(std::string const &name) const;
  /// The lengths of all rows of all blocks, in the order of `flat`.
  std::vector<std::size_t> row_sizes(std::string const &name) const;
  void register_state(State &state, std::string const &prefix) const;

 private:
  std::vector<ParameterBlock> blocks_;
  Flat flat_;
};

extern template class Parameters<float>;
extern template class Parameters<double>;

}  // namespace tessera
