# tessera_component(<name> [LINK <public>...] [LINK_PRIVATE <private>...])
# makes tessera::<name> from every .cpp below the calling folder and every public header in
# include/tessera/<name>/, each of which must also compile alone, and installs both.
function(tessera_component name)
  cmake_parse_arguments(arg "" "" "LINK;LINK_PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/include/*.hpp")
  if(TESSERA_CUDA)   # a Kokkos with CUDA is read by nvcc alone
    set_source_files_properties(${sources} PROPERTIES LANGUAGE CUDA)
  endif()
  add_library(tessera_${name})
  add_library(tessera::${name} ALIAS tessera_${name})
  set_target_properties(tessera_${name} PROPERTIES EXPORT_NAME ${name} LINKER_LANGUAGE CXX
    DEFINE_SYMBOL ""   # the same compile command as for a static library
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_sources(tessera_${name} PRIVATE ${sources}
    PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  target_compile_features(tessera_${name} PUBLIC cxx_std_20)
  target_link_libraries(tessera_${name}
    PUBLIC ${arg_LINK} PRIVATE ${arg_LINK_PRIVATE} $<BUILD_INTERFACE:tessera_quality>)
  tessera_precompile(tessera_${name})
  install(TARGETS tessera_${name} EXPORT TesseraTargets FILE_SET HEADERS)
endfunction()

# What every test sees: two threads that nobody pins; Open MPI that minds neither root nor a small
# container, and starts faster for looking at no network. (ess_singleton_isolated would save a little
# more, but such processes share one session folder and fall over each other when run at once.)
set(TESSERA_TEST_ENVIRONMENT
  OMP_NUM_THREADS=2
  OMP_PROC_BIND=false
  OMP_WAIT_POLICY=passive   # ctest runs several programs at once: idle threads must not spin
  OMPI_ALLOW_RUN_AS_ROOT=1
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1
  OMPI_MCA_btl_vader_single_copy_mechanism=none
  OMPI_MCA_pml=ob1
  OMPI_MCA_btl=self,vader
  UBSAN_OPTIONS=print_stacktrace=1)

# tessera_test(<name> LABEL <label> [LINK <targets>...])
# makes one GoogleTest program from the .cpp files of the calling folder, and a ctest of each of its suites.
function(tessera_test name)
  cmake_parse_arguments(arg "" "LABEL" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE tessera_test_main ${arg_LINK} tessera_quality)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  tessera_precompile_test(${name})
  set(suites "${CMAKE_CURRENT_BINARY_DIR}/${name}_suites")
  file(GENERATE OUTPUT "${suites}.cmake" CONTENT "\
set(name ${name})
set(program \"$<TARGET_FILE:${name}>\")
set(labels ${arg_LABEL})
set(environment \"${TESSERA_TEST_ENVIRONMENT}\")
set(list \"${suites}.txt\")
include(\"${PROJECT_SOURCE_DIR}/cmake/TesseraTestSuites.cmake\")
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${suites}.cmake")
endfunction()
