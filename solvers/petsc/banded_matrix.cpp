#include "banded_matrix.hpp"

#include <algorithm>
#include <vector>

#include "session.hpp"

namespace tessera::solvers::petsc {
namespace {

/// Columns [first, second) of row i that lie in the band and in the matrix.
std::pair<std::size_t, std::size_t> columns(BandedSystem const &system, std::size_t i)
{
  return {i - std::min(i, system.lower), std::min(system.size, i + system.upper + 1)};
}

}  // namespace

void make_banded(BandedSystem const &system, Mat *matrix)
{
  auto const n = static_cast<PetscInt>(system.size);
  check(MatCreateSeqAIJ(PETSC_COMM_SELF, n, n, static_cast<PetscInt>(system.width()), nullptr,
                        matrix),
        "making a banded matrix");
  std::vector<PetscInt> indices(system.width());
  std::vector<double> const zeros(system.width());
  for (std::size_t i = 0; i < system.size; ++i) {
    auto const [first, last] = columns(system, i);
    auto const row = static_cast<PetscInt>(i);
    for (std::size_t j = first; j < last; ++j) indices[j - first] = static_cast<PetscInt>(j);
    check(MatSetValues(*matrix, 1, &row, static_cast<PetscInt>(last - first), indices.data(),
                       zeros.data(), INSERT_VALUES),
          "filling a banded matrix");
  }
  check(MatAssemblyBegin(*matrix, MAT_FINAL_ASSEMBLY), "filling a banded matrix");
  check(MatAssemblyEnd(*matrix, MAT_FINAL_ASSEMBLY), "filling a banded matrix");
}

PetscErrorCode fill_shifted(BandedSystem const &system, std::span<double const> bands, double shift,
                            Mat matrix)
{
  // Straight into the rows: MatSetValues would search the column of each entry.
  PetscScalar *entry = nullptr;
  PetscCall(MatSeqAIJGetArrayWrite(matrix, &entry));
  PetscScalar *const begin = entry;
  for (std::size_t i = 0; i < system.size; ++i) {
    auto const [first, last] = columns(system, i);
    for (std::size_t j = first; j < last; ++j) {
      double const derivative = bands[i * system.width() + j + system.lower - i];
      *entry++ = (i == j ? shift : 0.) - derivative;
    }
  }
  entry = begin;
  PetscCall(MatSeqAIJRestoreArrayWrite(matrix, &entry));
  PetscCall(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  return MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY);
}

}  // namespace tessera::solvers::petsc
