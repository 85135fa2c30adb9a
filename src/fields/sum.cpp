#include <tessera/fields/sum.hpp>

#include <tessera/fields/coda.hpp>
#include <tessera/fields/geps.hpp>
#include <tessera/fields/ncf.hpp>

#include "coda_tangents.hpp"
#include "field_bank.hpp"
#include "geps_tangents.hpp"
#include "ncf_tangents.hpp"
#include "sum_field.hpp"

namespace tessera::fields {
namespace {

template <class T, class Part, class Field, class Tangents>
using SumBase = FieldBank<T, SumLayout<Part>, SumField<Field, Part>, SumTangents<Tangents, Part>>;

// Two experts of `part`, which knows how one begins and what it is by plain loops.
template <class T, class Part, class Field, class Tangents>
class SumBank final : public SumBase<T, Part, Field, Tangents> {
  using Base = SumBase<T, Part, Field, Tangents>;
  using Base::layout_;

 public:
  template <class Shape>
  SumBank(Shape const &shape, std::unique_ptr<ExpertBank<T>> part)
      : Base(SumLayout<Part>(shape)), part_(std::move(part))
  {
  }
  std::string kind() const override { return part_->kind() + "_sum"; }

  void initialise(std::span<T> row, Rng &rng) const override
  {
    std::size_t const size = part_->row_size();
    for (std::size_t k = 0; k < 2; ++k) part_->initialise(row.subspan(k * size, size), rng);
  }

  void evaluate(std::span<T const> row, std::span<T const> context, std::span<T const> x,
                std::span<T> dx) const override
  {
    std::size_t const size = part_->row_size();
    auto const rank = static_cast<std::size_t>(part_->context_size());
    std::vector<T> slope(dx.size()), sum(dx.size(), T(0));
    for (std::size_t k = 0; k < 2; ++k) {
      part_->evaluate(row.subspan(k * size, size), context.subspan(k * rank, rank), x, slope);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += context[2 * rank + k] * slope[i];
    }
    std::copy(sum.begin(), sum.end(), dx.begin());
  }

 private:
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
