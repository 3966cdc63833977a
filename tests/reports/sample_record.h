// A small record with something in every field.
#pragma once

#include "reports/record.h"

namespace pmubench::testing {

inline Record SampleRecord() {
  Record record;
  record.context_json =
      R"({"date":"2026-01-02T03:04:05+00:00","host_name":"one","executable":"./suite",)"
      R"("num_cpus":2,"mhz_per_cpu":2600,"cpu_scaling_enabled":false,"caches":[],)"
      R"("load_avg":[0.5,0.4,0.3],"library_build_type":"release"})";
  record.run_id = "01234567-89ab-4def-8123-456789abcdef";
  record.status = RecordStatus::kComplete;
  record.method = "loop";
  record.machine_json = R"({"id":"0123456789abcdef","hostname":"one","smt":null,"cpus":2})";
  record.build_json = R"({"version":"0.1.0","commit":null,"dirty":false})";
  record.plan = {{{"CPU_CYCLES", "INST_RETIRED"}, {"CPU_CYCLES", "L1D_CACHE"}}, 6, 2, true};
  record.definitions = {
      {"ipc", "Instructions per cycle", "instructions/cycle", "INST_RETIRED / CPU_CYCLES"}};
  record.unavailable = {{"branch_mpki", "the PMU does not know BR_MIS_PRED_RETIRED"}};
  const char* fields =
      R"({"name":"BM_sort/8","family_index":0,"per_family_instance_index":0,)"
      R"("run_name":"BM_sort/8","run_type":"iteration","repetitions":1,"repetition_index":0,)"
      R"("threads":1,"iterations":1000,"real_time":12.5,"cpu_time":12.25,"time_unit":"ns",)"
      R"("items":3})";
  record.rows = {{fields,
                  {{0,
                    {{"CPU_CYCLES", {4000, 12500, 12500}}, {"INST_RETIRED", {9000, 12500, 12500}}},
                    {{"iterations", 1000}, {"wall_ns", 12500}}}}}};
  record.results = {{"BM_sort/8",
                     {{"ipc", "instructions/cycle", 2.25, "", 1.0, 1, 2.25, 2.25, 2.25, {}, {}},
                      {"branch_mpki",
                       "misses/1000 instructions",
                       {},
                       "no such event",
                       {},
                       0,
                       {},
                       {},
                       {},
                       {},
                       {}}}}};
  return record;
}

}  // namespace pmubench::testing
