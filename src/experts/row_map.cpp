#include <tessera/experts/row_map.hpp>

#include <algorithm>

namespace tessera::experts {
namespace {

template <class T>
class IdentityMap final : public RowMap<T> {
 public:
  std::vector<TrainedBlock> blocks(std::string const &kind, std::size_t experts) const override
  {
    return {{.name = "bank/" + kind, .segments = experts}};
  }
  View2<T> rows(Parameters<T> const &parameters, std::string const &kind) const override
  {
    return parameters.matrix("bank/" + kind);
  }
  void fill(Parameters<T> const &parameters, std::string const &kind,
            std::span<T const> values) const override
  {
    View2<T> const own = rows(parameters, kind);
    std::size_t const size = values.size() / own.extent(0);
    for (std::size_t i = 0; i < own.extent(0); ++i) {
      std::ranges::copy(values.subspan(i * size, size), &own(i, 0));
    }
  }
  void materialise(Parameters<T> const &, std::string const &, View2<T> const &) const override {}
  void pull_back(View2<T> const &, std::span<std::uint8_t const>, Parameters<T> const &,
                 std::string const &) const override
  {
  }
  bool has_trunk() const override { return false; }
};

template <class T>
class TrunkMap final : public RowMap<T> {
 public:
  explicit TrunkMap(TrunkOptions const &options) : options_(options) {}

  std::vector<TrainedBlock> blocks(std::string const &kind, std::size_t experts) const override
  {
    return {{.name = "trunk/" + kind, .segments = 1, .of_experts = false},
            {.name = "bank/" + kind, .segments = experts, .rate = options_.part_rate}};
  }

  View2<T> rows(Parameters<T> const &parameters, std::string const &kind) const override
  {
    auto const parts = parameters.matrix("bank/" + kind);
    return View2<T>("tessera::experts::rows", parts.extent(0), parts.extent(1));
  }

  void fill(Parameters<T> const &parameters, std::string const &kind,
            std::span<T const> values) const override
  {
    View2<T> const trunk = parameters.matrix("trunk/" + kind);
    View2<T> const parts = parameters.matrix("bank/" + kind);
    std::size_t const size = values.size() / parts.extent(0);
    std::ranges::copy(values.first(size), &trunk(0, 0));
    for (std::size_t i = 0; i < parts.extent(0); ++i) {
      for (std::size_t k = 0; k < size; ++k) parts(i, k) = values[i * size + k] - values[k];
    }
  }

  void materialise(Parameters<T> const &parameters, std::string const &kind,
                   View2<T> const &rows) const override
  {
    View2<T> const trunk = parameters.matrix("trunk/" + kind);
    View2<T> const parts = parameters.matrix("bank/" + kind);
    for (std::size_t i = 0; i < rows.extent(0); ++i) {
      for (std::size_t k = 0; k < rows.extent(1); ++k) rows(i, k) = trunk(0, k) + parts(i, k);
    }
  }

  // Experts add their gradients to the trunk's in their order, so that bits stay.
  void pull_back(View2<T> const &rows, std::span<std::uint8_t const> active,
                 Parameters<T> const &gradient, std::string const &kind) const override
  {
    View2<T> const trunk = gradient.matrix("trunk/" + kind);
    View2<T> const parts = gradient.matrix("bank/" + kind);
    std::fill_n(&trunk(0, 0), trunk.extent(1), T(0));
    for (std::size_t i = 0; i < rows.extent(0); ++i) {
      if (active[i] == 0) continue;
      for (std::size_t k = 0; k < rows.extent(1); ++k) {
        parts(i, k) = rows(i, k);
        trunk(0, k) += rows(i, k);
      }
    }
  }

  bool has_trunk() const override { return true; }

 private:
  TrunkOptions options_;
};

}  // namespace

template <class T>
std::unique_ptr<RowMap<T>> make_identity_map()
{
  return std::make_unique<IdentityMap<T>>();
}

template <class T>
std::unique_ptr<RowMap<T>> make_trunk_map(TrunkOptions const &options)
{
  return std::make_unique<TrunkMap<T>>(options);
}

template std::unique_ptr<RowMap<float>> make_identity_map();
template std::unique_ptr<RowMap<double>> make_identity_map();
template std::unique_ptr<RowMap<float>> make_trunk_map(TrunkOptions const &);
template std::unique_ptr<RowMap<double>> make_trunk_map(TrunkOptions const &);

}  // namespace tessera::experts
