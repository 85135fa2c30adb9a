# Warnings, instruction set and sanitizers, carried by one interface target that is never exported.
add_library(tessera_quality INTERFACE)
target_compile_options(tessera_quality INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wno-psabi)
# g++ 12 takes the undefined operand inside its own AVX-512 intrinsics for an uninitialised variable.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(tessera_quality INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized)
endif()
if(TESSERA_WARNINGS_AS_ERRORS)
  target_compile_options(tessera_quality INTERFACE -Werror)
endif()
if(TESSERA_NATIVE)
  target_compile_options(tessera_quality INTERFACE -march=native)
endif()
# One rounding for one source line: contraction differs between tilings of the same formula, and
# the promise of bit-identical results rests on it. Packs ask for fma by name.
target_compile_options(tessera_quality INTERFACE -ffp-contract=off)
if(TESSERA_SANITIZE)
  target_compile_options(tessera_quality INTERFACE -fsanitize=${TESSERA_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(tessera_quality INTERFACE -fsanitize=${TESSERA_SANITIZE})
endif()
