// What the kernel has to be told to count one event on this machine.
#pragma once

#include <cstdint>
#include <string>

namespace pmubench {

/// The fields of perf_event_attr that select an event (linux/perf_event.h).
struct EventEncoding {
  std::string name;        ///< as in the catalogue, for messages and results
  std::string pmu;         ///< name in /sys/bus/event_source/devices, e.g. "armv8_pmuv3_0"
  std::uint32_t type = 0;  ///< perf_event_attr.type: the PMU's number
  std::uint64_t config = 0;
  std::uint64_t config1 = 0;
  std::uint64_t config2 = 0;
  bool leads = false;  ///< must be the first event of its group

  friend bool operator==(const EventEncoding&, const EventEncoding&) = default;
};

}  // namespace pmubench
