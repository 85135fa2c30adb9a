#include <tessera/fields/geps.hpp>

#include <cmath>

#include "field_bank.hpp"
#include "geps_fields.hpp"

namespace tessera::fields {
namespace {

template <class T>
class GepsBank final : public FieldBank<T, GepsFields<T>> {
  using Base = FieldBank<T, GepsFields<T>>;
  using Base::layout_;

 public:
  using Base::Base;
  std::string kind() const override { return "geps"; }
  void initialise(std::span<T> row, Rng &rng) const override;

 protected:
  std::vector<T> network(std::span<T const> row, std::span<T const> context,
                         std::vector<T> in) const override;
};

// Linear layers and their low-rank parts as published (uniform within 1/sqrt(fan), slopes in
// [0.01, 1] and equal on all sites of one expert).
template <class T>
void GepsBank<T>::initialise(std::span<T> row, Rng &rng) const
{
  auto draw = [&](std::size_t begin, int count, double bound) {
    for (int i = 0; i < count; ++i) row[begin + i] = static_cast<T>(rng.uniform(-bound, bound));
  };
  int const rank = layout_.shape.rank;
  T const slope = static_cast<T>(rng.uniform(0.01, 1.0));
  std::fill(row.begin(), row.end(), T(0));
  for (int l = 0; l < layout_.shape.depth; ++l) {
    GepsLayer const &layer = layout_.layers[l];
    double const in = 1 / std::sqrt(layer.in), out = 1 / std::sqrt(layer.out);
    double const low = 1 / std::sqrt(rank);
    draw(layer.w, layer.out * layer.in, in);
    draw(layer.b, layer.out, in);
    draw(layer.a, layer.out * rank, out);
    draw(layer.bt, rank * layer.in, low);
    draw(layer.c, layer.out * rank, out);
    if (!layer.hidden) continue;
    row[layer.beta] = slope;
    draw(layer.d, rank, 1.0);
  }
}

template <class T>
std::vector<T> GepsBank<T>::network(std::span<T const> row, std::span<T const> context,
                                    std::vector<T> in) const
{
  int const rank = layout_.shape.rank;
  std::vector<T> out, xi(context.begin(), context.end());
  for (T &component : xi) component += row[layout_.shift];
  for (int l = 0; l < layout_.shape.depth; ++l) {
    GepsLayer const &layer = layout_.layers[l];
    std::vector<T> q(rank, T(0));
    for (int r = 0; r < rank; ++r) {
      for (int k = 0; k < layer.in; ++k) q[r] += row[layer.bt + r * layer.in + k] * in[k];
      q[r] *= xi[r];
    }
    T slope = layer.hidden ? row[layer.beta] : T(0);
    for (int r = 0; layer.hidden && r < rank; ++r) slope += row[layer.d + r] * xi[r];
    out.assign(layer.out, T(0));
    for (int j = 0; j < layer.out; ++j) {
      T sum = row[layer.b + j];
      for (int k = 0; k < layer.in; ++k) sum += row[layer.w + j * layer.in + k] * in[k];
      for (int r = 0; r < rank; ++r) {
        sum += row[layer.a + j * rank + r] * q[r] + row[layer.c + j * rank + r] * xi[r];
      }
      out[j] = layer.hidden ? sum / (1 + std::exp(-slope * sum)) : sum;
    }
    in = out;
  }
  return in;
}

}  // namespace

template <class T>
std::unique_ptr<ExpertBank<T>> make_geps_bank(GepsShape const &shape, bool time)
{
  return std::make_unique<GepsBank<T>>(shape, time);
}
template std::unique_ptr<ExpertBank<float>> make_geps_bank<float>(GepsShape const &, bool);
template std::unique_ptr<ExpertBank<double>> make_geps_bank<double>(GepsShape const &, bool);

void register_geps(Registry &registry)
{
  registry.add<ExpertKind>(
      "geps", "vector field: an MLP whose weights follow a context at low rank",
      [](Section &s) { return std::make_unique<ShapeKind<GepsShape, GepsBank>>(s); });
}

}  // namespace tessera::fields
