#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/parameters.hpp>
#include <tessera/experts/expert_bank.hpp>

namespace tessera::experts {

/// One block of what is trained behind the rows of experts: segments that an optimiser moves, each
/// with its own moments.
struct TrainedBlock {
  std::string name;        ///< of the block in Parameters
  std::size_t segments;    ///< its rows
  double rate = 1;         ///< times the rate of the step
  bool of_experts = true;  ///< segment i is expert i's; else a segment is everybody's
};

/// Rows of experts are made, not owned: how the rows that kernels read come from the numbers that
/// are trained, and gradients of rows go back to those.
template <class T>
class RowMap {
 public:
  virtual ~RowMap() = default;

  /// Blocks for `experts` rows of experts called `kind`.
  virtual std::vector<TrainedBlock> blocks(std::string const &kind, std::size_t experts) const = 0;
  /// Where rows (expert, parameter) stand that belong to `parameters`, or to gradients of the same
  /// shape: one of the blocks, or room of their own.
  virtual View2<T> rows(Parameters<T> const &parameters, std::string const &kind) const = 0;
  /// Puts rows (expert, number) into the experts, before training.
  virtual void fill(Parameters<T> const &parameters, std::string const &kind,
                    std::span<T const> rows) const = 0;
  /// Makes `rows` from parameters.
  virtual void materialise(Parameters<T> const &parameters, std::string const &kind,
                           View2<T> const &rows) const = 0;
  /// Gradients of rows to gradients of the blocks; rows of experts that are not `active` count
  /// nothing.
  virtual void pull_back(View2<T> const &rows, std::span<std::uint8_t const> active,
                         Parameters<T> const &gradient, std::string const &kind) const = 0;
  /// Whether experts have a trunk in common: then their own parts wait, at zero, while one expert
  /// is alone, and a context means about the same to all of them.
  virtual bool has_trunk() const = 0;
};

/// Every expert has a row of its own and nothing in common with others.
template <class T>
std::unique_ptr<RowMap<T>> make_identity_map();

/// What a trunk and its parts are trained with.
struct TrunkOptions {
  double part_rate = 1;  ///< of the parts, times the rate of the trunk
};

/// row_i = s + d_i: a trunk that all experts share and learn from every environment, and a part
/// that is expert i's alone. With one expert there is the trunk only.
template <class T>
std::unique_ptr<RowMap<T>> make_trunk_map(TrunkOptions const &options);

}  // namespace tessera::experts
