# Install rules: libraries, headers, a CMake package and a pkg-config file for each way of linking.
include(CMakePackageConfigHelpers)

set(pmubench_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pmubench)

install(TARGETS pmubench pmubench_gbench pmubench_gbench_main
  EXPORT pmubenchTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS pmubench_preload LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/pmubench)
install(TARGETS pmubench_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY harness/include/pmubench DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

install(EXPORT pmubenchTargets NAMESPACE pmubench:: DESTINATION ${pmubench_cmake_dir})
configure_package_config_file(cmake/pmubenchConfig.cmake.in
  ${PROJECT_BINARY_DIR}/pmubenchConfig.cmake INSTALL_DESTINATION ${pmubench_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pmubenchConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/pmubenchConfig.cmake ${PROJECT_BINARY_DIR}/pmubenchConfigVersion.cmake
  cmake/FindPFM.cmake DESTINATION ${pmubench_cmake_dir})

foreach(name pmubench pmubench-gbench-main)
  configure_file(cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
