# SPDX-License-Identifier: Apache-2.0
# One interface target carries the language level and every warning; all modules link it.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # The cache refuses precompiled headers unless it may take their macros as unchanged.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
endif()

add_library(vedette_flags INTERFACE)
target_include_directories(vedette_flags INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_compile_options(vedette_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough
  # Designated initialisers leave members to their defaults on purpose.
  -Wno-missing-field-initializers
  # GCC 12 sees overruns in vector copies that are none, once it inlines at -O2 (its PR 105329 and
  # kin).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  $<$<BOOL:${VEDETTE_WERROR}>:-Werror>)
find_package(Threads REQUIRED)
target_link_libraries(vedette_flags INTERFACE Threads::Threads)

if(VEDETTE_SANITIZE)
  target_compile_options(vedette_flags INTERFACE
    -fsanitize=${VEDETTE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(vedette_flags INTERFACE -fsanitize=${VEDETTE_SANITIZE})
endif()
if(VEDETTE_FUZZ)
  target_compile_options(vedette_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM AND NOT VEDETTE_SANITIZE)
  target_link_options(vedette_flags INTERFACE -fuse-ld=lld)
endif()

# vedette_precompile(TARGET HEADER… | TARGET REUSE_FROM TARGET): what most sources of a target
# include, and nobody here changes, is parsed once. Not with Clang: its builds (fuzz, tidy) see that
# each file includes what it needs.
function(vedette_precompile target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    if("${ARGV1}" STREQUAL "REUSE_FROM")
      target_precompile_headers(${target} ${ARGN})
    else()
      target_precompile_headers(${target} PRIVATE ${ARGN})
    endif()
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()
