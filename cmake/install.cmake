# What `cmake --install` puts where, and the package that find_package(CTestbed) finds.
option(CTESTBED_INSTALL "Generate the install rules" ${PROJECT_IS_TOP_LEVEL})
if(NOT CTESTBED_INSTALL)
  return()
endif()

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/CTestbed)

# ctestbed looks for ctestbed-shim beside itself.
install(TARGETS ctestbed ctestbed-shim EXPORT CTestbedTargets
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ctestbed_client EXPORT CTestbedTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY harness/client/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT CTestbedTargets NAMESPACE CTestbed:: DESTINATION ${package_dir})

configure_package_config_file(cmake/ctestbed-config.cmake.in CTestbedConfig.cmake
                              INSTALL_DESTINATION ${package_dir}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/CTestbedConfigVersion.cmake
                                 COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/CTestbedConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/CTestbedConfigVersion.cmake
        DESTINATION ${package_dir})
install(DIRECTORY ctest/ DESTINATION ${package_dir}
        FILES_MATCHING PATTERN "*.cmake" PATTERN "*.cmake.in" PATTERN tests EXCLUDE)

# For editors: `# yaml-language-server: $schema=` on the first line of a preset or suite.
install(FILES presets/preset.schema.json suites/suite.schema.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/ctestbed)

install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The manual page and the completions of shells, as the program itself prints them.
if(NOT CMAKE_CROSSCOMPILING)
  include(cmake/self_description.cmake)
endif()
