#include "linear_rows.hpp"

#include <utility>

namespace tessera::constraint {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

/// What the two experts of a meeting make of columns w: (u_one, u_other).
std::pair<double, double> both_sides(PlacedBasis const &placed, std::size_t meeting,
                                     VectorXd const &w)
{
  auto const n = Index(placed.functions);
  auto const &at = placed.meetings[meeting];
  Eigen::Map<VectorXd const> const one(&placed.meeting_values[2 * meeting * placed.functions], n),
      other(one.data() + n, n);
  return {one.dot(w.segment(Index(at.one) * n, n)), other.dot(w.segment(Index(at.other) * n, n))};
}

/// Calls bar(column) for the columns of both experts of a meeting.
template <class Bar>
void add_to_meeting(PlacedBasis const &placed, std::size_t meeting, double weight, Bar const &bar,
                    PlacedCotangent &cotangent)
{
  std::size_t const n = placed.functions;
  auto const &at = placed.meetings[meeting];
  double *out = &cotangent.meeting_values[2 * meeting * n];
  for (std::size_t j = 0; j < n; ++j) {
    out[j] += weight * bar(at.one * n + j);
    out[n + j] -= weight * bar(at.other * n + j);
  }
}

/// Adds a row, dense, that asks both experts of a meeting for the same value.
void append_meeting(PlacedBasis const &placed, std::size_t meeting, double weight,
                    std::vector<double> &rows)
{
  std::size_t const n = placed.functions, begin = rows.size();
  auto const &at = placed.meetings[meeting];
  rows.resize(begin + placed.columns(), 0.);
  for (std::size_t j = 0; j < n; ++j) {
    rows[begin + at.one * n + j] = weight * placed.meeting_values[2 * meeting * n + j];
    rows[begin + at.other * n + j] = -weight * placed.meeting_values[(2 * meeting + 1) * n + j];
  }
}

}  // namespace

void LinearRows::add_point(PlacedBasis const &placed, std::size_t point, double weight,
                           double shift, double before, std::size_t stride)
{
  std::size_t const first = entries_.size();
  entries_.resize(first + placed.columns(), 0.);
  auto const add = [&](std::size_t at, double by) {
    double const *const values = placed.row(0, at);
    Columns const held = placed.held[at];
    for (std::size_t c = held.first; c < held.last; ++c) entries_[first + c] += by * values[c];
  };
  add(point, weight);
  if (before != 0) add(point - stride, before);
  offsets_.push_back(weight * shift);
  sources_.push_back({point, weight, false, before, stride});
}

void LinearRows::add_meetings(PlacedBasis const &placed, double weight)
{
  // The ends of a line are few; a row of a face has entries of two experts out of many.
  if (placed.grid.dimensions() > 1) {
    held_weight_ = weight;
    return;
  }
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    append_meeting(placed, m, weight, entries_);
    offsets_.push_back(0);
    sources_.push_back({m, weight, true});
  }
}

void LinearRows::finish(PlacedBasis const &placed)
{
  auto const rows = static_cast<Index>(offsets_.size());
  matrix_ = Eigen::Map<RowMatrix>(entries_.data(), rows, Index(placed.columns()));
  offset_ = Eigen::Map<VectorXd>(offsets_.data(), rows);
  square_ = matrix_.transpose() * matrix_;
  if (held_weight_ != 0) add_square_of_meetings(placed);
  entries_ = std::vector<double>();
  offsets_ = std::vector<double>();
}

void LinearRows::add_square_of_meetings(PlacedBasis const &placed)
{
  // Meetings of the same two next to each other are one dense product.
  auto const n = Index(placed.functions);
  auto const &all = placed.meetings;
  double const weight = held_weight_ * held_weight_;
  RowMatrix product;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t last = first + 1;
    while (last < all.size() && all[last].one == all[first].one &&
           all[last].other == all[first].other) {
      ++last;
    }
    Eigen::Map<RowMatrix const> const values(&placed.meeting_values[2 * first * placed.functions],
                                             Index(last - first), 2 * n);
    product.noalias() = weight * values.transpose() * values;
    Index const one = Index(all[first].one) * n, other = Index(all[first].other) * n;
    square_.block(one, one, n, n) += product.topLeftCorner(n, n);
    square_.block(other, other, n, n) += product.bottomRightCorner(n, n);
    square_.block(one, other, n, n) -= product.topRightCorner(n, n);
    square_.block(other, one, n, n) -= product.bottomLeftCorner(n, n);
    first = last;
  }
}

VectorXd LinearRows::at_meetings(PlacedBasis const &placed, VectorXd const &x) const
{
  VectorXd out(Index(placed.meetings.size()));
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    auto const [one, other] = both_sides(placed, m, x);
    out[Index(m)] = held_weight_ * (one - other);
  }
  return out;
}

VectorXd LinearRows::product(PlacedBasis const &placed, VectorXd const &x) const
{
  if (held_weight_ == 0) return matrix_ * x;
  VectorXd out(offset_.size() + Index(placed.meetings.size()));
  out.head(offset_.size()) = matrix_ * x;
  out.tail(Index(placed.meetings.size())) = at_meetings(placed, x);
  return out;
}

VectorXd LinearRows::residual(PlacedBasis const &placed, VectorXd const &w) const
{
  if (held_weight_ == 0) return matrix_ * w + offset_;
  VectorXd r = product(placed, w);
  r.head(offset_.size()) += offset_;
  return r;
}

double LinearRows::cost(PlacedBasis const &placed, VectorXd const &w) const
{
  double const sum = (matrix_ * w + offset_).squaredNorm();
  return held_weight_ == 0 ? sum : sum + at_meetings(placed, w).squaredNorm();
}

VectorXd LinearRows::transposed(PlacedBasis const &placed, VectorXd const &r) const
{
  if (held_weight_ == 0) return matrix_.transpose() * r;
  VectorXd out = matrix_.transpose() * r.head(offset_.size());
  auto const n = Index(placed.functions);
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    auto const &at = placed.meetings[m];
    double const by = held_weight_ * r[offset_.size() + Index(m)];
    Eigen::Map<VectorXd const> const one(&placed.meeting_values[2 * m * placed.functions], n),
        other(one.data() + n, n);
    out.segment(Index(at.one) * n, n) += by * one;
    out.segment(Index(at.other) * n, n) -= by * other;
  }
  return out;
}

void LinearRows::append_jacobian(PlacedBasis const &placed, std::vector<double> &jacobian) const
{
  jacobian.insert(jacobian.end(), matrix_.data(), matrix_.data() + matrix_.size());
  if (held_weight_ == 0) return;
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    append_meeting(placed, m, held_weight_, jacobian);
  }
}

void LinearRows::pull_back(PlacedBasis const &placed, VectorXd const &w, VectorXd const &p,
                           double scale, PlacedCotangent &cotangent) const
{
  // r = sum_c a_c w_c, s = sum_c a_c p_c: d(r s) = sum_c da_c (w_c s + r p_c).
  add(placed, scale * product(placed, p), w, scale * residual(placed, w), p, cotangent);
}

void LinearRows::pull_back_square(PlacedBasis const &placed, VectorXd const &w, double scale,
                                  PlacedCotangent &cotangent) const
{
  VectorXd const r = scale * residual(placed, w);
  add(placed, r, w, r, w, cotangent);
}

void LinearRows::add(PlacedBasis const &placed, VectorXd const &by_w, VectorXd const &w,
                     VectorXd const &by_p, VectorXd const &p, PlacedCotangent &cotangent) const
{
  for (Index row = 0; row < by_w.size(); ++row) {
    auto const bar = [&](std::size_t c) {
      return by_w[row] * w[Index(c)] + by_p[row] * p[Index(c)];
    };
    if (row >= offset_.size()) {
      add_to_meeting(placed, std::size_t(row - offset_.size()), held_weight_, bar, cotangent);
      continue;
    }
    Source const &source = sources_[std::size_t(row)];
    if (source.meeting) {
      add_to_meeting(placed, source.point, source.weight, bar, cotangent);
      continue;
    }
    auto const add_to_point = [&](std::size_t at, double weight) {
      double *const out = cotangent.row(placed, 0, at);
      Columns const held = placed.held[at];
      for (std::size_t c = held.first; c < held.last; ++c) out[c] += weight * bar(c);
    };
    add_to_point(source.point, source.weight);
    if (source.before != 0) add_to_point(source.point - source.stride, source.before);
  }
}

}  // namespace tessera::constraint
