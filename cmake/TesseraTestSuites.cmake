# Read by ctest: makes a test of each suite of one GoogleTest program. A process for every single test would
# spend most of its time on starting MPI and Kokkos. Takes name, program, labels, environment, list.
if(NOT EXISTS "${program}")
  add_test(${name}_is_not_built "${program}")
  return()
endif()

if(NOT EXISTS "${list}" OR "${program}" IS_NEWER_THAN "${list}")
  set(ENV{OMPI_ALLOW_RUN_AS_ROOT} 1)
  set(ENV{OMPI_ALLOW_RUN_AS_ROOT_CONFIRM} 1)
  execute_process(COMMAND "${program}" --gtest_list_tests OUTPUT_VARIABLE lines RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${program} does not list its tests (${status}):\n${lines}")
  endif()
  # "Kinds/FieldBank." and "AdamOf/0.  # TypeParam = float" are FieldBank and AdamOf.
  string(REGEX MATCHALL "[^\n]+" lines "${lines}")
  set(suites)
  foreach(line IN LISTS lines)
    if(line MATCHES "^([A-Za-z0-9_]+/)?([A-Za-z][A-Za-z0-9_]*)(/[0-9]+)?\\.( |$)")
      list(APPEND suites ${CMAKE_MATCH_2})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES suites)
  file(WRITE "${list}" "${suites}")
endif()

file(READ "${list}" suites)
foreach(suite IN LISTS suites)
  add_test(${name}.${suite} "${program}"
    "--gtest_filter=${suite}.*:*/${suite}.*:${suite}/*.*:*/${suite}/*.*")
  set_tests_properties(${name}.${suite} PROPERTIES
    LABELS "${labels}" TIMEOUT 900 ENVIRONMENT "${environment}")
endforeach()
