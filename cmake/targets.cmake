# Helpers that give every target of ours the same warnings, sanitizers and layout.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

function(ctestbed_compile_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                           # designated initialisers name what differs from the defaults
                                           -Wno-missing-field-initializers
                                           $<$<BOOL:${CTESTBED_WERROR}>:-Werror>)
  if(CTESTBED_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${CTESTBED_SANITIZE} -fno-omit-frame-pointer
                                            -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${CTESTBED_SANITIZE})
  endif()
  if(CTESTBED_COVERAGE)
    target_compile_options(${target} PUBLIC --coverage)
    target_link_options(${target} PUBLIC --coverage)
  endif()
endfunction()

# ctestbed_precompile(TARGET FIRST HEADER...): compiles the headers of nearly every source only once,
# with the target FIRST, when sanitizers make each build a long one. Other builds show whether every
# source includes what it uses.
function(ctestbed_precompile target first)
  if(NOT CTESTBED_SANITIZE)
    return()
  endif()
  target_compile_options(${target} PRIVATE -pthread)  # one set of macros for all
  if(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  elseif(TARGET ${first})
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()
set(ctestbed_common_headers <algorithm> <array> <chrono> <functional> <map> <memory> <mutex> <optional>
                            <set> <span> <stop_token> <string> <string_view> <thread> <utility>
                            <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# ctestbed_area(NAME [FOLDERS dir...] [LINK lib...]): the library of one area of harness/ and, from
# the *_test.cpp beside its sources, one GoogleTest binary. Files are globbed, so that adding a
# plug-in edits no list.
function(ctestbed_area name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK;TEST_LINK;EXCLUDE")
  # Relative, so that no pattern matches the path of the clone.
  file(GLOB_RECURSE sources RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS ${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  foreach(pattern IN LISTS arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${pattern}")
  endforeach()
  if(sources)
    add_library(ctestbed_${name} STATIC ${sources})
    target_link_libraries(ctestbed_${name} PUBLIC ${arg_LINK})
    target_include_directories(ctestbed_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/harness>)
    ctestbed_compile_options(ctestbed_${name})
    ctestbed_precompile(ctestbed_${name} ctestbed_base ${ctestbed_common_headers})
  endif()
  if(tests AND CTESTBED_UNIT_TESTS)
    add_executable(ctestbed_${name}_test ${tests})
    target_link_libraries(ctestbed_${name}_test
      PRIVATE ctestbed_${name} ctestbed_testing ${arg_TEST_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
    ctestbed_compile_options(ctestbed_${name}_test)
    ctestbed_precompile(ctestbed_${name}_test ctestbed_base_test ${ctestbed_common_headers}
                        <gmock/gmock.h> <gtest/gtest.h>)
    add_test(NAME unit.${name} COMMAND ctestbed_${name}_test)
    set(limit 120)
    if(CTESTBED_SANITIZE)
      set(limit 400)  # searches are ten times as slow
    endif()
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT ${limit})
  endif()
endfunction()
