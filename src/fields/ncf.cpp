#include <tessera/fields/ncf.hpp>

#include <cmath>

#include "field_bank.hpp"
#include "ncf_tangents.hpp"

namespace tessera::fields {
namespace {

// Two packs per row: 32 float lanes, enough independent sums to fill both multiply-add pipes.
template <class T>
class NcfBank final : public FieldBank<T, NcfLayout, NcfField<T, 2>, NcfTangents<T, 2>> {
  using Base = FieldBank<T, NcfLayout, NcfField<T, 2>, NcfTangents<T, 2>>;
  using Base::layout_;

 public:
  explicit NcfBank(NcfShape const &shape) : Base(NcfLayout(shape)) {}
  std::string kind() const override { return "ncf"; }
  void initialise(std::span<T> row, Rng &rng) const override;
  void evaluate(std::span<T const> row, std::span<T const> context, std::span<T const> x,
                std::span<T> dx) const override;
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
void NcfBank<T>::evaluate(std::span<T const> row, std::span<T const> context, std::span<T const> x,
                          std::span<T> dx) const
{
  std::vector<T> xi(context.begin(), context.end());
  for (T &component : xi) component += row[layout_.shift];
  std::vector<T> codes =
      apply(layout_.data, layout_.shape.depth_data, row, std::vector<T>(x.begin(), x.end()));
  std::vector<T> const code = apply(layout_.context, layout_.shape.depth_ctx, row, xi);
  codes.insert(codes.end(), code.begin(), code.end());
  std::vector<T> const out = apply(layout_.main, layout_.shape.depth, row, codes);
  std::copy(out.begin(), out.end(), dx.begin());
}

}  // namespace

template <class T>
std::unique_ptr<ExpertBank<T>> make_ncf_bank(NcfShape const &shape)
{
  return std::make_unique<NcfBank<T>>(shape);
}
template std::unique_ptr<ExpertBank<float>> make_ncf_bank<float>(NcfShape const &);
template std::unique_ptr<ExpertBank<double>> make_ncf_bank<double>(NcfShape const &);

void register_ncf(Registry &registry)
{
  registry.add<ExpertKind>(
      "ncf", "vector field: a network of a code of the state and one of a context",
      [](Section &s) { return std::make_unique<ShapeKind<NcfShape, NcfBank>>(s); });
}

}  // namespace tessera::fields
