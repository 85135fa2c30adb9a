# Warnings, instruction set and sanitizers, carried by one interface target that is never exported.
# TESSERA_ARITHMETIC is what programs that embed Tessera must compile its headers with too,
# TESSERA_FLAGS what decides about numbers and speed, for run.json.
add_library(tessera_quality INTERFACE)
set(warnings -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wno-psabi
  -Wno-missing-field-initializers)  # designated initialisers leave the rest at their defaults
# g++ 12 takes the undefined operand inside its own AVX-512 intrinsics for an uninitialised variable,
# and "text" + string for overlapping memory.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND warnings -Wno-maybe-uninitialized -Wno-uninitialized -Wno-restrict)
endif()
target_compile_options(tessera_quality INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${warnings}>")
if(TESSERA_WARNINGS_AS_ERRORS)
  target_compile_options(tessera_quality INTERFACE -Werror)
endif()
# One rounding for one source line: contraction differs between tilings of the same formula, and
# the promise of bit-identical results rests on it. Packs ask for fma by name.
set(TESSERA_ARITHMETIC ${TESSERA_ARCH_FLAG} -ffp-contract=off)
set(device_arithmetic --fmad=false -Xcompiler=-ffp-contract=off)
target_compile_options(tessera_quality INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:${TESSERA_ARITHMETIC}>"
  "$<$<COMPILE_LANGUAGE:CUDA>:${device_arithmetic}>")
set(TESSERA_FLAGS ${kokkos_flags} ${TESSERA_ARITHMETIC})
if(TESSERA_CUDA)
  set(TESSERA_FLAGS ${device_arithmetic})
endif()
if(TESSERA_SANITIZE)
  list(APPEND TESSERA_FLAGS -fsanitize=${TESSERA_SANITIZE})
  # A finding ends the program, so that no test passes over it. GCC's uninitialised-use warning
  # sees ghosts in instrumented code.
  target_compile_options(tessera_quality INTERFACE
    -fsanitize=${TESSERA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    -Wno-maybe-uninitialized)
  target_compile_definitions(tessera_quality INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(tessera_quality INTERFACE -fsanitize=${TESSERA_SANITIZE})
endif()
if(TESSERA_SANITIZE MATCHES address|leak)
  # Compiled into every program, so that no environment variable has to be set to run one. Open
  # MPI unloads its plug-ins when it ends: they must stay for their frames to have a name, and
  # that is far cheaper than whole stacks (fast_unwind_on_malloc=0).
  file(READ "${PROJECT_SOURCE_DIR}/cmake/lsan.supp" suppressions)
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/lsan_defaults.cpp" @ONLY CONTENT [[
extern "C" char const *__lsan_default_suppressions();
extern "C" char const *__lsan_default_suppressions() { return R"(@suppressions@)"; }
extern "C" char const *__lsan_default_options();
extern "C" char const *__lsan_default_options() { return "print_suppressions=0"; }
extern "C" int dlclose(void *) noexcept { return 0; }
]])
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    "${PROJECT_SOURCE_DIR}/cmake/lsan.supp")
  target_link_options(tessera_quality INTERFACE -Wl,--export-dynamic-symbol=dlclose)
  set(is_program $<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>)
  target_sources(tessera_quality INTERFACE
    $<${is_program}:${PROJECT_BINARY_DIR}/lsan_defaults.cpp>)
endif()
