// Made-up runs for the tests of the store.
#pragma once

#include <random>
#include <string>

#include "reports/store/run.h"

namespace pmubench::store {

struct SampleShape {
  int benchmarks = 5;
  int metrics = 4;
  bool launches = true;
};

inline std::string SampleUuid(unsigned number) {
  char text[37];
  std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", number, number);
  return text;
}

/// Night `night` of a history: values differ by night, benchmark and metric; one value of each
/// fifth benchmark is missing.
inline Run SampleRun(unsigned night, const SampleShape& shape = {}) {
  Run run;
  run.info.uuid = SampleUuid(night);
  run.info.started_ms = 1'700'000'000'000 + night * 86'400'000LL;
  run.info.machine = "0123456789abcdef";
  run.info.configuration = "release";
  run.info.branch = "main";
  run.info.commit = "c" + std::to_string(night);
  run.info.status = "complete";
  run.machine_document = R"({"id":"0123456789abcdef","hostname":"arm-03"})";
  run.configuration_document = "{}";
  run.document = R"({"context":{"host_name":"arm-03"},"method":"loop"})";
  std::vector<std::uint32_t> layout;
  for (int m = 0; m < shape.metrics; ++m) {
    layout.push_back(run.MetricIndex({m == 0 ? "real_time" : "metric_" + std::to_string(m),
                                      m == 0 ? "ns" : "things/iteration"}));
  }
  std::mt19937_64 random(night);
  std::normal_distribution<double> noise(0, 1);
  for (int b = 0; b < shape.benchmarks; ++b) {
    Row row;
    char name[32];
    std::snprintf(name, sizeof name, "bench/%06d", b);
    row.benchmark = name;
    row.layout = run.LayoutIndex(layout);
    for (int m = 0; m < shape.metrics; ++m) {
      Value value;
      value.value = (100 + b + 10 * m) * (1 + 0.01 * noise(random));
      value.spread = static_cast<float>(0.5 + m);
      value.sampling = PackSampling(1.0 / (1 + m));
      row.values.push_back(value);
    }
    if (b % 5 == 0 && shape.metrics > 1) {
      row.values[1] = Value{};
      row.values[1].reason = run.ReasonIndex("no such event");
    }
    if (shape.launches) row.launches.push_back({0, {row.values[0].value, 101.5, 99.25}});
    run.rows.push_back(std::move(row));
  }
  run.info.rows = static_cast<std::uint32_t>(run.rows.size());
  return run;
}

}  // namespace pmubench::store
