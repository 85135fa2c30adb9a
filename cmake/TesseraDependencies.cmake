# Every dependency is found here and nowhere else; the README's table says what each one is for.
set(HDF5_PREFER_PARALLEL ON)   # the serial libhdf5 must not enter a process that holds PETSc's

find_package(Kokkos 4.5 REQUIRED)
find_package(MPI REQUIRED COMPONENTS C CXX)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED)
find_package(VTK 9.1 REQUIRED COMPONENTS
  CommonCore CommonDataModel IOXML IOImage ImagingCore ImagingColor ImagingSources RenderingFreeType)
find_package(PkgConfig REQUIRED)
# pkg-config first: CMake's own module asks the wrapper h5pcc, which cannot work below a folder
# with a space in its name.
pkg_check_modules(TESSERA_HDF5 QUIET IMPORTED_TARGET hdf5-openmpi)
if(TARGET PkgConfig::TESSERA_HDF5)
  add_library(hdf5::hdf5 INTERFACE IMPORTED)
  target_link_libraries(hdf5::hdf5 INTERFACE PkgConfig::TESSERA_HDF5)
else()
  find_package(HDF5 REQUIRED COMPONENTS C)
endif()
pkg_check_modules(PETSc REQUIRED IMPORTED_TARGET PETSc>=3.18)
# By pkg-config: Debian's package file of libzip asks for programs of another package.
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip>=1.7)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_path(Random123_INCLUDE_DIR Random123/philox.h REQUIRED)
if(TESSERA_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(TESSERA_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
