#include <tessera/fields/coda.hpp>

#include <cmath>

#include "coda_fields.hpp"
#include "field_bank.hpp"

namespace tessera::fields {
namespace {

template <class T>
class CodaBank final : public FieldBank<T, CodaFields<T>> {
  using Base = FieldBank<T, CodaFields<T>>;
  using Base::layout_;

 public:
  using Base::Base;
  std::string kind() const override { return "coda"; }
  void initialise(std::span<T> row, Rng &rng) const override;

 protected:
  std::vector<T> network(std::span<T const> row, std::span<T const> context,
                         std::vector<T> in) const override;
};

// As published: linear layers U(-1/sqrt(in)), slopes in [0.01, 1] and equal on all sites of one
// expert, H U(-1/sqrt(rank)).
template <class T>
void CodaBank<T>::initialise(std::span<T> row, Rng &rng) const
{
  auto draw = [&](std::size_t begin, std::size_t count, double bound) {
    for (std::size_t i = 0; i < count; ++i) {
      row[begin + i] = static_cast<T>(rng.uniform(-bound, bound));
    }
  };
  std::fill(row.begin(), row.end(), T(0));
  T const slope = static_cast<T>(rng.uniform(0.01, 1.0));
  for (int n = 0; n < layout_.shape.depth; ++n) {
    CodaLayer const &layer = layout_.layers[n];
    double const bound = 1 / std::sqrt(layer.in);
    draw(layer.w, static_cast<std::size_t>(layer.in * layer.out), bound);
    draw(layer.b, static_cast<std::size_t>(layer.out), bound);
    if (layer.hidden) row[layer.beta] = slope;
  }
  draw(layout_.hyper(0), layout_.shift - layout_.theta, 1 / std::sqrt(layout_.shape.rank));
}

template <class T>
std::vector<T> CodaBank<T>::network(std::span<T const> row, std::span<T const> context,
                                    std::vector<T> in) const
{
  std::vector<T> theta(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(layout_.theta));
  for (int r = 0; r < layout_.shape.rank; ++r) {
    T const xi = context[r] + row[layout_.shift];
    for (std::size_t p = 0; p < layout_.theta; ++p) theta[p] += xi * row[layout_.hyper(r) + p];
  }
  for (int n = 0; n < layout_.shape.depth; ++n) {
    CodaLayer const &layer = layout_.layers[n];
    std::vector<T> out(theta.begin() + static_cast<std::ptrdiff_t>(layer.b),
                       theta.begin() + static_cast<std::ptrdiff_t>(layer.b) + layer.out);
    for (int k = 0; k < layer.in; ++k) {
      for (int j = 0; j < layer.out; ++j) out[j] += theta[layer.w + k * layer.out + j] * in[k];
    }
    for (T &y : out) y = layer.hidden ? y / (1 + std::exp(-theta[layer.beta] * y)) : y;
    in = std::move(out);
  }
  return in;
}

}  // namespace

template <class T>
std::unique_ptr<ExpertBank<T>> make_coda_bank(CodaShape const &shape, bool time)
{
  return std::make_unique<CodaBank<T>>(shape, time);
}
template std::unique_ptr<ExpertBank<float>> make_coda_bank<float>(CodaShape const &, bool);
template std::unique_ptr<ExpertBank<double>> make_coda_bank<double>(CodaShape const &, bool);

void register_coda(Registry &registry)
{
  registry.add<ExpertKind>(
      "coda", "vector field: an MLP whose every number follows a context",
      [](Section &s) { return std::make_unique<ShapeKind<CodaShape, CodaBank>>(s); });
}

}  // namespace tessera::fields
