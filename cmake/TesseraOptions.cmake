# What a user may switch, and the language everything is written in.
option(BUILD_SHARED_LIBS "Build shared libraries" OFF)
option(TESSERA_BUILD_TESTS "Build the tests" ON)
option(TESSERA_BUILD_BENCHMARKS "Build the kernel micro-benchmarks" OFF)
option(TESSERA_WARNINGS_AS_ERRORS "Treat warnings as errors" OFF)
# native (this machine), x86-64-v2, -v3, -v4, any other name that the compiler's -march takes, or
# generic: no -march. It decides how wide packs are, and which processors can run the program.
set(TESSERA_ARCH native CACHE STRING "Instruction set to compile for")
set_property(CACHE TESSERA_ARCH PROPERTY STRINGS native x86-64-v2 x86-64-v3 x86-64-v4 generic)
set(TESSERA_SANITIZE "" CACHE STRING "Sanitizers to build with, for instance address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)   # static libraries too: ccache then serves both kinds
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set_property(GLOBAL PROPERTY GLOBAL_DEPENDS_NO_CYCLES ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# Installed programs find the libraries beside them, and dependencies where the linker did.
include(GNUInstallDirs)
file(RELATIVE_PATH TESSERA_BIN_TO_LIB "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
list(APPEND CMAKE_INSTALL_RPATH "$ORIGIN" "$ORIGIN/${TESSERA_BIN_TO_LIB}")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

find_program(TESSERA_CCACHE ccache)
if(TESSERA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without these words it keeps no object that uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    "${TESSERA_CCACHE}")
  set(CMAKE_CUDA_COMPILER_LAUNCHER "${TESSERA_CCACHE}")
endif()
