#include "typed_pde.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

std::vector<std::string> with_u(std::vector<TypedTerm> const &terms)
{
  std::vector<std::string> names{"u"};
  for (TypedTerm const &term : terms) names.push_back(term.name());
  return names;
}

std::vector<bool> read_axes(Expression const &rate, std::size_t axes)
{
  std::vector<bool> reads;
  for (std::size_t k = 0; k < axes; ++k) reads.push_back(rate.depends_on(axis_names[k]));
  return reads;
}

Program first_of(std::vector<Expression> const &all, std::size_t count)
{
  return Program({all.begin(), all.begin() + long(count)});
}

bool is_zero(Expression const &formula)
{
  for (std::string const &variable : formula.variables()) {
    if (formula.depends_on(variable)) return false;
  }
  std::vector<double> const nothing(formula.variables().size(), 0.);
  double value = 0;
  Program({formula}).evaluate({nothing}, {&value, 1});
  return value == 0;
}

std::size_t triangle(std::size_t n)
{
  return n * (n + 1) / 2;
}

}  // namespace

void require_axes(SpaceTimeGrid const &grid, std::size_t axes)
{
  if (grid.dimensions() == axes) return;
  throw InputError(
      fmt::format("a grid of {} axes for an equation over {}; make one of as many axes as the "
                  "equation has lengths",
                  grid.dimensions(), axes));
}

std::string TypedTerm::name() const
{
  std::string const along = axis_names[axis];
  return order == 1 ? "u_" + along : "u_" + along + along;
}

std::vector<TypedTerm> typed_terms(std::size_t axes)
{
  std::vector<TypedTerm> terms;
  for (int const order : {1, 2}) {
    for (std::size_t k = 0; k < axes; ++k) terms.push_back({order, k});
  }
  return terms;
}

TypedRate::TypedRate(Expression const &rate, std::vector<TypedTerm> terms, std::size_t axes)
    : TypedRate(rate.with_derivatives(with_u(terms)), terms, axes)
{
}

TypedRate::TypedRate(std::vector<Expression> const &all, std::vector<TypedTerm> terms,
                     std::size_t axes)
    : terms_(std::move(terms)),
      reads_(read_axes(all.front(), axes)),
      value_(first_of(all, 1)),
      slope_(first_of(all, 2 + terms_.size())),
      curvature_(all),
      linear_(std::all_of(all.begin() + long(2 + terms_.size()), all.end(), is_zero))
{
}

void TypedRate::evaluate(TermValues terms, std::span<std::span<double const> const> places,
                         std::span<double const> parameters, PointValues out) const
{
  std::size_t const points = terms[0].size(), n = 1 + terms_.size();
  double const nowhere = 0;
  std::vector<Column> columns;
  for (auto const &term : terms) columns.push_back({term.data()});
  for (auto const &place : places) {
    columns.push_back(place.empty() ? Column{&nowhere, true} : Column{place.data()});
  }
  for (double const &parameter : parameters) columns.push_back({&parameter, true});
  Program const &program = !out.hessian.empty()    ? curvature_
                           : !out.gradient.empty() ? slope_
                                                   : value_;
  std::vector<double> numbers(program.outputs() * points);
  std::vector<double *> outputs;
  for (std::size_t k = 0; k < program.outputs(); ++k) outputs.push_back(&numbers[k * points]);
  program.evaluate(points, columns, outputs);
  // From (output, point) to (point, derivative).
  auto const hand_out = [&](std::span<double> to, std::size_t first, std::size_t count) {
    if (to.empty()) return;
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t p = 0; p < points; ++p) to[p * count + k] = outputs[first + k][p];
    }
  };
  hand_out(out.value, 0, 1);
  hand_out(out.gradient, 1, n);
  hand_out(out.hessian, 1 + n, triangle(n));
}

TypedPde::TypedPde(std::string name, std::string quantity, std::shared_ptr<TypedRate const> rate,
                   std::vector<Boundary> boundaries, std::vector<double> parameters, double middle)
    : name_(std::move(name)),
      quantity_(std::move(quantity)),
      rate_(std::move(rate)),
      boundaries_(std::move(boundaries)),
      parameters_(std::move(parameters)),
      frozen_(1 + rate_->terms().size())
{
  double const nothing = 0;
  std::vector<std::span<double const>> terms(frozen_.size(), {&nothing, 1}),
      corner(rate_->axes(), {&nothing, 1});
  terms[0] = {&middle, 1};
  rate_->evaluate(terms, corner, parameters_, {{}, frozen_, {}});
  frozen_[0] = 0;
}

std::vector<LinearTerm> TypedPde::terms(SpaceTimeGrid const &grid) const
{
  std::vector<LinearTerm> all;
  for (TypedTerm const &term : rate_->terms()) {
    all.push_back(difference(grid, boundaries_[term.axis], term.order, term.axis));
  }
  return all;
}

std::vector<std::vector<double>> TypedPde::places(SpaceTimeGrid const &grid) const
{
  require_axes(grid, rate_->axes());
  std::vector<std::vector<double>> all(rate_->axes());
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (rate_->reads(k)) all[k] = grid.centres(k);
  }
  return all;
}

void TypedPde::storage(Form, std::span<double const> u, PointValues out) const
{
  if (!out.value.empty()) std::copy(u.begin(), u.end(), out.value.begin());
  std::fill(out.gradient.begin(), out.gradient.end(), 1.);
  std::fill(out.hessian.begin(), out.hessian.end(), 0.);
}

void TypedPde::rate(Form, SpaceTimeGrid const &grid, double, TermValues terms,
                    PointValues out) const
{
  auto const where = places(grid);
  std::vector<std::span<double const>> const here(where.begin(), where.end());
  rate_->evaluate(terms, here, parameters_, out);
}

void TypedPde::residual(SpaceTimeGrid const &grid, double, std::size_t first, TermValues terms,
                        PointValues out) const
{
  std::size_t const points = terms[0].size(), n = frozen_.size(), wide = n + 1;
  std::vector<std::span<double const>> own(terms.begin(), terms.end());
  own.erase(own.begin() + 1);  // u_t stands behind u
  auto const where = places(grid);
  std::vector<std::span<double const>> here;
  for (auto const &all : where) {
    here.push_back(all.empty() ? std::span<double const>() : std::span(all).subspan(first, points));
  }
  std::vector<double> value(out.value.empty() ? 0 : points),
      slope(out.gradient.empty() ? 0 : points * n),
      curve(out.hessian.empty() ? 0 : points * triangle(n));
  rate_->evaluate(own, here, parameters_, {value, slope, curve});
  auto const place = [](std::size_t k) { return k == 0 ? k : k + 1; };
  std::fill(out.gradient.begin(), out.gradient.end(), 0.);
  std::fill(out.hessian.begin(), out.hessian.end(), 0.);
  for (std::size_t p = 0; p < points; ++p) {
    if (!value.empty()) out.value[p] = terms[1][p] - value[p];
    if (!slope.empty()) out.gradient[p * wide + 1] = 1;
    for (std::size_t k = 0; k < n && !slope.empty(); ++k) {
      out.gradient[p * wide + place(k)] = -slope[p * n + k];
    }
    std::size_t from = p * triangle(n);
    for (std::size_t i = 0; i < n && !curve.empty(); ++i) {
      for (std::size_t j = i; j < n; ++j) {
        std::size_t const row = place(i), column = place(j);
        std::size_t const at = row * wide - row * (row + 1) / 2 + column;
        out.hessian[p * triangle(wide) + at] = -curve[from++];
      }
    }
  }
}

}  // namespace tessera::domains
