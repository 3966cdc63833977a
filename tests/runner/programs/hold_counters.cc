// Takes counters of CPU 0 away from everybody else, for tests in the lab:
//   hold_counters COUNTERS AFTER_MS FOR_MS
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "counters/counter_group.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto sleep = [](const char* ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(ms)));
  };
  sleep(argv[2]);
  const pmubench::EventEncoding instructions{
      "instructions", "hardware", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, 0};
  const std::vector<pmubench::EventEncoding> events(std::strtoul(argv[1], nullptr, 10),
                                                    instructions);
  auto group = pmubench::CounterGroup::Open(pmubench::SystemKernel(), events,
                                            pmubench::CounterTarget::Cpu(0), {.pinned = true},
                                            pmubench::ReadPermissions("/"));
  if (!group || !group->Enable() || !group->Read()) {
    std::fprintf(stderr, "hold_counters: cannot hold %s counters\n", argv[1]);
    return 1;
  }
  std::fprintf(stderr, "hold_counters: holding %s counters\n", argv[1]);
  sleep(argv[3]);
  return 0;
}
