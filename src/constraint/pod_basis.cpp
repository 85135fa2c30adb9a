#include <cmath>

#include <fmt/format.h>
#include <Eigen/QR>
#include <Eigen/SVD>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>

#include "box_places.hpp"

namespace tessera::constraint {
namespace {

class PodBasis final : public BasisBank {
 public:
  PodBasis(domains::SpaceTimeGrid const &grid, Eigen::MatrixXd modes)
      : grid_(grid), modes_(std::move(modes))
  {
  }
  std::string kind() const override { return "pod"; }
  int functions() const override { return static_cast<int>(modes_.cols()); }
  void evaluate(domains::SpaceTimeGrid const &grid, domains::Box const &, domains::Box const &where,
                domains::PdeSample const &, std::span<double> values) const override
  {
    if (grid != grid_) {
      throw InputError(fmt::format("POD modes of {} levels x {} cells cannot be used on {} x {}",
                                   grid_.levels, grid_.cells, grid.levels, grid.cells));
    }
    auto const cells = cells_of(where, grid);
    std::size_t k = 0;
    for (std::size_t n = where.first_level; n < where.last_level; ++n) {
      for (std::size_t const cell : cells) {
        auto const row = modes_.row(Eigen::Index(n * grid.cells + cell));
        for (Eigen::Index j = 0; j < modes_.cols(); ++j) values[k++] = row[j];
      }
    }
  }

 private:
  domains::SpaceTimeGrid grid_;
  Eigen::MatrixXd modes_;  ///< (point, function)
};

}  // namespace

std::unique_ptr<BasisBank> make_pod_basis(domains::SpaceTimeGrid const &grid,
                                          std::vector<std::vector<double>> const &fields,
                                          int functions, std::vector<double> *singular_values)
{
  if (functions < 1 || fields.size() < std::size_t(functions)) {
    throw InputError(fmt::format("{} fields have no {} modes; take more fields or fewer functions",
                                 fields.size(), functions));
  }
  for (auto const &field : fields) {
    if (field.size() == grid.size()) continue;
    throw InputError(fmt::format("a field of {} numbers does not fit {} levels x {} cells",
                                 field.size(), grid.levels, grid.cells));
  }
  auto const rows = Eigen::Index(grid.size()), count = Eigen::Index(fields.size());
  Eigen::MatrixXd snapshots(rows, count);
  for (Eigen::Index f = 0; f < count; ++f) {
    snapshots.col(f) = Eigen::Map<Eigen::VectorXd const>(fields[std::size_t(f)].data(), rows);
  }
  // Modes of size 1e-7 matter: a Gram matrix would lose them in its squares.
  Eigen::HouseholderQR<Eigen::MatrixXd> const qr(snapshots);
  Eigen::MatrixXd const r = qr.matrixQR().topRows(count).triangularView<Eigen::Upper>();
  Eigen::JacobiSVD<Eigen::MatrixXd> const svd(r, Eigen::ComputeFullU);
  Eigen::MatrixXd modes = Eigen::MatrixXd::Zero(rows, functions);
  modes.topRows(count) = svd.matrixU().leftCols(functions);
  modes.applyOnTheLeft(qr.householderQ());
  modes *= std::sqrt(double(rows));
  for (Eigen::Index j = 0; j < functions; ++j) {
    Eigen::Index largest = 0;
    modes.col(j).cwiseAbs().maxCoeff(&largest);
    if (modes(largest, j) < 0) modes.col(j) *= -1;
  }
  if (singular_values) {
    singular_values->assign(svd.singularValues().data(), svd.singularValues().data() + count);
  }
  return std::make_unique<PodBasis>(grid, std::move(modes));
}

}  // namespace tessera::constraint
