#include "wide_difference.hpp"

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

std::array<std::vector<double>, 3> wide_terms(domains::SpaceTimeGrid const &grid,
                                              std::vector<double> const &u)
{
  std::size_t const columns = u.size() / grid.size();
  Axis const t{grid.levels, grid.cells * columns, grid.interval()},
      x{grid.cells, columns, grid.width()};
  return {u, t.apply(u), x.apply(x.apply(u))};
}

void add_wide_terms_transposed(domains::SpaceTimeGrid const &grid,
                               std::array<std::vector<double>, 3> const &bars,
                               std::vector<double> &out)
{
  std::size_t const columns = out.size() / grid.size();
  Axis const t{grid.levels, grid.cells * columns, grid.interval()},
      x{grid.cells, columns, grid.width()};
  auto const by_t = t.apply_transposed(bars[1]),
             by_x = x.apply_transposed(x.apply_transposed(bars[2]));
  for (std::size_t k = 0; k < out.size(); ++k) out[k] += bars[0][k] + by_t[k] + by_x[k];
}

}  // namespace tessera::constraint
