# `pmubench pgo`.
pmubench_test(pgo_parts_test
  pgo_parts_test.cc
  pgo_trace_test.cc
  LIBRARIES pmubench_pgo
  LABELS pgo)
add_dependencies(pgo_parts_test branch_target)
pmubench_test(pgo_counters_test
  pgo_counters_test.cc
  LIBRARIES pmubench_pgo
  LABELS pgo)
include(PmubenchLab)
pmubench_lab_test(pgo_counters_in_lab PROGRAM tests/cli/pgo_counters_test)
if(NOT CMAKE_CROSSCOMPILING)
  find_package(Python3 3.11 COMPONENTS Interpreter REQUIRED)
  # pgo_tool_test(NAME ARGUMENT...): tests/cli/NAME_test.py, on the tool of this build.
  function(pgo_tool_test name file)
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${file} ${ARGN})
    set_tests_properties(${name} PROPERTIES LABELS pgo TIMEOUT 300 SKIP_RETURN_CODE 77
      ENVIRONMENT PMUBENCH_BUILD=${PROJECT_BINARY_DIR})
  endfunction()
  pgo_tool_test(pgo_bad_input pgo_bad_input_test.py)
  pgo_tool_test(pgo_advise pgo_advise_test.py)
  pgo_tool_test(pgo_record pgo_record_test.py)
  pgo_tool_test(pgo_handoff pgo_handoff_test.py native)
  pgo_tool_test(pgo_run pgo_run_test.py)
  # What PGO gains on the bundled programs, in counts alone.
  pgo_tool_test(pgo_gains pgo_gains_test.py)
  set_tests_properties(pgo_gains PROPERTIES TIMEOUT 3000)  # 3 minutes on two CPUs
  pgo_tool_test(pgo_handoff_arm64 pgo_handoff_test.py arm64 ${PMUBENCH_ARM64_DIR})
  set_tests_properties(pgo_handoff_arm64 PROPERTIES LABELS lab TIMEOUT 900)
endif()
