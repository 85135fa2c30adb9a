#include <tessera/meta/mixture.hpp>

#include <algorithm>

namespace tessera::meta {

namespace {

Slices slices_of(bool split, Gate const *gate)
{
  if (!split) return Slices::shared;
  return gate == nullptr || gate->splits() ? Slices::own : Slices::every;
}

template <class T>
std::vector<ParameterBlock> blocks_of(experts::RowMap<T> const &map,
                                      experts::ExpertBank<T> const &bank, std::size_t experts,
                                      std::size_t environments, int components)
{
  std::vector<ParameterBlock> blocks;
  for (auto const &block : map.blocks(bank.kind(), experts)) {
    blocks.push_back({.name = block.name, .rows = block.segments, .columns = bank.row_size()});
  }
  blocks.push_back(
      {.name = "contexts", .rows = environments, .columns = static_cast<std::size_t>(components)});
  return blocks;
}

}  // namespace

template <class T>
Mixture<T>::Mixture(std::shared_ptr<experts::ExpertBank<T>> bank, int experts,
                    std::size_t environments, bool split, std::uint64_t seed,
                    std::unique_ptr<Gate> gate, std::unique_ptr<experts::RowMap<T>> map)
    : route(environments, 0),
      bank_(std::move(bank)),
      gate_(std::move(gate)),
      map_(map != nullptr ? std::move(map) : experts::make_identity_map<T>()),
      experts_(experts),
      environments_(environments),
      slices_(slices_of(split, gate_.get())),
      parameters_(blocks_of(*map_, *bank_, static_cast<std::size_t>(experts), environments,
                            slices_ == Slices::own ? rank() : components())),
      rows_(map_->rows(parameters_, bank_->kind())),
      contexts_(parameters_.matrix("contexts"))
{
  Rng rng(seed, "experts/initialise");
  std::vector<T> row(bank_->row_size());
  bank_->initialise(row, rng);
  map_->fill(parameters_, bank_->kind(), row);
  materialise();
  if (gate_ == nullptr || gate_->splits()) return;
  active = experts;
  route = gate_->first_routes(environments, static_cast<std::size_t>(components()), seed);
}

template <class T>
SlicedPoints Mixture<T>::context_points() const
{
  SlicedPoints points;
  points.components = static_cast<std::size_t>(components());
  bool const own = slices_ == Slices::own;
  auto const count = static_cast<std::size_t>(own ? rank() : components());
  std::vector<double> numbers(count);
  for (std::size_t e = 0; e < environments_; ++e) {
    std::copy_n(&contexts_(e, 0), count, numbers.begin());
    points.add(own ? static_cast<std::size_t>(route[e]) * count : 0, numbers);
  }
  return points;
}

template <class T>
std::vector<double> Mixture<T>::whole_context(int expert, std::span<double const> slice) const
{
  std::vector<double> whole(static_cast<std::size_t>(components()), 0.0);
  auto const at = slices_ == Slices::shared ? 0 : expert * static_cast<std::ptrdiff_t>(rank());
  std::copy(slice.begin(), slice.end(), whole.begin() + at);
  return whole;
}

template <class T>
std::vector<T> Mixture<T>::slices(std::span<Task const> tasks) const
{
  std::vector<T> contexts(tasks.size() * static_cast<std::size_t>(rank()), T(0));
  for (std::size_t q = 0; q < tasks.size(); ++q) {
    if (!has_slice(tasks[q].environment, tasks[q].expert)) continue;
    std::copy_n(slice(tasks[q].environment, tasks[q].expert), rank(),
                &contexts[q * static_cast<std::size_t>(rank())]);
  }
  return contexts;
}

template <class T>
std::vector<T> Mixture<T>::mean_slice(int expert) const
{
  std::vector<double> sum(rank(), 0.0), all(rank(), 0.0);
  double count = 0;
  for (std::size_t e = 0; e < environments_; ++e) {
    if (!has_slice(e, expert)) continue;
    bool const own = route[e] == expert;
    T const *numbers = slice(e, expert);
    count += own;
    for (int r = 0; r < rank(); ++r) {
      sum[r] += own ? double(numbers[r]) : 0.0;
      all[r] += numbers[r];
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
  state.add("experts/active", 1, std::span<std::int32_t>(&active, 1));
  state.add("experts/route", 1, &route);
  if (gate_ != nullptr) gate_->register_state(state);
}

template <class T>
void Mixture<T>::materialise()
{
  map_->materialise(parameters_, bank_->kind(), rows_);
}

template <class T>
void Mixture<T>::restored()
{
  materialise();
  if (gate_ != nullptr) gate_->restored();
}

template class Mixture<float>;
template class Mixture<double>;

}  // namespace tessera::meta
