#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <petscvec.h>
#include <Kokkos_Core.hpp>

#include <tessera/io/checkpoint.hpp>
#include <tessera/io/trajectory_vtk.hpp>

#include "unit/io/temporary_folder.hpp"

namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// File names of the shared libraries in this process that match `pattern`.
std::set<std::string> loaded(std::string const &pattern)
{
  std::regex const wanted(pattern);
  std::ifstream maps("/proc/self/maps");
  std::set<std::string> names;
  for (std::string line; std::getline(maps, line);) {
    std::size_t const slash = line.rfind('/');
    if (slash == std::string::npos) continue;
    std::string const name = line.substr(slash + 1);
    if (std::regex_match(name, wanted)) names.insert(name);
  }
  return names;
}

/// ‖(3, 4)‖ by PETSc.
double petsc_norm()
{
  Vec v = nullptr;
  EXPECT_EQ(VecCreateSeq(PETSC_COMM_SELF, 2, &v), 0);
  VecSetValue(v, 0, 3, INSERT_VALUES);
  VecSetValue(v, 1, 4, INSERT_VALUES);
  VecAssemblyBegin(v);
  VecAssemblyEnd(v);
  PetscReal norm = 0;
  VecNorm(v, NORM_2, &norm);
  VecDestroy(&v);
  return norm;
}

/// Uses HDF5, VTK, PETSc and Kokkos one after the other.
class ProcessMap : public ::testing::Test {
 protected:
  static void SetUpTestSuite()
  {
    TemporaryFolder const place;
    std::vector<double> numbers{1, 2, 3};
    tessera::State state;
    state.add("numbers", 1, std::span<double>(numbers));
    tessera::io::write_checkpoint(place.path(), state, {});
    tessera::io::write_trajectories(place.path(), "line", {{"a", {0, 1}, {0, 0, 0, 1, 1, 1}, {}}});
    EXPECT_EQ(petsc_norm(), 5);
    Kokkos::View<double *> view("tessera::test::view", 1000);
    Kokkos::deep_copy(view, 1);
  }
};

TEST_F(ProcessMap, HoldsOneHdf5AndThatIsTheParallelOne)
{
  EXPECT_THAT(loaded(R"(libhdf5(_[a-z]+)?\.so.*)"), ElementsAre(StartsWith("libhdf5_openmpi.so")));
}

TEST_F(ProcessMap, HoldsOneMpi)
{
  EXPECT_THAT(loaded(R"((libmpi|libmpich|libmpi_abi)\.so.*)"), SizeIs(1));
}

TEST_F(ProcessMap, HoldsOneOpenMpRuntime)
{
  EXPECT_THAT(loaded(R"((libgomp|libomp|libiomp5)[.-].*)"), SizeIs(1));
}

TEST_F(ProcessMap, HoldsNoWindowSystem)
{
  EXPECT_THAT(loaded(R"((libvtkRenderingOpenGL2|libGL|libGLX|libQt5Widgets)[.-].*)"), SizeIs(0));
}

}  // namespace
