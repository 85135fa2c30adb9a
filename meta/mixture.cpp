#include <tessera/meta/mixture.hpp>

#include <algorithm>
#include <string>

namespace tessera::meta {

namespace {

Slices slices_of(bool split, Gate const *gate)
{
  if (!split) return Slices::shared;
  return gate == nullptr || gate->splits() ? Slices::own : Slices::every;
}

template <class T>
std::vector<int> firsts_of(experts::ExpertBank<T> const &bank, int experts)
{
  std::vector<int> firsts;
  for (int i = 0; i < experts; ++i) {
    if (i == 0 || bank.kind_of(i) != bank.kind_of(i - 1)) firsts.push_back(i);
  }
  return firsts;
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
    : bank_(std::move(bank)),
      gate_(std::move(gate)),
      map_(map != nullptr ? std::move(map) : experts::make_identity_map<T>()),
      population_(experts, firsts_of(*bank_, experts)),
      environments_(environments),
      slices_(slices_of(split, gate_.get())),
      parameters_(
          blocks_of(*map_, *bank_, static_cast<std::size_t>(experts), environments, columns())),
      rows_(map_->rows(parameters_, bank_->kind())),
      contexts_(parameters_.matrix("contexts"))
{
  Rng rng(seed, "experts/initialise");
  map_->fill(parameters_, bank_->kind(), begin_rows(rng));
  materialise();
  std::vector<int> const warm = firsts();
  std::vector<double> const even(warm.size(), 1.0 / double(warm.size()));
  for (std::size_t e = 0; e < environments; ++e) routes_.add(warm, even);
  if (gate_ == nullptr || gate_->splits()) return;
  wake();
  set_routes(gate_->first_routes(environments, static_cast<std::size_t>(components()), seed));
}

// Copies of one random expert of their kind, or all somewhat towards random ones of their own.
// Shape (expert, parameter).
template <class T>
std::vector<T> Mixture<T>::begin_rows(Rng &rng) const
{
  double const spread = gate_ == nullptr ? 0 : gate_->spread();
  std::size_t const size = bank_->row_size();
  std::vector<std::vector<T>> kinds;
  for (int first : firsts()) bank_->of(first).initialise(kinds.emplace_back(size), rng);
  std::vector<T> rows, own(size);
  for (int i = 0; i < experts(); ++i) {
    std::vector<T> const &row = kinds[static_cast<std::size_t>(bank_->kind_of(i))];
    if (spread > 0) bank_->of(i).initialise(own, rng);
    for (std::size_t k = 0; k < size; ++k) {
      rows.push_back(spread > 0 ? static_cast<T>((1 - spread) * row[k] + spread * own[k]) : row[k]);
    }
  }
  return rows;
}

template <class T>
std::vector<int> Mixture<T>::firsts() const
{
  return firsts_of(*bank_, experts());
}

template <class T>
int Mixture<T>::column(int expert) const
{
  if (slices_ == Slices::shared) return 0;
  return (slices_ == Slices::every ? expert : bank_->kind_of(expert)) * rank();
}

template <class T>
int Mixture<T>::columns() const
{
  return slices_ == Slices::own ? bank_->kinds() * rank() : components();
}

template <class T>
bool Mixture<T>::has_slice(std::size_t environment, int expert) const
{
  if (slices_ != Slices::own) return true;
  auto const answering = routes_.of(environment).expert;
  return std::find(answering.begin(), answering.end(), expert) != answering.end();
}

template <class T>
void Mixture<T>::set_routes(experts::Routes routes)
{
  bool fit = routes.size() == environments_;
  for (std::size_t e = 0; fit && e < environments_; ++e) {
    std::vector<int> used(static_cast<std::size_t>(bank_->kinds()), 0);
    for (int i : routes.of(e).expert) {
      fit = fit && i >= 0 && i < experts() && in_use(i);
      fit = fit && (++used[fit ? bank_->kind_of(i) : 0] == 1 || slices_ != Slices::own);
    }
  }
  if (!fit) {
    throw Error("Mixture: routes of " + std::to_string(routes.size()) + " items for " +
                std::to_string(environments_) + " environments and " +
                std::to_string(population_.active()) +
                " experts in use; one environment may have several experts only where it has a "
                "slice for each");
  }
  routes_ = std::move(routes);
}

template <class T>
void Mixture<T>::freeze(int id)
{
  if (map_->has_trunk()) {
    throw Error("Mixture: experts with a trunk cannot be frozen one by one: the trunk moves all");
  }
  population_.freeze(id);
}

template <class T>
std::vector<int> Mixture<T>::remove(int id)
{
  int const gone = population_.number(id);
  std::vector<int> const leaders = routes_.leaders();
  if (auto const led = std::count(leaders.begin(), leaders.end(), gone); led > 0) {
    throw Error("Mixture: expert " + std::to_string(id) + " leads " + std::to_string(led) +
                " environments; route them elsewhere before it is removed");
  }
  std::vector<int> const number = population_.remove(id);
  std::vector<std::size_t> const stay = experts::staying(number);
  keep_experts(experts::staying(number));
  routes_ = routes_.renumbered(number);
  if (gate_ != nullptr) gate_->begin(experts(), routes_.leaders());
  return number;
}

// Parameters of the experts that stay, by their old numbers; the population is changed already.
template <class T>
void Mixture<T>::keep_experts(std::vector<std::size_t> const &stay)
{
  Parameters<T> const old = parameters_;
  bank_->keep(stay);
  parameters_ = Parameters<T>(blocks_of(*map_, *bank_, stay.size(), environments_, columns()));
  for (auto const &block : map_->blocks(bank_->kind(), stay.size())) {
    auto const from = old.matrix(block.name), to = parameters_.matrix(block.name);
    for (std::size_t r = 0; r < block.segments; ++r) {
      std::copy_n(&from(block.of_experts ? stay[r] : r, 0), from.extent(1), &to(r, 0));
    }
  }
  auto const from = old.matrix("contexts");
  contexts_ = parameters_.matrix("contexts");
  auto const length = static_cast<std::size_t>(rank());
  bool const every = slices_ == Slices::every;
  std::size_t const count = static_cast<std::size_t>(columns()) / length;
  for (std::size_t e = 0; e < environments_; ++e) {
    for (std::size_t s = 0; s < count; ++s) {
      std::copy_n(&from(e, (every ? stay[s] : s) * length), length, &contexts_(e, s * length));
    }
  }
  rows_ = map_->rows(parameters_, bank_->kind());
  materialise();
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
    std::copy_n(own ? slice(e, leader(e)) : &contexts_(e, 0), count, numbers.begin());
    points.add(own ? static_cast<std::size_t>(leader(e)) * count : 0, numbers);
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
    bool const own = leader(e) == expert;
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
  population_.register_state(state);
  routes_.register_state(state, "experts/routes");
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
