#include <tessera/fields/sum.hpp>

#include <tessera/fields/coda.hpp>
#include <tessera/fields/geps.hpp>
#include <tessera/fields/ncf.hpp>

#include "coda_tangents.hpp"
#include "field_blocks.hpp"
#include "geps_tangents.hpp"
#include "ncf_tangents.hpp"
#include "sum_field.hpp"

namespace tessera::fields {
namespace {

using experts::ExpertBank;

template <class PartLayout, class Field, class PartTangents>
struct SumFields {
  using Layout = SumLayout<PartLayout>;
  using Wide = SumField<Field, PartLayout>;
  using Tangents = SumTangents<PartTangents, PartLayout>;
  using Narrow = Wide;
  using NarrowTangents = Tangents;
};

// Two experts of `part`, which knows how one begins and what it is by plain loops.
template <class T, class Part, class Field, class Tangents>
class SumBank final : public ExpertBank<T> {
  using Blocks = FieldBlocks<T, SumFields<Part, Field, Tangents>>;

 public:
  template <class Shape>
  SumBank(Shape const &shape, std::unique_ptr<ExpertBank<T>> part)
      : layout_(shape), part_(std::move(part))
  {
  }
  std::size_t row_size() const override { return layout_.size; }
  int context_size() const override { return layout_.shape.rank; }
  double flops_per_evaluation() const override { return layout_.flops_per_evaluation(); }

  void integrate(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 StepControl const &control, OdeSolution<T> const &solution) const override
  {
    Blocks::integrate(space, layout_, rows, batch, control, solution);
  }
  void pull_back(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                 OdeSolution<T> const &solution, View3<T> const &cotangent,
                 View2<T> const &gradient, View2<T> const &context_bar) const override
  {
    Blocks::pull_back(space, layout_, rows, batch, solution, cotangent, gradient, context_bar);
  }
  bool has_push_forward() const override { return true; }
  void push_forward(HostSpace const &space, View2<T> const &rows, OdeBatch<T> const &batch,
                    OdeSolution<T> const &solution, View4<T> const &sensitivities) const override
  {
    Blocks::push_forward(space, layout_, rows, batch, solution, sensitivities);
  }

  std::string kind() const override { return part_->kind() + "_sum"; }

  void initialise(std::span<T> row, Rng &rng) const override
  {
    std::size_t const size = part_->row_size();
    for (std::size_t k = 0; k < 2; ++k) part_->initialise(row.subspan(k * size, size), rng);
  }

  void evaluate(std::span<T const> row, std::span<T const> context, double t, std::span<T const> x,
                std::span<T> dx) const override
  {
    std::size_t const size = part_->row_size();
    auto const rank = static_cast<std::size_t>(part_->context_size());
    std::vector<T> slope(dx.size()), sum(dx.size(), T(0));
    for (std::size_t k = 0; k < 2; ++k) {
      part_->evaluate(row.subspan(k * size, size), context.subspan(k * rank, rank), t, x, slope);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += context[2 * rank + k] * slope[i];
    }
    std::copy(sum.begin(), sum.end(), dx.begin());
  }

 private:
  SumLayout<Part> layout_;
  std::unique_ptr<ExpertBank<T>> part_;
};

}  // namespace

template <class T>
std::unique_ptr<ExpertBank<T>> make_sum_bank(GepsShape const &shape)
{
  return std::make_unique<SumBank<T, GepsLayout, GepsField<T, 2>, GepsTangents<T, 2>>>(
      shape, make_geps_bank<T>(shape));
}

template <class T>
std::unique_ptr<ExpertBank<T>> make_sum_bank(NcfShape const &shape)
{
  return std::make_unique<SumBank<T, NcfLayout, NcfField<T, 2>, NcfTangents<T, 2>>>(
      shape, make_ncf_bank<T>(shape));
}

template <class T>
std::unique_ptr<ExpertBank<T>> make_sum_bank(CodaShape const &shape)
{
  return std::make_unique<SumBank<T, CodaLayout, CodaField<T, 1>, CodaTangents<T, 1>>>(
      shape, make_coda_bank<T>(shape));
}

template std::unique_ptr<ExpertBank<float>> make_sum_bank(GepsShape const &);
template std::unique_ptr<ExpertBank<double>> make_sum_bank(GepsShape const &);
template std::unique_ptr<ExpertBank<float>> make_sum_bank(NcfShape const &);
template std::unique_ptr<ExpertBank<double>> make_sum_bank(NcfShape const &);
template std::unique_ptr<ExpertBank<float>> make_sum_bank(CodaShape const &);
template std::unique_ptr<ExpertBank<double>> make_sum_bank(CodaShape const &);

}  // namespace tessera::fields
