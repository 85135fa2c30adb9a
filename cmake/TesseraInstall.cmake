# What `cmake --install` leaves beside libraries, headers and program: the package that
# find_package(Tessera) reads.
include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/Tessera")

install(TARGETS tessera_all EXPORT TesseraTargets)
install(EXPORT TesseraTargets NAMESPACE tessera:: DESTINATION "${package_folder}")

# Where to look for Kokkos when nobody says; a cache within this tree is nothing to rely on.
set(TESSERA_KOKKOS_HINT "")
set(TESSERA_KOKKOS_PLACE "")
cmake_path(IS_PREFIX PROJECT_SOURCE_DIR "${Kokkos_DIR}" NORMALIZE kokkos_in_tree)
if(NOT kokkos_in_tree)
  set(TESSERA_KOKKOS_HINT "${Kokkos_DIR}")
  set(TESSERA_KOKKOS_PLACE " (it was in ${Kokkos_DIR})")
endif()
set(TESSERA_IS_SHARED OFF)
if(BUILD_SHARED_LIBS)
  set(TESSERA_IS_SHARED ON)
endif()
string(JOIN " " TESSERA_ARITHMETIC_TEXT ${TESSERA_ARITHMETIC})
configure_package_config_file(cmake/TesseraConfig.cmake.in "${PROJECT_BINARY_DIR}/TesseraConfig.cmake"
  INSTALL_DESTINATION "${package_folder}" NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/TesseraConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/TesseraConfig.cmake"
  "${PROJECT_BINARY_DIR}/TesseraConfigVersion.cmake" cmake/TesseraLibraries.cmake
  DESTINATION "${package_folder}")
install(FILES LICENSE README.md CHANGELOG.md SECURITY.md CITATION.cff DESTINATION "${CMAKE_INSTALL_DOCDIR}")
