# Every dependency is found here, and nowhere else: those of the library in TesseraLibraries.cmake,
# below it what only the build needs. The README's table says what each one is for.
set(CMAKE_FIND_PACKAGE_NAME Tessera)   # as if find_package(Tessera REQUIRED) read it
set(Tessera_FIND_REQUIRED ON)
include(TesseraLibraries)
if(Tessera_NOT_FOUND_MESSAGE)
  message(FATAL_ERROR "${Tessera_NOT_FOUND_MESSAGE}")
endif()
unset(CMAKE_FIND_PACKAGE_NAME)

# Debian's PETSc hands on how it was itself hardened, which would change the code of whoever uses it.
get_target_property(petsc_options PkgConfig::PETSc INTERFACE_COMPILE_OPTIONS)
list(FILTER petsc_options EXCLUDE REGEX "_FORTIFY_SOURCE")
set_property(TARGET PkgConfig::PETSc PROPERTY INTERFACE_COMPILE_OPTIONS ${petsc_options})

find_package(CLI11 REQUIRED)
find_path(Random123_INCLUDE_DIR Random123/philox.h REQUIRED)
if(TESSERA_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(TESSERA_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
