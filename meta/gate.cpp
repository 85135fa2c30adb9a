#include <tessera/meta/gate.hpp>

#include <algorithm>

namespace tessera::meta {

int Gate::word(std::span<double const> context) const
{
  std::vector<double> const all = values(context);
  return static_cast<int>(std::max_element(all.begin(), all.end()) - all.begin());
}

}  // namespace tessera::meta
