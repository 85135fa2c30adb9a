#include <tessera/experts/geps.hpp>

#include <cmath>

#include "block_launch.hpp"
#include "geps_tangents.hpp"

namespace tessera::experts {
namespace {

// Two packs per row: 32 float lanes share each broadcast weight. Small blocks take one pack.
constexpr int wide = 2, narrow = 1;

template <class T>
class GepsBank final : public ExpertBank<T> {
 public:
  explicit GepsBank(GepsShape const &shape) : layout_(shape) {}

  std::string kind() const override { return "geps"; }
  std::size_t row_size() const override { return layout_.size; }
  int context_size() const override { return layout_.shape.rank; }
  double flops_per_evaluation() const override { return layout_.flops_per_evaluation(); }
  void initialise(std::span<T> row, Rng &rng) const override;
  void evaluate(std::span<T const> row, std::span<T const> context, std::span<T const> x,
                std::span<T> dx) const override;

  void integrate(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 StepControl const &control, OdeSolution<T> const &solution) const override
  {
    integrate_blocks<T>(space, maker<wide>(), maker<narrow>(), rows, batch, control, solution);
  }

  void pull_back(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 OdeSolution<T> const &solution, View3<T> const &cotangent,
                 View2<T> const &gradient, View2<T> const &context_bar) const override
  {
    pull_back_blocks<T>(space, maker<wide>(), maker<narrow>(), rows, batch, solution, cotangent,
                        gradient, context_bar);
  }

  bool has_push_forward() const override { return true; }
  void push_forward(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                    OdeSolution<T> const &solution, View4<T> const &sensitivities) const override
  {
    push_forward_blocks<T>(space, tangent_maker<wide>(), tangent_maker<narrow>(), rows, batch,
                           solution, sensitivities);
  }

 private:
  template <int packs>
  auto maker() const
  {
    return [&layout = layout_](LaneArena &arena, T const *row, bool with_pull_back) {
      return GepsField<T, packs>(arena, layout, row, with_pull_back);
    };
  }

  // One tangent per context component.
  template <int packs>
  auto tangent_maker() const
  {
    return [&layout = layout_](LaneArena &arena, T const *row, bool with_pull_back) {
      return GepsTangents<T, packs>(arena, layout, row, with_pull_back, layout.shape.rank);
    };
  }

  GepsLayout layout_;
};

// Linear layers and their low-rank parts as published (spec: U(-1/sqrt(fan)), slopes in
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
void GepsBank<T>::evaluate(std::span<T const> row, std::span<T const> context, std::span<T const> x,
                           std::span<T> dx) const
{
  int const rank = layout_.shape.rank;
  std::vector<T> in(x.begin(), x.end()), out, xi(context.begin(), context.end());
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
  std::copy(in.begin(), in.end(), dx.begin());
}

struct GepsKind final : ExpertKind {
  explicit GepsKind(Section &section) : shape(GepsShape::read(section, 2)) {}
  template <class T>
  std::unique_ptr<ExpertBank<T>> make(int state) const
  {
    GepsShape sized = shape;
    sized.state = state;
    return make_geps_bank<T>(sized);
  }
  std::unique_ptr<ExpertBank<float>> make_float(int s) const override { return make<float>(s); }
  std::unique_ptr<ExpertBank<double>> make_double(int s) const override { return make<double>(s); }
  GepsShape shape;
};

}  // namespace

template <class T>
std::unique_ptr<ExpertBank<T>> make_geps_bank(GepsShape const &shape)
{
  return std::make_unique<GepsBank<T>>(shape);
}
template std::unique_ptr<ExpertBank<float>> make_geps_bank<float>(GepsShape const &);
template std::unique_ptr<ExpertBank<double>> make_geps_bank<double>(GepsShape const &);

void register_geps(Registry &registry)
{
  registry.add<ExpertKind>("geps",
                           "vector field: an MLP whose weights follow a context at low rank",
                           [](Section &s) { return std::make_unique<GepsKind>(s); });
}

}  // namespace tessera::experts
