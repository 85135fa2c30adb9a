#include "wide_difference.hpp"

#include <tessera/core/error.hpp>

namespace tessera::constraint {
namespace {

/// The first difference along an axis of `count` points, `stride` numbers apart and `step` wide:
/// calls visit(p, q, weight) for out[p] += weight in[q].
template <class Visit>
void first_difference(std::size_t size, std::size_t count, std::size_t stride, double step,
                      Visit const &visit)
{
  for (std::size_t p = 0; p < size; ++p) {
    std::size_t const at = p / stride % count;
    std::size_t const before = at > 0 ? p - stride : p, after = at + 1 < count ? p + stride : p;
    double const weight = (at > 0 && at + 1 < count ? 0.5 : 1) / step;
    visit(p, after, weight);
    visit(p, before, -weight);
  }
}

struct Axis {
  std::size_t count, stride;
  double step;
  std::vector<double> apply(std::vector<double> const &in) const
  {
    std::vector<double> out(in.size(), 0.);
    first_difference(in.size(), count, stride, step,
                     [&](std::size_t p, std::size_t q, double w) { out[p] += w * in[q]; });
    return out;
  }
  std::vector<double> apply_transposed(std::vector<double> const &in) const
  {
    std::vector<double> out(in.size(), 0.);
    first_difference(in.size(), count, stride, step,
                     [&](std::size_t p, std::size_t q, double w) { out[q] += w * in[p]; });
    return out;
  }
};

}  // namespace

std::vector<int> orders_of(domains::Pde const &pde, domains::SpaceTimeGrid const &grid)
{
  std::vector<int> orders;
  for (auto const &term : pde.terms(grid)) orders.push_back(term.order);
  return orders;
}

std::vector<std::vector<double>> wide_terms(domains::SpaceTimeGrid const &grid,
                                            std::vector<int> const &orders,
                                            std::vector<double> const &u)
{
  std::size_t const columns = u.size() / grid.size();
  Axis const t{grid.levels, grid.cells * columns, grid.interval()},
      x{grid.cells, columns, grid.width()};
  std::vector<std::vector<double>> terms;
  terms.push_back(u);
  terms.push_back(t.apply(u));
  for (int const order : orders) {
    terms.push_back(x.apply(u));
    for (int k = 1; k < order; ++k) terms.back() = x.apply(terms.back());
  }
  return terms;
}

void add_wide_terms_transposed(domains::SpaceTimeGrid const &grid, std::vector<int> const &orders,
                               std::vector<std::vector<double>> const &bars,
                               std::vector<double> &out)
{
  std::size_t const columns = out.size() / grid.size();
  Axis const t{grid.levels, grid.cells * columns, grid.interval()},
      x{grid.cells, columns, grid.width()};
  std::vector<double> sum = t.apply_transposed(bars[1]);
  for (std::size_t k = 0; k < out.size(); ++k) sum[k] = bars[0][k] + sum[k];
  for (std::size_t term = 0; term < orders.size(); ++term) {
    std::vector<double> by_x = x.apply_transposed(bars[term + 2]);
    for (int k = 1; k < orders[term]; ++k) by_x = x.apply_transposed(by_x);
    for (std::size_t k = 0; k < out.size(); ++k) sum[k] += by_x[k];
  }
  for (std::size_t k = 0; k < out.size(); ++k) out[k] += sum[k];
}

PublishedEnds published_ends(domains::Pde const &pde, domains::SpaceTimeGrid const &grid)
{
  using Kind = domains::EndRule::Kind;
  auto const boundary = pde.boundary();
  bool const known = !boundary.periodic && boundary.left.kind == Kind::reservoir &&
                     boundary.right.kind == Kind::outflow;
  if (!known) {
    throw InputError(
        "constraint.rows = \"reference\" and train.loss = \"published\" are stated for a "
        "reservoir on the left and outflow on the right, which " +
        pde.name() + " has not; take \"consistent\" rows and the loss \"constraint\"");
  }
  return {boundary.left.number, boundary.right.number * double(grid.cells - 1)};
}

}  // namespace tessera::constraint
