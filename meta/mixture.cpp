#include <tessera/meta/mixture.hpp>

#include <algorithm>

namespace tessera::meta {

template <class T>
Mixture<T>::Mixture(std::shared_ptr<experts::ExpertBank<T>> bank, int experts,
                    std::size_t environments, bool split, std::uint64_t seed)
    : route(environments, 0),
      cluster(environments, 0),
      bank_(std::move(bank)),
      experts_(experts),
      environments_(environments),
      split_(split),
      parameters_({{.name = "bank/" + bank_->kind(),
                    .rows = static_cast<std::size_t>(experts),
                    .columns = bank_->row_size()},
                   {.name = "contexts",
                    .rows = environments,
                    .columns = static_cast<std::size_t>(components())}}),
      rows_(parameters_.matrix("bank/" + bank_->kind())),
      contexts_(parameters_.matrix("contexts"))
{
  Rng rng(seed, "experts/initialise");
  bank_->initialise(std::span<T>(&rows_(0, 0), bank_->row_size()), rng);
  for (int e = 1; e < experts; ++e) {
    for (std::size_t k = 0; k < bank_->row_size(); ++k) rows_(e, k) = rows_(0, k);
  }
}

template <class T>
std::vector<double> Mixture<T>::context_table() const
{
  auto const columns = static_cast<std::size_t>(components());
  std::vector<double> table(environments_ * columns);
  for (std::size_t e = 0; e < environments_; ++e) {
    std::copy_n(&contexts_(e, 0), columns, &table[e * columns]);
  }
  return table;
}

template <class T>
std::vector<T> Mixture<T>::slices(std::span<Task const> tasks) const
{
  std::vector<T> contexts;
  for (Task const &task : tasks) {
    T const *own = slice(task.environment, task.expert);
    contexts.insert(contexts.end(), own, own + rank());
  }
  return contexts;
}

template <class T>
std::vector<T> Mixture<T>::mean_slice(int expert) const
{
  std::vector<double> sum(rank(), 0.0), all(rank(), 0.0);
  double count = 0;
  for (std::size_t e = 0; e < environments_; ++e) {
    bool const own = route[e] == expert;
    count += own;
    for (int r = 0; r < rank(); ++r) {
      sum[r] += own ? double(slice(e, expert)[r]) : 0.0;
      all[r] += slice(e, expert)[r];
    }
  }
  std::vector<T> mean;
  for (int r = 0; r < rank(); ++r) {
    mean.push_back(static_cast<T>(count > 0 ? sum[r] / count : all[r] / double(environments_)));
  }
  return mean;
}

template <class T>
void Mixture<T>::register_state(State &state)
{
  parameters_.register_state(state, "parameters");
  state.add("gate/active", 1, std::span<std::int32_t>(&active, 1));
  state.add("gate/weights", 1, &gate.weights);
  state.add("gate/mean", 1, &gate.scale.mean);
  state.add("gate/deviation", 1, &gate.scale.deviation);
  state.add("gate/route", 1, &route);
  state.add("gate/cluster", 1, &cluster);
  state.add("gate/cluster_expert", 1, &cluster_expert);
}

template <class T>
void Mixture<T>::restored()
{
  gate.components = gate.weights.empty() ? 0 : static_cast<std::size_t>(components());
  gate.experts = experts_;
}

template class Mixture<float>;
template class Mixture<double>;

}  // namespace tessera::meta
