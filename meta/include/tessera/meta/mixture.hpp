#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <tessera/core/error.hpp>
#include <tessera/core/parameters.hpp>
#include <tessera/experts/expert_bank.hpp>
#include <tessera/experts/population.hpp>
#include <tessera/experts/routes.hpp>
#include <tessera/experts/row_map.hpp>
#include <tessera/meta/gate.hpp>
#include <tessera/meta/task_batch.hpp>

namespace tessera::meta {

/// Which slices of a context an environment has.
enum class Slices {
  own,    ///< those of the experts it is routed to, at most one of each kind
  every,  ///< one for each expert, as published
  shared  ///< a single one, seen by all experts
};

/// A mixture of experts by kind: rows of experts, contexts of environments, the experts that answer
/// for them, and the gate that says so. During the warm-up the first expert of each kind is in use.
template <class T>
class Mixture {
 public:
  /// Experts start as copies of one random expert of their kind, contexts at zero. With `split`
  /// every expert sees a slice of its own, else all see the same. Without a gate everything stays
  /// with the first expert of each kind; without a map every expert has a row of its own.
  Mixture(std::shared_ptr<experts::ExpertBank<T>> bank, int experts, std::size_t environments,
          bool split, std::uint64_t seed, std::unique_ptr<Gate> gate = nullptr,
          std::unique_ptr<experts::RowMap<T>> map = nullptr);

  experts::ExpertBank<T> const &bank() const { return *bank_; }
  experts::Population const &population() const { return population_; }
  int experts() const { return population_.size(); }
  bool in_use(int expert) const { return population_.duty(expert) != experts::Duty::off; }
  /// Whether experts wait for the end of the warm-up.
  bool warming() const { return population_.active() < experts(); }
  /// Whether there is nothing to choose: the others wait, or there are none.
  bool alone() const { return warming() || experts() == 1; }
  /// (kind): the first of its experts, which stands for them in the warm-up.
  std::vector<int> firsts() const;
  std::size_t environments() const { return environments_; }
  int rank() const { return bank_->context_size(); }
  Slices slices() const { return slices_; }
  /// Size of a whole context: what the gate sees.
  int components() const { return slices_ == Slices::shared ? rank() : experts() * rank(); }
  /// Numbers that an environment keeps: all slices, or with slices of its own one for each kind.
  int columns() const;
  /// nullptr where there is none.
  Gate *gate() const { return gate_.get(); }
  /// The gate's word on a whole context (component); 0 without a gate.
  int word(std::span<double const> context) const { return gate_ ? gate_->word(context) : 0; }

  experts::RowMap<T> const &map() const { return *map_; }

  experts::Routes const &routes() const { return routes_; }  ///< (environment)
  int leader(std::size_t environment) const { return routes_.leader(environment); }
  /// Throws Error where there is not one item for each environment, or several experts of a kind
  /// for one that has the slice of one alone.
  void set_routes(experts::Routes routes);
  void set_routes(std::vector<int> const &expert) { set_routes(experts::Routes::single(expert)); }
  /// All experts are in use.
  void wake() { population_.wake(); }
  /// This expert answers and does not move. Throws Error for an unknown id, or where experts have a
  /// trunk, which moves them all.
  void freeze(int id);
  /// Takes out an expert that leads no environment; rows, slices and gate follow. Returns the new
  /// number of each old expert, −1 for that one. Throws Error where it leads one.
  std::vector<int> remove(int id);

  Parameters<T> const &parameters() const { return parameters_; }
  experts::View2<T> const &rows() const { return rows_; }          ///< (expert, parameter)
  experts::View2<T> const &contexts() const { return contexts_; }  ///< (environment, component)
  /// What one expert sees of a context; the slice must be there. Shape (rank).
  T *slice(std::size_t environment, int expert) const
  {
    TESSERA_ASSERT(has_slice(environment, expert));
    return &contexts_(environment, column(expert));
  }
  bool has_slice(std::size_t environment, int expert) const;
  /// The slices of all tasks, each of its environment as its expert sees it; zero where an
  /// environment has none. Shape (task, rank).
  std::vector<T> slices(std::span<Task const> tasks) const;
  /// The mean of one slice over the environments that this expert leads; without any, over all that
  /// have one, or zero. Shape (rank).
  std::vector<T> mean_slice(int expert) const;
  /// Contexts as clustering, selection and gate see them, each in its range of all components.
  SlicedPoints context_points() const;
  /// A slice in its place among zeros. Shape (component).
  std::vector<double> whole_context(int expert, std::span<double const> slice) const;

  /// Makes the rows from parameters that have changed.
  void materialise();

  /// Everything a trained mixture is: parameters, routes and gate.
  void register_state(State &state);
  /// Call after a checkpoint was read into the registered state.
  void restored();

 private:
  // Where an expert's slice begins in a row of contexts.
  int column(int expert) const;
  std::vector<T> begin_rows(Rng &rng) const;
  void keep_experts(std::vector<std::size_t> const &stay);

  std::shared_ptr<experts::ExpertBank<T>> bank_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<experts::RowMap<T>> map_;
  experts::Population population_;
  experts::Routes routes_;
  std::size_t environments_;
  Slices slices_;
  Parameters<T> parameters_;
  experts::View2<T> rows_, contexts_;
};

extern template class Mixture<float>;
extern template class Mixture<double>;

}  // namespace tessera::meta
