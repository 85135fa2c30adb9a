#include <tessera/experts/population.hpp>

#include <algorithm>
#include <numeric>
#include <string>

#include <tessera/core/error.hpp>

namespace tessera::experts {
namespace {

constexpr auto off = static_cast<std::int32_t>(Duty::off);
constexpr auto on = static_cast<std::int32_t>(Duty::on);

}  // namespace

Population::Population(int count, std::vector<int> const &warm)
    : id_(static_cast<std::size_t>(count)), duty_(static_cast<std::size_t>(count), off)
{
  std::iota(id_.begin(), id_.end(), 0);
  for (int number : warm) duty_[static_cast<std::size_t>(number)] = on;
}

int Population::active() const
{
  return size() - static_cast<int>(std::count(duty_.begin(), duty_.end(), off));
}

int Population::number(int id) const
{
  auto const at = std::find(id_.begin(), id_.end(), id);
  if (at == id_.end()) throw Error("Population: no expert has the id " + std::to_string(id));
  return static_cast<int>(at - id_.begin());
}

void Population::wake()
{
  std::replace(duty_.begin(), duty_.end(), off, on);
}

void Population::freeze(int id)
{
  duty_[static_cast<std::size_t>(number(id))] = static_cast<std::int32_t>(Duty::frozen);
}

std::vector<int> Population::remove(int id)
{
  int const gone = number(id);
  if (size() == 1) throw Error("Population: the last expert cannot be removed");
  std::vector<int> renumbered;
  for (int i = 0; i < size(); ++i) renumbered.push_back(i == gone ? -1 : i - (i > gone));
  id_.erase(id_.begin() + gone);
  duty_.erase(duty_.begin() + gone);
  return renumbered;
}

void Population::register_state(State &state)
{
  state.add("experts/id", 1, &id_);
  state.add("experts/duty", 1, &duty_);
}

std::vector<std::size_t> staying(std::vector<int> const &number)
{
  std::vector<std::size_t> old;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (number[i] >= 0) old.push_back(i);
  }
  return old;
}

}  // namespace tessera::experts
