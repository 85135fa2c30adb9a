# What the library stands on. The build reads this file, and find_package(Tessera) reads the copy
# installed beside TesseraConfig.cmake: a new dependency is one more line here.
include(CMakeFindDependencyMacro)

# tessera_find_module(<name> <pkg-config module>) makes PkgConfig::<name>.
macro(tessera_find_module name module)
  pkg_check_modules(${name} QUIET IMPORTED_TARGET "${module}")
  if(NOT ${name}_FOUND)
    set(Tessera_FOUND FALSE)
    set(Tessera_NOT_FOUND_MESSAGE
      "pkg-config does not find ${module}; install it, or name its folder in PKG_CONFIG_PATH")
    return()
  endif()
endmacro()

# What public headers name. OpenMP comes along with Kokkos.
if(NOT TARGET Kokkos::kokkos)   # a CUDA build may compile its own
  find_dependency(Kokkos 4.5)
endif()
find_dependency(MPI COMPONENTS CXX)
find_dependency(fmt)
if(Tessera_IS_SHARED)
  return()   # the libraries carry the rest themselves
endif()

set(HDF5_PREFER_PARALLEL ON)   # the serial libhdf5 must not enter a process that holds PETSc's
find_dependency(Boost 1.74)
find_dependency(Eigen3 3.4 NO_MODULE)
find_dependency(nlohmann_json)
find_dependency(spdlog)
find_dependency(tomlplusplus)
find_dependency(VTK 9.1 COMPONENTS
  CommonCore CommonDataModel IOXML IOImage ImagingCore ImagingColor ImagingSources RenderingFreeType)
find_dependency(PkgConfig)
tessera_find_module(PETSc PETSc>=3.18)
tessera_find_module(GINAC ginac>=1.8)
# By pkg-config: Debian's package file of libzip asks for programs of another package.
tessera_find_module(LIBZIP libzip>=1.7)
# liblzf has neither a package file nor a module.
find_library(TESSERA_LZF_LIBRARY lzf)
find_path(TESSERA_LZF_INCLUDE_DIR lzf.h PATH_SUFFIXES liblzf)
if(NOT TESSERA_LZF_LIBRARY OR NOT TESSERA_LZF_INCLUDE_DIR)
  set(Tessera_FOUND FALSE)
  set(Tessera_NOT_FOUND_MESSAGE
    "liblzf is not found; install it (liblzf-dev), or name its folder in CMAKE_PREFIX_PATH")
  return()
elseif(NOT TARGET lzf::lzf)
  add_library(lzf::lzf UNKNOWN IMPORTED)
  set_target_properties(lzf::lzf PROPERTIES IMPORTED_LOCATION "${TESSERA_LZF_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${TESSERA_LZF_INCLUDE_DIR}")
endif()
# pkg-config first: CMake's own module asks the wrapper h5pcc, which cannot work below a folder
# with a space in its name.
pkg_check_modules(TESSERA_HDF5 QUIET IMPORTED_TARGET hdf5-openmpi)
if(NOT TESSERA_HDF5_FOUND)
  find_dependency(HDF5 COMPONENTS C)
elseif(NOT TARGET hdf5::hdf5)
  add_library(hdf5::hdf5 INTERFACE IMPORTED)
  target_link_libraries(hdf5::hdf5 INTERFACE PkgConfig::TESSERA_HDF5)
endif()
