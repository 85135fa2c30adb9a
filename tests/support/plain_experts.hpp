#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <tessera/fields/coda.hpp>
#include <tessera/fields/geps.hpp>
#include <tessera/fields/ncf.hpp>
#include <tessera/fields/sum.hpp>

#include "support/plain_coda.hpp"
#include "support/plain_geps.hpp"
#include "support/plain_ncf.hpp"

/// Every kind of expert in one form, so that a test is written once for all of them.
namespace tessera::twins {

struct AnyExpert {
  using Vector = std::vector<double>;

  std::string name;
  int state = 0;
  std::function<std::shared_ptr<experts::ExpertBank<double>>()> bank;
  std::function<std::shared_ptr<experts::ExpertBank<float>>()> bank_float;
  /// (row, context, x) -> dx by plain loops; with `time` it stands behind the state.
  std::function<Vector(Vector const &, Vector const &, Vector const &)> plain;
  bool time = false;

  /// What plain loops integrate: with `time` it is one component more, whose slope is one.
  std::function<Vector(Vector const &)> field(Vector row, Vector context) const
  {
    return [row = std::move(row), context = std::move(context), *this](Vector const &x) {
      Vector dx = plain(row, context, x);
      if (time) dx.back() = 1;
      return dx;
    };
  }
  /// Where it begins.
  Vector start(Vector x, double at) const
  {
    if (time) x.push_back(at);
    return x;
  }
};

/// Without it GoogleTest prints the bytes.
inline void PrintTo(AnyExpert const &expert, std::ostream *out)
{
  *out << expert.name;
}

/// The shape of the network inside an expert that sees the time.
template <class Shape>
Shape with_time(Shape shape, bool time)
{
  shape.state += int(time);
  return shape;
}

inline AnyExpert any_geps(fields::GepsShape const &shape, bool time = false)
{
  return {time ? "timed_geps" : "geps",
          shape.state,
          [=] { return fields::make_geps_bank<double>(shape, time); },
          [=] { return fields::make_geps_bank<float>(shape, time); },
          [layout = fields::GepsLayout(with_time(shape, time))](
              auto const &row, auto const &context, auto const &x) {
            return plain_geps<double>(layout, row, context, x);
          },
          time};
}

inline AnyExpert any_ncf(fields::NcfShape const &shape, bool time = false)
{
  return {time ? "timed_ncf" : "ncf",
          shape.state,
          [=] { return fields::make_ncf_bank<double>(shape, time); },
          [=] { return fields::make_ncf_bank<float>(shape, time); },
          [layout = fields::NcfLayout(with_time(shape, time))](auto const &row, auto const &context,
                                                               auto const &x) {
            return plain_ncf<double>(layout, row, context, x);
          },
          time};
}

inline AnyExpert any_coda(fields::CodaShape const &shape, bool time = false)
{
  return {time ? "timed_coda" : "coda",
          shape.state,
          [=] { return fields::make_coda_bank<double>(shape, time); },
          [=] { return fields::make_coda_bank<float>(shape, time); },
          [layout = fields::CodaLayout(with_time(shape, time))](
              auto const &row, auto const &context, auto const &x) {
            return plain_coda<double>(layout, row, context, x);
          },
          time};
}

/// Two experts of `one`, whose shape is given again, added up with shares.
template <class Shape>
AnyExpert any_sum(AnyExpert const &one, Shape const &shape)
{
  return {one.name + "_sum",
          one.state,
          [=] { return fields::make_sum_bank<double>(shape); },
          [=] { return fields::make_sum_bank<float>(shape); },
          [=](auto const &row, auto const &context, auto const &x) {
            using Vector = AnyExpert::Vector;
            auto const half = static_cast<std::ptrdiff_t>(row.size() / 2);
            auto const rank = static_cast<std::ptrdiff_t>(context.size() / 2 - 1);
            Vector const a = one.plain(Vector(row.begin(), row.begin() + half),
                                       Vector(context.begin(), context.begin() + rank), x);
            Vector const b =
                one.plain(Vector(row.begin() + half, row.end()),
                          Vector(context.begin() + rank, context.begin() + 2 * rank), x);
            Vector sum;
            for (std::size_t i = 0; i < x.size(); ++i) {
              sum.push_back(context[2 * rank] * a[i] + context[2 * rank + 1] * b[i]);
            }
            return sum;
          },
          false};
}

}  // namespace tessera::twins
