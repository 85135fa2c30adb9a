#include "sparse_matrix.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

#include "session.hpp"

namespace tessera::solvers::petsc {
namespace {

/// Values are written straight into the matrix, by place: a pattern that PETSc would sort or merge
/// would send them elsewhere.
void check_pattern(SparseSystem const &system)
{
  std::vector<std::size_t> const &rows = system.rows, &columns = system.columns;
  if (rows.size() != system.size + 1 || rows.front() != 0 || rows.back() != columns.size() ||
      !std::is_sorted(rows.begin(), rows.end())) {
    throw InputError(
        fmt::format("a sparse system of {} unknowns: rows must be {} numbers that rise "
                    "from 0 to the {} entries",
                    system.size, system.size + 1, columns.size()));
  }
  for (std::size_t i = 0; i < system.size; ++i) {
    auto const first = columns.begin() + long(rows[i]), last = columns.begin() + long(rows[i + 1]);
    bool const rises = std::adjacent_find(first, last, std::greater_equal<>()) == last;
    if (rises && std::binary_search(first, last, i) && *(last - 1) < system.size) continue;
    throw InputError(
        fmt::format("row {} of a sparse system of {} unknowns: its columns must "
                    "increase, lie below {} and include {}",
                    i, system.size, system.size, i));
  }
}

}  // namespace

void make_matrix(SparseSystem const &system, Mat *matrix)
{
  check_pattern(system);
  std::vector<PetscInt> counts, columns(system.columns.begin(), system.columns.end());
  for (std::size_t i = 0; i < system.size; ++i) {
    counts.push_back(static_cast<PetscInt>(system.rows[i + 1] - system.rows[i]));
  }
  std::vector<double> const zeros(columns.size());
  auto const n = static_cast<PetscInt>(system.size);
  check(MatCreateSeqAIJ(PETSC_COMM_SELF, n, n, 0, counts.data(), matrix), "making a matrix");
  for (PetscInt row = 0; row < n; ++row) {
    std::size_t const first = system.rows[static_cast<std::size_t>(row)];
    check(MatSetValues(*matrix, 1, &row, counts[static_cast<std::size_t>(row)], &columns[first],
                       &zeros[first], INSERT_VALUES),
          "filling a matrix");
  }
  check(MatAssemblyBegin(*matrix, MAT_FINAL_ASSEMBLY), "filling a matrix");
  check(MatAssemblyEnd(*matrix, MAT_FINAL_ASSEMBLY), "filling a matrix");
}

PetscErrorCode fill_shifted(SparseSystem const &system, std::span<double const> values,
                            double shift, Mat matrix)
{
  // Straight into the rows: MatSetValues would search the column of each entry.
  PetscScalar *entry = nullptr;
  PetscCall(MatSeqAIJGetArrayWrite(matrix, &entry));
  for (std::size_t i = 0; i < system.size; ++i) {
    for (std::size_t e = system.rows[i]; e < system.rows[i + 1]; ++e) {
      entry[e] = (system.columns[e] == i ? shift : 0.) - values[e];
    }
  }
  PetscCall(MatSeqAIJRestoreArrayWrite(matrix, &entry));
  PetscCall(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  return MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY);
}

}  // namespace tessera::solvers::petsc
