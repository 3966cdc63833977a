# Helpers that keep the warning flags and the naming of targets in one place.

add_library(pmubench_warnings INTERFACE)
target_compile_options(pmubench_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  $<$<BOOL:${PMUBENCH_WERROR}>:-Werror>)
# GCC 12 sees overlapping copies in std::string's operator+ at -O3 that cannot be (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(pmubench_warnings INTERFACE -Wno-restrict)
endif()

# pmubench_test(NAME SOURCES... [LIBRARIES ...] [LABELS ...])
# One GoogleTest program; every TEST in it becomes a ctest test of its own name.
function(pmubench_test name)
  cmake_parse_arguments(arg "" "" "LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE pmubench_warnings GTest::gmock_main ${arg_LIBRARIES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    PMUBENCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}" PMUBENCH_BINARY_DIR="${PROJECT_BINARY_DIR}")
  # Compiled as often as run: what a better optimiser gains is less than what it takes.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  # Of a cross-build the lab's tests need a few programs alone (pmubench_lab_program).
  set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ${CMAKE_CROSSCOMPILING})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300)
endfunction()
