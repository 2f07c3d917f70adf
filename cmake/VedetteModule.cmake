# SPDX-License-Identifier: Apache-2.0
include(GoogleTest)

# vedette_module(rtp SOURCES a.cpp … DEPS base media [LIBS fmt::fmt …] [TESTS a_test.cpp …]
#                [FUZZ a_fuzz.cpp …] [HEAVY <boost/json.hpp> …])
# A folder under src/ is one static library vedette::<name>, one test binary <name>_test and, when
# VEDETTE_FUZZ is on, one libFuzzer binary per *_fuzz.cpp. Otherwise each fuzz target is linked
# with a driver that replays the committed corpus src/<name>/corpus/<target>/ as a test.
# HEAVY names headers of libraries that most of its sources include: they are parsed once.
function(vedette_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LIBS;TESTS;FUZZ;HEAVY" ${ARGN})
  set(deps ${arg_DEPS})
  list(TRANSFORM deps PREPEND vedette::)
  add_library(vedette_${name} STATIC ${arg_SOURCES})
  add_library(vedette::${name} ALIAS vedette_${name})
  target_link_libraries(vedette_${name} PUBLIC vedette_flags ${deps} ${arg_LIBS})
  if(arg_HEAVY)
    vedette_precompile(vedette_${name} ${arg_HEAVY})
  endif()

  foreach(source IN LISTS arg_FUZZ)
    cmake_path(GET source STEM target)
    set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${target}")
    if(VEDETTE_FUZZ)
      add_executable(${target} ${source})
      target_link_libraries(${target} PRIVATE vedette_${name})
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      set_property(GLOBAL APPEND PROPERTY VEDETTE_FUZZ_TARGETS ${target})
    else()
      add_executable(${target}_replay ${source} ${PROJECT_SOURCE_DIR}/tests/support/fuzz_replay.cpp)
      target_link_libraries(${target}_replay PRIVATE vedette_${name})
      add_test(NAME ${target}.replay COMMAND ${target}_replay ${corpus})
      set_tests_properties(${target}.replay PROPERTIES LABELS "fuzz-replay" TIMEOUT 60)
    endif()
  endforeach()

  if(arg_TESTS AND NOT VEDETTE_FUZZ)
    add_executable(${name}_test ${arg_TESTS})
    target_link_libraries(${name}_test PRIVATE vedette_${name} GTest::gtest GTest::gtest_main)
    vedette_precompile_test(${name}_test ${arg_HEAVY})
    target_compile_definitions(${name}_test PRIVATE
      VEDETTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()

# What every test includes is parsed once for all of them, or once more where a module has heavy
# headers of its own. Tests are compiled with less optimisation than what they test.
function(vedette_precompile_test target)
  set(headers <gtest/gtest.h> <filesystem> <fstream> <functional> <map> <memory> <optional>
    <string> <thread> <vector>)
  set(flags $<$<CONFIG:Release>:-O1>)
  target_compile_options(${target} PRIVATE ${flags})
  if(ARGN)
    vedette_precompile(${target} ${headers} ${ARGN})
    return()
  endif()
  if(NOT TARGET vedette_test_headers)
    add_library(vedette_test_headers OBJECT ${PROJECT_SOURCE_DIR}/tests/support/test_headers.cpp)
    target_link_libraries(vedette_test_headers PRIVATE vedette_flags GTest::gtest)
    target_compile_options(vedette_test_headers PRIVATE ${flags})
    vedette_precompile(vedette_test_headers ${headers})
  endif()
  vedette_precompile(${target} REUSE_FROM vedette_test_headers)
endfunction()
