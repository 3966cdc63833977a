# Tests that run a program of the arm64 build (preset arm64) in the emulated machine.
find_package(Python3 3.11 COMPONENTS Interpreter)

set(PMUBENCH_ARM64_DIR ${PROJECT_SOURCE_DIR}/build/arm64 CACHE PATH
  "The build tree of the preset arm64, whose programs the lab's tests run")

# pmubench_lab_program(FILE...): test programs, e.g. tests/counters/core_pmu_test, that a cross-build
# has to make.
function(pmubench_lab_program)
  foreach(file IN LISTS ARGN)
    get_filename_component(target ${file} NAME)
    if(CMAKE_CROSSCOMPILING AND TARGET ${target})
      set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL FALSE)
    endif()
  endforeach()
endfunction()

# pmubench_lab_test(NAME PROGRAM FILE [ARGS ...] [LAB ...] [EXTRA FILE...] [MAY_SKIP SUITE.TEST...])
#   PROGRAM  a GoogleTest program in the arm64 build tree, e.g. tests/counters/counters_test
#   ARGS     its arguments; words with shell syntax are not interpreted
#   LAB      options of `ci/lab/lab exec`, e.g. --cpu a64fx --smp 2
#   EXTRA    more programs of the arm64 build tree that the guest needs in /bin
#   MAY_SKIP tests that this guest cannot run; any other that skips there fails
# Registered once, in the native build; skipped where the program or the emulator is not here.
function(pmubench_lab_test name)
  cmake_parse_arguments(arg "" "PROGRAM" "ARGS;LAB;EXTRA;MAY_SKIP" ${ARGN})
  pmubench_lab_program(${arg_PROGRAM} ${arg_EXTRA})
  if(CMAKE_CROSSCOMPILING OR NOT Python3_Interpreter_FOUND)
    return()
  endif()
  set(extra)
  foreach(file IN LISTS arg_EXTRA)
    list(APPEND extra --program ${PMUBENCH_ARM64_DIR}/${file})
  endforeach()
  set(may_skip)
  foreach(test IN LISTS arg_MAY_SKIP)
    list(APPEND may_skip --may-skip ${test})
  endforeach()
  set(program ${PMUBENCH_ARM64_DIR}/${arg_PROGRAM})
  add_test(NAME ${name} COMMAND
    ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/lab/in_lab.py ${may_skip} ${program}
    exec --timeout 560 ${extra} ${arg_LAB} ${program} ${arg_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS lab TIMEOUT 600 SKIP_RETURN_CODE 77)
endfunction()
