#include <tessera/fields/ncf.hpp>

#include <cmath>

#include "field_bank.hpp"
#include "ncf_fields.hpp"

namespace tessera::fields {
namespace {

template <class T>
class NcfBank final : public FieldBank<T, NcfFields<T>> {
  using Base = FieldBank<T, NcfFields<T>>;
  using Base::layout_;

 public:
  using Base::Base;
  std::string kind() const override { return "ncf"; }
  void initialise(std::span<T> row, Rng &rng) const override;

 protected:
  std::vector<T> network(std::span<T const> row, std::span<T const> context,
                         std::vector<T> x) const override;
};

// Layers as published: U(-1/sqrt(in)), slopes in [0.01, 1].
template <class T>
void NcfBank<T>::initialise(std::span<T> row, Rng &rng) const
{
  auto draw = [&](NcfLayer const *layers, int last) {
    for (int n = 0; n <= last; ++n) {
      NcfLayer const &layer = layers[n];
      double const bound = 1 / std::sqrt(layer.in);
      for (int i = 0; i < layer.out * layer.in; ++i) {
        row[layer.w + i] = static_cast<T>(rng.uniform(-bound, bound));
      }
      for (int j = 0; j < layer.out; ++j) {
        row[layer.b + j] = static_cast<T>(rng.uniform(-bound, bound));
      }
      if (layer.hidden) row[layer.beta] = static_cast<T>(rng.uniform(0.01, 1.0));
    }
  };
  std::fill(row.begin(), row.end(), T(0));
  draw(layout_.data, layout_.shape.depth_data);
  draw(layout_.context, layout_.shape.depth_ctx);
  draw(layout_.main, layout_.shape.depth);
}

template <class T>
std::vector<T> apply(NcfLayer const *layers, int last, std::span<T const> row, std::vector<T> x)
{
  for (int n = 0; n <= last; ++n) {
    NcfLayer const &layer = layers[n];
    std::vector<T> out(layer.out);
    for (int j = 0; j < layer.out; ++j) {
      T sum = row[layer.b + j];
      for (int k = 0; k < layer.in; ++k) sum += row[layer.w + j * layer.in + k] * x[k];
      out[j] = layer.hidden ? sum / (1 + std::exp(-row[layer.beta] * sum)) : sum;
    }
    x = std::move(out);
  }
  return x;
}

template <class T>
std::vector<T> NcfBank<T>::network(std::span<T const> row, std::span<T const> context,
                                   std::vector<T> x) const
{
  std::vector<T> xi(context.begin(), context.end());
  for (T &component : xi) component += row[layout_.shift];
  std::vector<T> codes = apply(layout_.data, layout_.shape.depth_data, row, std::move(x));
  std::vector<T> const code = apply(layout_.context, layout_.shape.depth_ctx, row, xi);
  codes.insert(codes.end(), code.begin(), code.end());
  return apply(layout_.main, layout_.shape.depth, row, std::move(codes));
}

}  // namespace

template <class T>
std::unique_ptr<ExpertBank<T>> make_ncf_bank(NcfShape const &shape, bool time)
{
  return std::make_unique<NcfBank<T>>(shape, time);
}
template std::unique_ptr<ExpertBank<float>> make_ncf_bank<float>(NcfShape const &, bool);
template std::unique_ptr<ExpertBank<double>> make_ncf_bank<double>(NcfShape const &, bool);

void register_ncf(Registry &registry)
{
  registry.add<ExpertKind>(
      "ncf", "vector field: a network of a code of the state and one of a context",
      [](Section &s) { return std::make_unique<ShapeKind<NcfShape, NcfBank>>(s); });
}

}  // namespace tessera::fields
