# Programs for arm64 built beside the native ones with Debian's cross compiler, and run under
# user-mode emulation: kernels for other CPUs are checked on every machine.

find_program(PMUBENCH_ARM64_CXX aarch64-linux-gnu-g++)
find_program(PMUBENCH_QEMU_AARCH64 NAMES qemu-aarch64-static qemu-aarch64)

# pmubench_arm64_program(NAME SOURCES file... [SVE file...] [SVE2 file...] [DOTPROD file...]
#                        [I8MM file...]
#                        [OPTIONS flag...] [INCLUDES dir...])
# Static, so that the emulator needs no arm64 libraries. `SVE`, `SVE2`, ... list sources that are
# compiled for these extensions. Sets NAME_PROGRAM in the caller's scope; empty without a compiler.
function(pmubench_arm64_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;SVE;SVE2;DOTPROD;I8MM;OPTIONS;INCLUDES" ${ARGN})
  set(${name}_PROGRAM "" PARENT_SCOPE)
  if(NOT PMUBENCH_ARM64_CXX)
    return()
  endif()
  set(includes "")
  foreach(directory ${arg_INCLUDES})
    list(APPEND includes -I${directory})
  endforeach()
  set(launcher ${CMAKE_CXX_COMPILER_LAUNCHER})
  set(objects "")
  foreach(kind SOURCES SVE SVE2 DOTPROD I8MM)
    set(march armv8-a)
    if(kind STREQUAL SVE)
      set(march armv8.2-a+sve)
    elseif(kind STREQUAL SVE2)
      set(march armv8.5-a+sve2)
    elseif(kind STREQUAL DOTPROD)
      set(march armv8.2-a+dotprod)
    elseif(kind STREQUAL I8MM)
      set(march armv8.2-a+i8mm)
    endif()
    foreach(source ${arg_${kind}})
      file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${source})
      string(MAKE_C_IDENTIFIER ${relative} identifier)
      set(object ${CMAKE_CURRENT_BINARY_DIR}/arm64-${name}/${identifier}.o)
      add_custom_command(OUTPUT ${object}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/arm64-${name}
        COMMAND ${launcher} ${PMUBENCH_ARM64_CXX} -std=c++20 -O2 -march=${march} ${arg_OPTIONS}
                ${includes} -MD -MF ${object}.d -c ${source} -o ${object}
        DEPENDS ${source} DEPFILE ${object}.d VERBATIM
        COMMENT "Building for arm64: ${relative}")
      list(APPEND objects ${object})
    endforeach()
  endforeach()
  set(program ${CMAKE_CURRENT_BINARY_DIR}/arm64-${name}/${name})
  add_custom_command(OUTPUT ${program}
    COMMAND ${PMUBENCH_ARM64_CXX} -static ${objects} -o ${program} -pthread
    DEPENDS ${objects} VERBATIM COMMENT "Linking for arm64: ${name}")
  add_custom_target(${name} ALL DEPENDS ${program})
  set(${name}_PROGRAM ${program} PARENT_SCOPE)
endfunction()

# pmubench_arm64_test(NAME PROGRAM path [CPU model,features] [ARGUMENTS ...] [LABELS ...])
# Skipped, saying so, where the cross compiler or the emulator is missing.
function(pmubench_arm64_test name)
  cmake_parse_arguments(arg "" "PROGRAM;CPU" "ARGUMENTS;LABELS" ${ARGN})
  if(arg_PROGRAM AND PMUBENCH_QEMU_AARCH64)
    set(cpu "")
    if(arg_CPU)
      set(cpu -cpu ${arg_CPU})
    endif()
    add_test(NAME ${name} COMMAND ${PMUBENCH_QEMU_AARCH64} ${cpu} ${arg_PROGRAM} ${arg_ARGUMENTS})
  else()
    add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo
      "SKIPPED: needs the packages g++-aarch64-linux-gnu and qemu-user-static")
    set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED")
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 120)
endfunction()
