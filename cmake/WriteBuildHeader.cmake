# Run at every build (cmake -P): writes the header with the git commit, and touches it only where
# something changed, so that a commit recompiles one file.
set(PMUBENCH_COMMIT "")
set(PMUBENCH_DIRTY 0)
find_package(Git QUIET)
# A repository that merely contains our sources (a vendored copy) is not ours.
if(Git_FOUND AND EXISTS "${SOURCE_DIR}/.git")
  execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse HEAD
    WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE PMUBENCH_COMMIT
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    set(PMUBENCH_COMMIT "")
  else()
    execute_process(COMMAND ${GIT_EXECUTABLE} status --porcelain --untracked-files=no
      WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE changed ERROR_QUIET)
    if(changed)
      set(PMUBENCH_DIRTY 1)
    endif()
  endif()
endif()
string(REPLACE "\\" "\\\\" PMUBENCH_FLAGS "${PMUBENCH_FLAGS}")
string(REPLACE "\"" "\\\"" PMUBENCH_FLAGS "${PMUBENCH_FLAGS}")
configure_file(${SOURCE_DIR}/cmake/pmubench_build.h.in ${OUTPUT} @ONLY)
