#include "linear_rows.hpp"

namespace tessera::constraint {

void LinearRows::add_point(PlacedBasis const &placed, std::size_t point, double weight,
                           double shift, double before)
{
  std::size_t const columns = placed.columns();
  double const *values = &placed.value[point * columns];
  for (std::size_t c = 0; c < columns; ++c) {
    entries_.push_back(weight * values[c] + (before != 0 ? before * (values - columns)[c] : 0));
  }
  offsets_.push_back(weight * shift);
  sources.push_back({point, weight, false, before});
}

void LinearRows::add_meeting(PlacedBasis const &placed, std::size_t meeting, double weight)
{
  std::size_t const n = placed.functions, begin = entries_.size();
  auto const &at = placed.meetings[meeting];
  entries_.resize(begin + placed.columns(), 0.);
  for (std::size_t j = 0; j < n; ++j) {
    entries_[begin + at.one * n + j] = weight * placed.meeting_values[2 * meeting * n + j];
    entries_[begin + at.other * n + j] = -weight * placed.meeting_values[(2 * meeting + 1) * n + j];
  }
  offsets_.push_back(0);
  sources.push_back({meeting, weight, true});
}

void LinearRows::finish(std::size_t columns)
{
  auto const rows = static_cast<Eigen::Index>(offsets_.size());
  matrix = Eigen::Map<RowMatrix>(entries_.data(), rows, Eigen::Index(columns));
  offset = Eigen::Map<Eigen::VectorXd>(offsets_.data(), rows);
  square = matrix.transpose() * matrix;
  entries_.clear();
  offsets_.clear();
}

void LinearRows::pull_back(PlacedBasis const &placed, Eigen::VectorXd const &w,
                           Eigen::VectorXd const &p, double scale, PlacedCotangent &cotangent) const
{
  // r = sum_c a_c w_c, s = sum_c a_c p_c: d(r s) = sum_c da_c (w_c s + r p_c).
  add(placed, scale * (matrix * p), w, scale * (matrix * w + offset), p, cotangent);
}

void LinearRows::pull_back_square(PlacedBasis const &placed, Eigen::VectorXd const &w, double scale,
                                  PlacedCotangent &cotangent) const
{
  Eigen::VectorXd const r = scale * (matrix * w + offset);
  add(placed, r, w, r, w, cotangent);
}

void LinearRows::add(PlacedBasis const &placed, Eigen::VectorXd const &by_w,
                     Eigen::VectorXd const &w, Eigen::VectorXd const &by_p,
                     Eigen::VectorXd const &p, PlacedCotangent &cotangent) const
{
  std::size_t const n = placed.functions, columns = placed.columns();
  for (std::size_t k = 0; k < sources.size(); ++k) {
    Source const &source = sources[k];
    auto const row = Eigen::Index(k);
    auto bar = [&](std::size_t c) {
      return by_w[row] * w[Eigen::Index(c)] + by_p[row] * p[Eigen::Index(c)];
    };
    if (!source.meeting) {
      double *out = &cotangent.value[source.point * columns];
      for (std::size_t c = 0; c < columns; ++c) {
        out[c] += source.weight * bar(c);
        if (source.before != 0) (out - columns)[c] += source.before * bar(c);
      }
      continue;
    }
    auto const &at = placed.meetings[source.point];
    double *out = &cotangent.meeting_values[2 * source.point * n];
    for (std::size_t j = 0; j < n; ++j) {
      out[j] += source.weight * bar(at.one * n + j);
      out[n + j] -= source.weight * bar(at.other * n + j);
    }
  }
}

}  // namespace tessera::constraint
