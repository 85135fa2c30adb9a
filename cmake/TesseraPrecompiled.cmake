# Headers that nearly every file reads, parsed once: three to four seconds of each file of tests.
# tessera_precompile(<target>) and tessera_precompile_test(<target>) let a target use them. What is
# missing in a file's own includes shows where they are off: TESSERA_PRECOMPILE=OFF, kernels for a
# device, public headers compiled alone.
option(TESSERA_PRECOMPILE "Precompile headers that nearly every file reads" ON)
set(precompiled <Kokkos_Core.hpp> <Kokkos_SIMD.hpp> <fmt/format.h>
  <algorithm> <array> <cmath> <filesystem> <fstream> <functional> <map> <memory> <numeric>
  <optional> <random> <span> <sstream> <string> <variant> <vector>)
if(TESSERA_CUDA OR NOT TESSERA_PRECOMPILE)
  function(tessera_precompile target)
  endfunction()
  function(tessera_precompile_test target)
  endfunction()
  return()
endif()

file(CONFIGURE OUTPUT precompiled.cpp CONTENT "int main() {}\n" @ONLY)
# Code for libraries and for programs (-fPIC, -fPIE) cannot share one.
add_library(tessera_precompiled OBJECT EXCLUDE_FROM_ALL "${PROJECT_BINARY_DIR}/precompiled.cpp")
target_link_libraries(tessera_precompiled PRIVATE Kokkos::kokkos MPI::MPI_CXX fmt::fmt tessera_quality)
target_precompile_headers(tessera_precompiled PRIVATE ${precompiled})

function(tessera_precompile target)
  target_precompile_headers(${target} REUSE_FROM tessera_precompiled)
endfunction()

if(TESSERA_BUILD_TESTS)
  add_executable(tessera_precompiled_tests EXCLUDE_FROM_ALL "${PROJECT_BINARY_DIR}/precompiled.cpp")
  target_link_libraries(tessera_precompiled_tests PRIVATE
    Kokkos::kokkos MPI::MPI_CXX fmt::fmt GTest::gtest GTest::gmock tessera_quality)
  target_precompile_headers(tessera_precompiled_tests PRIVATE ${precompiled} <gmock/gmock.h> <gtest/gtest.h>)
endif()

function(tessera_precompile_test target)
  target_precompile_headers(${target} REUSE_FROM tessera_precompiled_tests)
endfunction()
