# The CUDA build: a Kokkos with CUDA, and every source that sees it compiled by nvcc. The host's side
# takes the plain instruction set, so that a pack is one number for both of nvcc's passes.
option(TESSERA_CUDA "Build for NVIDIA devices" OFF)
set(TESSERA_CUDA_ARCH 90 CACHE STRING "Compute capability to compile for, 90 for an H100")
set(TESSERA_KOKKOS_SOURCE "" CACHE PATH "Kokkos source to compile with CUDA; empty: find_package")
if(NOT TESSERA_CUDA)
  return()
endif()
if(NOT TESSERA_ARCH STREQUAL "generic")
  message(FATAL_ERROR "TESSERA_CUDA needs TESSERA_ARCH=generic: take the preset cuda")
endif()

set(CMAKE_CUDA_ARCHITECTURES "${TESSERA_CUDA_ARCH}-real")
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)   # CMake 3.25 does not know that nvcc speaks C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
endif()

if(TESSERA_KOKKOS_SOURCE)
  # Kokkos's names of the architectures.
  set(names 75=TURING75 80=AMPERE80 86=AMPERE86 89=ADA89 90=HOPPER90 100=BLACKWELL100 120=BLACKWELL120)
  list(FILTER names INCLUDE REGEX "^${TESSERA_CUDA_ARCH}=")
  if(NOT names)
    message(FATAL_ERROR
      "TESSERA_CUDA_ARCH=${TESSERA_CUDA_ARCH} is none of 75, 80, 86, 89, 90, 100, 120; correct it")
  endif()
  string(REGEX REPLACE ".*=" "" name "${names}")
  set(Kokkos_ARCH_${name} ON CACHE BOOL "")
  foreach(part SERIAL OPENMP CUDA COMPILE_AS_CMAKE_LANGUAGE)
    set(Kokkos_ENABLE_${part} ON CACHE BOOL "")
  endforeach()
  add_subdirectory("${TESSERA_KOKKOS_SOURCE}" "${PROJECT_BINARY_DIR}/kokkos" EXCLUDE_FROM_ALL SYSTEM)
endif()
