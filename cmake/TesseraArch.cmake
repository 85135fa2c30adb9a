# The instruction set that everything is compiled for, and what follows from it:
#   TESSERA_ARCH_FLAG                    -march=…, nothing where TESSERA_ARCH is generic
#   TESSERA_ARCH_TEXT                    for readers: native (x86-64-v4), x86-64-v3, …
#   TESSERA_PACK_ABI, TESSERA_PACK_NAME  of <tessera/core/pack_abi.hpp>
#   TESSERA_ARCH_FEATURES                what a processor must have, by the compiler's names
#   TESSERA_ARCH_ADVICE                  how to compile what uses the library
#   TESSERA_OLDEST_ARCH                  flags of a file that must run on any processor
set(TESSERA_ARCH_FLAG "")
set(TESSERA_ARCH_TEXT "${TESSERA_ARCH}")
set(TESSERA_PACK_ABI 1)
set(TESSERA_PACK_NAME scalar)
set(TESSERA_ARCH_FEATURES "")
set(TESSERA_ARCH_ADVICE "compile it without -march")
set(TESSERA_OLDEST_ARCH "")
if(TESSERA_CUDA)
  return()   # the host's side holds packs of one number
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(TESSERA_OLDEST_ARCH -march=x86-64 -mtune=generic -fno-sanitize=all)
endif()
if(NOT TESSERA_ARCH STREQUAL "generic")
  include(CheckCXXCompilerFlag)
  set(TESSERA_ARCH_FLAG "-march=${TESSERA_ARCH}")
  string(MAKE_C_IDENTIFIER "TESSERA_COMPILER_TAKES_${TESSERA_ARCH}" taken)
  set(CMAKE_REQUIRED_QUIET ON)
  check_cxx_compiler_flag("${TESSERA_ARCH_FLAG}" ${taken})
  unset(CMAKE_REQUIRED_QUIET)
  if(NOT ${taken} OR NOT TESSERA_ARCH MATCHES "^[A-Za-z0-9_.+-]+$")
    message(FATAL_ERROR "TESSERA_ARCH=${TESSERA_ARCH} is nothing that ${CMAKE_CXX_COMPILER} compiles \
for; write native, x86-64-v2, x86-64-v3, x86-64-v4, generic, or a name that its -march takes")
  endif()
endif()

# Kokkos hands flags of its own to whatever links it; ours stand behind them and win.
set(kokkos_flags "")
if(TARGET Kokkos::kokkoscore)
  get_target_property(kokkos_flags Kokkos::kokkoscore INTERFACE_COMPILE_OPTIONS)
  string(REGEX MATCHALL "-m(arch|cpu|tune)=[^;>]+" kokkos_flags "${kokkos_flags}")
endif()
set(kokkos_machine "${kokkos_flags}")
list(FILTER kokkos_machine EXCLUDE REGEX "^-mtune=")
if(TESSERA_ARCH STREQUAL "generic" AND kokkos_machine)
  message(FATAL_ERROR "TESSERA_ARCH=generic, but the Kokkos in ${Kokkos_DIR} compiles whatever uses it \
with ${kokkos_machine}; take a Kokkos built without it (TESSERA_ARCH=generic ./tessera build makes \
one), or another TESSERA_ARCH")
endif()

# All that g++ may use of its own accord, the widest first; clang++ 14 cannot ask for the latter.
set(features avx512f avx512bw avx512dq avx512vl avx512cd avx512vbmi avx512vbmi2 avx512vnni
  avx512ifma avx512bitalg avx512vpopcntdq avx512bf16 avx512vp2intersect avx512er avx512pf
  avx2 fma avx bmi2 bmi gfni vpclmulqdq fma4 xop sse4.2 sse4.1 ssse3 sse3 sse4a popcnt aes pclmul)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND features avx512fp16 avxvnni vaes f16c lzcnt movbe adx sha)
endif()

# What the compiler sees, as one string in an object: macros decide, and nothing has to run.
set(probe [[
#include <tessera/core/pack_abi.hpp>
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#if defined(KOKKOS_ARCH_AVX512XEON) && !defined(__AVX512F__)
#define NEEDED "avx512"
#elif defined(KOKKOS_ARCH_AVX2) && !defined(__AVX2__)
#define NEEDED "avx2"
#elif defined(KOKKOS_ARCH_AVX) && !defined(__AVX__)
#define NEEDED "avx"
#else
#define NEEDED ""
#endif
#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define ALLOWED "avx512"
#elif defined(__AVX2__) && defined(__FMA__)
#define ALLOWED "avx2"
#elif defined(__ARM_NEON) && defined(__aarch64__)
#define ALLOWED "neon"
#else
#define ALLOWED ""
#endif
extern char const facts[];
char const facts[] = "tessera facts:" TEXT(TESSERA_PACK_ABI) ":" TESSERA_PACK_NAME ":" NEEDED ":" ALLOWED ":"
]])
foreach(feature ${features})
  string(TOUPPER "__${feature}__" macro)
  string(REPLACE "." "_" macro "${macro}")
  string(APPEND probe "#ifdef ${macro}\n\" ${feature}\"\n#endif\n")
endforeach()
file(CONFIGURE OUTPUT arch_probe.cpp CONTENT "${probe};\n" @ONLY)

# tessera_probe_arch(<flags>): leaves the match of the string above in CMAKE_MATCH_1 to 5.
add_library(tessera_arch_flags INTERFACE IMPORTED)
macro(tessera_probe_arch)
  set_target_properties(tessera_arch_flags PROPERTIES INTERFACE_COMPILE_OPTIONS "-fno-lto;${ARGN}")
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  try_compile(probed "${PROJECT_BINARY_DIR}/arch_probe" "${PROJECT_BINARY_DIR}/arch_probe.cpp"
    CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${PROJECT_SOURCE_DIR}/src/core/include"
    LINK_LIBRARIES Kokkos::kokkos tessera_arch_flags CXX_STANDARD 20
    OUTPUT_VARIABLE output COPY_FILE "${PROJECT_BINARY_DIR}/arch_probe.a")
  unset(CMAKE_TRY_COMPILE_TARGET_TYPE)
  if(NOT probed)
    message(FATAL_ERROR "a header of Kokkos cannot be compiled with ${ARGN}:\n${output}")
  endif()
  file(STRINGS "${PROJECT_BINARY_DIR}/arch_probe.a" facts REGEX "tessera facts:")
  string(REGEX MATCH "tessera facts:([0-9]+):([^:]*):([^:]*):([^:]*):([a-z0-9. ]*)" facts "${facts}")
endmacro()

if(kokkos_machine AND NOT kokkos_machine STREQUAL TESSERA_ARCH_FLAG)
  tessera_probe_arch(${kokkos_flags})   # Kokkos's own objects may use more than ours
  set(TESSERA_ARCH_FEATURES "${CMAKE_MATCH_5}")
endif()
tessera_probe_arch(${TESSERA_ARCH_FLAG})
set(TESSERA_PACK_ABI ${CMAKE_MATCH_1})
set(TESSERA_PACK_NAME "${CMAKE_MATCH_2}")
set(needed "${CMAKE_MATCH_3}")
set(allowed "${CMAKE_MATCH_4}")
string(APPEND TESSERA_ARCH_FEATURES "${CMAKE_MATCH_5}")
separate_arguments(TESSERA_ARCH_FEATURES)
set(others ${features})
list(REMOVE_ITEM others ${TESSERA_ARCH_FEATURES} "")
list(REMOVE_ITEM features ${others} "")
set(TESSERA_ARCH_FEATURES ${features})   # each once, the widest first

if(needed)
  message(FATAL_ERROR "the Kokkos in ${Kokkos_DIR} was configured for ${needed}, which \
TESSERA_ARCH=${TESSERA_ARCH} leaves out; choose a TESSERA_ARCH that has it (native where this machine \
has), or name in Kokkos_ROOT a Kokkos built for ${TESSERA_ARCH} (TESSERA_ARCH=${TESSERA_ARCH} ./tessera \
build makes one where none is found)")
elseif(allowed AND NOT allowed STREQUAL TESSERA_PACK_NAME)
  message(WARNING "TESSERA_ARCH=${TESSERA_ARCH} has ${allowed}, but the Kokkos in ${Kokkos_DIR} was not \
configured for it, so packs are ${TESSERA_PACK_NAME} and slower than they could be; name in Kokkos_ROOT \
a Kokkos configured with -DKokkos_ARCH_NATIVE=ON, or leave it to ./tessera to build one")
endif()

# native is no name for another machine: the level that it reaches.
if(TESSERA_ARCH STREQUAL "native")
  foreach(level "v4 avx512f avx512bw avx512dq avx512vl avx512cd" "v3 avx2 fma bmi bmi2" "v2 sse4.2 popcnt")
    separate_arguments(level)
    list(POP_FRONT level name)
    list(REMOVE_ITEM level ${TESSERA_ARCH_FEATURES})
    if(NOT level)
      set(TESSERA_ARCH_TEXT "native (x86-64-${name})")
      break()
    endif()
  endforeach()
endif()
if(TESSERA_ARCH STREQUAL "native")
  set(TESSERA_ARCH_ADVICE "compile it with -march=native on a machine of that kind")
elseif(TESSERA_ARCH_FLAG)
  set(TESSERA_ARCH_ADVICE "compile it with ${TESSERA_ARCH_FLAG}")
endif()
message(STATUS
  "TESSERA_ARCH: ${TESSERA_ARCH_TEXT}, packs ${TESSERA_PACK_NAME} (TESSERA_PACK_ABI ${TESSERA_PACK_ABI})")
