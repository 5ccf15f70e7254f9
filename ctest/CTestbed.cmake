# ctestbed_discover_suites(): the suites of a project as CTest tests, on live environments.
#
#   ctestbed_discover_suites([PRESETS dir] [SUITES dir] [PREFIX prefix] [TARGETS target...]
#                            [LABELS label...] [BACKEND name] [LANES number|auto] [RESULTS dir] [TIMEOUT seconds])
#
# PRESETS, SUITES  directories of YAML files, from the current source directory (presets, suites)
# PREFIX           what all test names begin with; two calls in one build need different ones
# TARGETS          executables that nodes and suites name as programs; build them before ctest
# LABELS           labels of all tests, beside suite:NAME, preset:NAME, AXIS=VALUE and ctestbed
# BACKEND          backend to deploy on (what $CTESTBED_BACKEND says, else process)
# LANES            how many environments `ctest -j` may have alive at once, 1 to 64 or auto (1)
# RESULTS          receives a directory of results per ctest, to the newest of which `latest` links,
#                  from the current binary directory (ctestbed-report)
# TIMEOUT          how long CTest waits for an environment (what its nodes may take to get ready)
#
# Tests are made when ctest starts: a changed suite needs no new run of CMake. A preset or suite
# with a mistake is a test NAME.discovery that fails with it; the others run.
include_guard(GLOBAL)

set(CTESTBED_EXECUTABLE "" CACHE FILEPATH "Program to use in place of the target ctestbed")
mark_as_advanced(CTESTBED_EXECUTABLE)

function(ctestbed_discover_suites)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "PRESETS;SUITES;PREFIX;BACKEND;LANES;RESULTS;TIMEOUT" "TARGETS;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ctestbed_discover_suites: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  _ctestbed_claim_prefix("${arg_PREFIX}")
  _ctestbed_program(program)
  _ctestbed_path(arg_PRESETS presets ${CMAKE_CURRENT_SOURCE_DIR})
  _ctestbed_path(arg_SUITES suites ${CMAKE_CURRENT_SOURCE_DIR})
  _ctestbed_path(arg_RESULTS ctestbed-report ${CMAKE_CURRENT_BINARY_DIR})

  string(MAKE_C_IDENTIFIER "suites${arg_PREFIX}" name)
  set(stem ${CMAKE_CURRENT_BINARY_DIR}/CTestbed/${name})
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(config "")
  if(multi_config)
    set(config "-$<CONFIG>")
  endif()

  set(command ${program} ctest list --output ${stem}-tests${config}.cmake
              --build-dir ${CMAKE_BINARY_DIR} --source-dir ${CMAKE_SOURCE_DIR}
              --presets ${arg_PRESETS} --suites ${arg_SUITES} --results ${arg_RESULTS})
  foreach(target IN LISTS arg_TARGETS)
    list(APPEND command --path $<TARGET_FILE_DIR:${target}>)
  endforeach()
  foreach(label IN LISTS arg_LABELS)
    list(APPEND command --label ${label})
  endforeach()
  foreach(option PREFIX BACKEND LANES TIMEOUT)
    if(NOT "${arg_${option}}" STREQUAL "")
      string(TOLOWER "--${option}" flag)
      list(APPEND command ${flag} ${arg_${option}})
    endif()
  endforeach()
  list(JOIN command "]==]\n  [==[" words)
  file(GENERATE OUTPUT ${stem}-command${config}.cmake
       CONTENT "set(_ctestbed_command\n  [==[${words}]==])\n")

  set(labels ${arg_LABELS} ctestbed)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CTestbedDiscover.cmake.in ${stem}.cmake @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${stem}.cmake)
  cmake_language(DEFER CALL _ctestbed_check_testing)
endfunction()

function(_ctestbed_claim_prefix prefix)
  get_property(claimed GLOBAL PROPERTY _CTESTBED_PREFIXES)
  if("<${prefix}>" IN_LIST claimed)
    message(FATAL_ERROR "ctestbed_discover_suites: test names would not be unique: "
                        "PREFIX '${prefix}' is used by another call")
  endif()
  set_property(GLOBAL APPEND PROPERTY _CTESTBED_PREFIXES "<${prefix}>")
endfunction()

function(_ctestbed_program result)
  if(CTESTBED_EXECUTABLE)
    set(program ${CTESTBED_EXECUTABLE})
  elseif(TARGET CTestbed::ctestbed)
    set(program $<TARGET_FILE:CTestbed::ctestbed>)
  elseif(TARGET ctestbed)
    set(program $<TARGET_FILE:ctestbed>)
  else()
    message(FATAL_ERROR "ctestbed_discover_suites: no target ctestbed: "
                        "call find_package(CTestbed) or add_subdirectory() first")
  endif()
  set(${result} ${program} PARENT_SCOPE)
endfunction()

function(_ctestbed_path variable fallback base)
  set(path ${${variable}})
  if(NOT path)
    set(path ${fallback})
  endif()
  cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY ${base} NORMALIZE)
  set(${variable} ${path} PARENT_SCOPE)
endfunction()

function(_ctestbed_check_testing)
  if(NOT CMAKE_TESTING_ENABLED)
    message(WARNING "ctestbed_discover_suites: ctest will find no tests: enable_testing() is not called here")
  endif()
endfunction()
