# `pmubench pgo`: its verbs need the part `branches`, which nothing else does.
add_library(pmubench_pgo STATIC
  pgo.cc
  pgo_advise.cc
  pgo_counters.cc
  pgo_export.cc
  pgo_measure.cc
  pgo_pipeline.cc
  pgo_ratio.cc
  pgo_record.cc
  pgo_recording.cc
  pgo_report.cc
  pgo_run.cc
  pgo_tools.cc
  pgo_trace.cc
  pgo_variants.cc)
target_link_libraries(pmubench_pgo PUBLIC pmubench_branches pmubench_reports CLI11::CLI11)
target_link_libraries(pmubench_tool PRIVATE pmubench_pgo)
target_compile_options(pmubench_pgo PRIVATE $<$<CONFIG:Release>:-O1>)
