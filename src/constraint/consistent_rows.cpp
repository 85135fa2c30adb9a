#include "consistent_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "box_places.hpp"
#include "term_loops.hpp"

namespace tessera::constraint {

namespace {

/// Whether only experts with neighbouring numbers meet, as boxes in one direction do.
bool meets_in_a_row(PlacedBasis const &placed)
{
  return std::all_of(placed.meetings.begin(), placed.meetings.end(),
                     [](auto const &meeting) { return meeting.other == meeting.one + 1; });
}

}  // namespace

ConsistentRows::ConsistentRows(domains::PdeSample const &sample, PlacedBasis const &placed,
                               domains::Box const &box, RowOptions const &options, bool meetings)
    : pde_(*sample.pde),
      placed_(placed),
      options_(options),
      combination_(pde_, placed.grid, box, options),
      cells_(cells_of(box, placed.grid)),
      stencils_(stencils_of(placed)),
      count_(placed.term_count()),
      initial_storage_(placed.grid.cells),
      base_(count_, std::vector<double>(placed.grid.size(), 0.))
{
  auto const &grid = placed.grid;
  std::vector<double> const initial = sample.start(grid);
  pde_.storage(options.form, initial, {initial_storage_, {}, {}});
  if (options.lift) pde_.lift(grid, initial, base_[0]);
  for (std::size_t k = 1; k < count_; ++k) {
    for (std::size_t n = 0; n < grid.levels; ++n) {
      auto const level = [&](std::size_t term) {
        return std::span(base_[term]).subspan(n * grid.cells, grid.cells);
      };
      placed.terms[k - 1].apply(level(0), level(k));
    }
  }
  add_rows_beside(initial, meetings);
  find_columns();
}

void ConsistentRows::add_rows_beside(std::span<double const> initial, bool meetings)
{
  auto const &grid = placed_.grid;
  double const width = grid.volume();
  if (!options_.lift) {
    for (std::size_t i = 0; i < grid.cells; ++i) {
      beside_.add_point(placed_, i, std::sqrt(width), -initial[i]);
    }
  }
  if (options_.boundary) add_boundary_rows();
  if (meetings && options_.continuity > 0) {
    double const levels = double(grid.levels), one = std::sqrt(width * levels),
                 weight =
                     options_.continuity * (combination_.couples_all_levels() ? one / levels : one);
    beside_.add_meetings(placed_, weight);
  }
  beside_.finish(placed_);
}

void ConsistentRows::add_boundary_rows()
{
  auto const &grid = placed_.grid;
  for (std::size_t n = 1; n < grid.levels; ++n) {
    for (std::size_t k = 0; k < grid.dimensions(); ++k) add_rows_of_axis(n, k);
  }
}

void ConsistentRows::add_rows_of_axis(std::size_t level, std::size_t axis)
{
  // The first and the last cell hold what their ghosts hold, up to a cell's width; where the slope
  // is given, that of the last two cells is it.
  auto const &grid = placed_.grid;
  auto const &u = base_[0];
  auto const boundary = pde_.boundary_along(axis);
  if (boundary.periodic) return;
  AxisLines const lines(grid, axis);
  double const width = grid.axis(axis).width(), face = grid.volume() / width,
               weight = std::sqrt(face / double(grid.levels));
  auto add = [&](domains::EndRule const &rule, std::size_t end, std::size_t behind) {
    using Kind = domains::EndRule::Kind;
    double const step = width * rule.number;
    if (rule.kind != Kind::flux) {
      double const given = rule.kind == Kind::outflow ? 0 : rule.number;
      beside_.add_point(placed_, end, weight, u[end] - given);
    } else {
      std::size_t const before = behind - lines.stride;
      beside_.add_point(placed_, behind, weight, u[behind] - u[before] - step, -weight,
                        lines.stride);
    }
  };
  for (std::size_t line = 0; line < lines.lines; ++line) {
    std::size_t const first = level * grid.cells + lines.cell(line, 0),
                      last = level * grid.cells + lines.cell(line, lines.length - 1);
    add(boundary.left, first, first + lines.stride);
    add(boundary.right, last, last);
  }
}

void ConsistentRows::find_columns()
{
  std::size_t const groups = combination_.groups(), merged = combination_.cells_in_group();
  columns_.assign(placed_.grid.levels * groups, {0, 0});
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    auto *const row = &columns_[n * groups];
    for (std::size_t g = 0; g < groups; ++g) {
      std::size_t first = placed_.columns(), last = 0;
      for (std::size_t k = 0; k < merged; ++k) {
        for_terms(n, g * merged + k, [&](std::size_t p, double, double) {
          Columns const range = placed_.range[p];
          if (range.empty()) return;
          first = std::min<std::size_t>(first, range.first);
          last = std::max<std::size_t>(last, range.last);
        });
      }
      row[g] = {std::min(first, last), last};
    }
    if (combination_.couples_all_levels()) {
      std::fill(row, row + groups, std::pair<std::size_t, std::size_t>{0, placed_.columns()});
      continue;
    }
    if (!combination_.couples_all_cells()) continue;
    auto all = row[0];
    for (std::size_t g = 1; g < groups; ++g) {
      if (row[g].first == row[g].second) continue;
      if (all.first == all.second) all = row[g];
      all = {std::min(all.first, row[g].first), std::max(all.second, row[g].second)};
    }
    std::fill(row, row + groups, all);
  }
}

int ConsistentRows::block() const
{
  // Stencils reach into the next box alone; the norm of a step reaches everywhere.
  bool const narrow =
      !combination_.couples_all_cells() && placed_.experts > 2 && meets_in_a_row(placed_);
  return narrow ? static_cast<int>(placed_.functions) : 0;
}

template <std::size_t N>
void ConsistentRows::multiply(std::span<double const> w, Terms &out) const
{
  TermRows terms(placed_, stencils_);
  std::array<double const *, N> row;
  for (std::size_t p = 0; p < placed_.grid.size(); ++p) {
    terms.read(p, row);
    std::array<double, N> sum{};
    Columns const range = placed_.range[p];
    for (std::size_t c = range.first; c < range.last; ++c) {
      for (std::size_t k = 0; k < N; ++k) sum[k] += row[k][c] * w[c];
    }
    for (std::size_t k = 0; k < N; ++k) out[k][p] = sum[k];
  }
}

ConsistentRows::Terms ConsistentRows::products(std::span<double const> w) const
{
  Terms out(count_);
  for (auto &term : out) term.resize(placed_.grid.size());
  with_terms(count_, [&](auto n) { this->multiply<n()>(w, out); });
  return out;
}

ConsistentRows::Points ConsistentRows::evaluate(std::span<double const> w, int frozen,
                                                Order order) const
{
  auto const &grid = placed_.grid;
  std::size_t const size = grid.size(), cells = grid.cells;
  Points at;
  at.storage.resize(size), at.rate.resize(size);
  at.terms = products(w);
  for (std::size_t k = 0; k < count_; ++k) {
    for (std::size_t p = 0; p < size; ++p) at.terms[k][p] += base_[k][p];
  }
  std::size_t const bends = count_ * (count_ + 1) / 2;
  if (order != Order::value) at.storage_slope.resize(size), at.rate_slope.resize(count_ * size);
  if (order == Order::curvature) {
    at.storage_curvature.resize(size);
    at.rate_curvature.resize(bends * size);
  }
  auto part = [&](std::vector<double> &all, std::size_t level, std::size_t each) {
    return all.empty() ? std::span<double>()
                       : std::span<double>(all).subspan(level * cells * each, cells * each);
  };
  auto const times = grid.times();
  std::vector<std::span<double const>> terms(count_);
  for (std::size_t n = 0; n < grid.levels; ++n) {
    for (std::size_t k = 0; k < count_; ++k) terms[k] = part(at.terms[k], n, 1);
    pde_.storage(
        options_.form, terms[0],
        {part(at.storage, n, 1), part(at.storage_slope, n, 1), part(at.storage_curvature, n, 1)});
    pde_.rate(
        options_.form, grid, times[n], terms,
        {part(at.rate, n, 1), part(at.rate_slope, n, count_), part(at.rate_curvature, n, bends)});
  }
  if (frozen >= 0) freeze(at, frozen);
  return at;
}

void ConsistentRows::freeze(Points &at, int frozen) const
{
  // Picard: coefficients stay as they are at this field, the unknowns they multiply do not. Without
  // a lift the first field is 0, where they mean nothing: constants then.
  if (pde_.linear()) return;
  bool const constant = frozen == 0 && !options_.lift;
  auto const rate = pde_.frozen_rate(options_.form);
  double const storage = pde_.frozen_storage(options_.form);
  auto const &u = at.terms[0];
  for (std::size_t p = 0; p < u.size(); ++p) {
    at.rate_slope[count_ * p] = 0;
    if (constant) {
      at.rate[p] = 0;
      for (std::size_t k = 0; k < count_; ++k) {
        at.rate[p] += rate[k] * at.terms[k][p];
        at.rate_slope[count_ * p + k] = rate[k];
      }
      at.storage[p] = storage * u[p];
      at.storage_slope[p] = storage;
    } else if (std::abs(u[p]) > 1e-8) {
      at.storage_slope[p] = at.storage[p] / u[p];
    }
  }
}

void ConsistentRows::residual_rows(Points const &at, std::size_t level, double *out,
                                   Carry &carry) const
{
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    double sum = constant(level, i);
    for_terms(level, i, [&](std::size_t p, double storage, double rate) {
      sum += storage * at.storage[p] - rate * at.rate[p];
    });
    out[i] = sum;
  }
  combination_.combine(level, out, 1, carry);
}

std::vector<double> ConsistentRows::all_residual_rows(Points const &at) const
{
  std::size_t const groups = combination_.groups();
  std::vector<double> all(placed_.grid.levels * groups, 0.), r(cells_.size());
  Carry carry;
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    residual_rows(at, n, r.data(), carry);
    std::copy_n(r.begin(), groups, all.begin() + long(n * groups));
  }
  return all;
}

template <std::size_t N>
void ConsistentRows::jacobian_cells(Points const &at, std::size_t level, RowMatrix &out) const
{
  std::size_t const columns = placed_.columns();
  TermRows all(placed_, stencils_);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    double *const row = out.data() + i * columns;
    for_terms(level, i, [&](std::size_t p, double storage, double rate) {
      double const *const slope = &at.rate_slope[N * p];
      std::array<double, N> by;
      std::array<double const *, N> terms;
      all.read(p, terms);
      for (std::size_t k = 0; k < N; ++k) by[k] = -rate * slope[k];
      by[0] = storage * at.storage_slope[p] - rate * slope[0];
      Columns const range = placed_.range[p];
      for (std::size_t c = range.first; c < range.last; ++c) {
        row[c] += combined(by, terms, c);
      }
    });
  }
}

void ConsistentRows::jacobian_rows(Points const &at, std::size_t level, RowMatrix &out,
                                   Carry &carry) const
{
  std::size_t const columns = placed_.columns();
  out.setZero(Eigen::Index(cells_.size()), Eigen::Index(columns));
  with_terms(count_, [&](auto n) { this->jacobian_cells<n()>(at, level, out); });
  combination_.combine(level, out.data(), columns, carry);
}

void ConsistentRows::add_level(std::size_t level, RowMatrix const &j, Eigen::VectorXd const &r,
                               RowMatrix &a, Eigen::VectorXd &b) const
{
  // Rows next to each other that touch the same columns are one dense product.
  std::size_t const groups = combination_.groups();
  for (std::size_t first = 0; first < groups;) {
    auto const touched = columns_[level * groups + first];
    std::size_t last = first + 1;
    while (last < groups && columns_[level * groups + last] == touched) ++last;
    Eigen::Index const rows = Eigen::Index(last - first), c = Eigen::Index(touched.first),
                       n = Eigen::Index(touched.second - touched.first);
    if (n > 0) {
      auto const part = j.block(Eigen::Index(first), c, rows, n);
      a.block(c, c, n, n).selfadjointView<Eigen::Lower>().rankUpdate(part.transpose());
      b.segment(c, n).noalias() += part.transpose() * r.segment(Eigen::Index(first), rows);
    }
    first = last;
  }
}

double ConsistentRows::cost(std::span<double const> w)
{
  Points const at = evaluate(w, -1, Order::value);
  double sum = 0;
  for (double const r : all_residual_rows(at)) sum += r * r;
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(w.size()));
  return sum + beside_.cost(placed_, x);
}

double ConsistentRows::normal_equations(std::span<double const> w, int frozen, std::span<double> a,
                                        std::span<double> b)
{
  Points const at = evaluate(w, frozen, Order::slope);
  auto const columns = Eigen::Index(placed_.columns());
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), columns);
  Eigen::VectorXd const beside = beside_.residual(placed_, x);
  RowMatrix sum = beside_.square(), j;
  Eigen::VectorXd gradient = beside_.transposed(placed_, beside), r(Eigen::Index(cells_.size()));
  double cost = beside.squaredNorm();
  Carry carry, slopes;
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    residual_rows(at, n, r.data(), carry);
    jacobian_rows(at, n, j, slopes);
    cost += r.head(Eigen::Index(combination_.groups())).squaredNorm();
    add_level(n, j, r, sum, gradient);
  }
  sum.triangularView<Eigen::StrictlyUpper>() = sum.transpose();
  Eigen::Map<RowMatrix>(a.data(), columns, columns) = sum;
  Eigen::Map<Eigen::VectorXd>(b.data(), columns) = gradient;
  return cost;
}

bool ConsistentRows::rows(std::span<double const> w, int frozen, std::vector<double> &jacobian,
                          std::vector<double> &residual)
{
  Points const at = evaluate(w, frozen, Order::slope);
  std::size_t const columns = placed_.columns(), groups = combination_.groups();
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns));
  Eigen::VectorXd const beside = beside_.residual(placed_, x);
  jacobian.clear();
  beside_.append_jacobian(placed_, jacobian);
  residual.assign(beside.data(), beside.data() + beside.size());
  RowMatrix j;
  std::vector<double> r(cells_.size());
  Carry carry, slopes;
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    residual_rows(at, n, r.data(), carry);
    jacobian_rows(at, n, j, slopes);
    jacobian.insert(jacobian.end(), j.data(), j.data() + groups * columns);
    residual.insert(residual.end(), r.begin(), r.begin() + long(groups));
  }
  return true;
}

std::vector<double> ConsistentRows::field(std::span<double const> w) const
{
  std::vector<double> u = std::move(products(w)[0]);
  for (std::size_t p = 0; p < u.size(); ++p) u[p] += base_[0][p];
  return u;
}

std::vector<double> ConsistentRows::residual(std::span<double const> w) const
{
  Points const at = evaluate(w, -1, Order::value);
  std::vector<double> out(placed_.grid.size(), 0.);
  auto const rows = all_residual_rows(at);
  std::size_t const groups = combination_.groups();
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      out[point(n, i)] = std::abs(rows[n * groups + i / combination_.cells_in_group()]);
    }
  }
  return out;
}

}  // namespace tessera::constraint
