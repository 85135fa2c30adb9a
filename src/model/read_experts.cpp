#include "read_experts.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/experts/mixed_bank.hpp>

namespace tessera::model {
namespace {

constexpr int most_experts = 4096;

/// Experts of several kinds, as many of each as `counts` says.
class MixedKind final : public experts::ExpertKind {
 public:
  MixedKind(std::vector<std::unique_ptr<experts::ExpertKind>> kinds, std::vector<int> counts)
      : kinds_(std::move(kinds)), counts_(std::move(counts))
  {
  }
  std::unique_ptr<experts::ExpertBank<float>> make_float(int state) const override
  {
    return make<float>([state](auto const &kind) { return kind.make_float(state); });
  }
  std::unique_ptr<experts::ExpertBank<double>> make_double(int state) const override
  {
    return make<double>([state](auto const &kind) { return kind.make_double(state); });
  }

 private:
  template <class T, class Make>
  std::unique_ptr<experts::ExpertBank<T>> make(Make const &make_one) const
  {
    std::vector<experts::KindOfExperts<T>> banks;
    for (std::size_t k = 0; k < kinds_.size(); ++k) {
      banks.push_back({make_one(*kinds_[k]), counts_[k]});
    }
    return experts::make_mixed_bank(std::move(banks));
  }

  std::vector<std::unique_ptr<experts::ExpertKind>> kinds_;
  std::vector<int> counts_;
};

std::vector<int> read_counts(Section &experts, std::size_t kinds)
{
  std::vector<int> const counts = experts.get("count", std::vector<int>(kinds, 2));
  if (counts.size() != kinds) {
    experts.fail("count", fmt::format("has {} numbers, experts.bank has {} types; give one number "
                                      "for each",
                                      counts.size(), kinds));
  }
  for (int count : counts) {
    if (count < 1 || count > most_experts) {
      experts.fail("count", fmt::format("has {}; every number must be between 1 and {}", count,
                                        most_experts));
    }
  }
  return counts;
}

}  // namespace

void read_experts(Section &experts, Registry const &registry, Settings &settings)
{
  if (!experts.has("bank")) {
    settings.expert_kind = registry.make<experts::ExpertKind>(experts, "geps");
    settings.experts = experts.get_in("count", 4, 1, most_experts);
    return;
  }
  std::vector<std::string> const names = experts.get("bank", std::vector<std::string>());
  if (names.empty()) experts.fail("bank", "is empty; name the types of experts, or leave it out");
  if (experts.has("type")) {
    experts.fail("type", "says the same as experts.bank; leave one of them out");
  }
  std::vector<int> const counts = read_counts(experts, names.size());
  std::vector<std::unique_ptr<experts::ExpertKind>> kinds;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (std::count(names.begin(), names.end(), names[k]) > 1) {
      experts.fail("bank", "names \"" + names[k] + "\" twice; raise its number in experts.count");
    }
    try {
      kinds.push_back(
          registry.make_named<experts::ExpertKind>(names[k], experts.section(names[k])));
    } catch (ConfigError const &) {
      throw;
    } catch (InputError const &error) {
      experts.fail("bank", std::string("holds what is no type of experts: ") + error.what());
    }
  }
  settings.experts = std::accumulate(counts.begin(), counts.end(), 0);
  settings.expert_kind = std::make_unique<MixedKind>(std::move(kinds), counts);
}

}  // namespace tessera::model
