// Reads a source's counters while they run.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bandwidth/moved.h"
#include "counters/counter_group.h"

namespace pmubench {

/// One counter as it was read.
struct RawCount {
  std::uint64_t value = 0;
  std::uint64_t enabled = 0;  ///< nanoseconds
  std::uint64_t running = 0;  ///< nanoseconds
  bool good = false;          ///< false: the read failed
};

struct MeterReading {
  std::chrono::steady_clock::time_point time;
  std::vector<RawCount> counts;  ///< in the order of the meter's traffic()
};

/// What moved between two readings.
struct MeterInterval {
  double seconds = 0;
  MovedBySocket moved;
  double lowest_ratio = 1;    ///< sampling ratio of the event that ran the least
  std::size_t missing = 0;    ///< counters without a count; their bytes are not in the sums
  std::vector<double> bytes;  ///< of each counter by itself, 0 where it is missing

  void Add(const MeterInterval& next);
};

/// Pure. Counts are scaled by enabled over running time. A counter that went backwards, never ran
/// or could not be read is missing.
[[nodiscard]] MeterInterval Between(const MeterReading& begin, const MeterReading& end,
                                    const std::vector<Traffic>& traffic);

/// Adds up readings of one run. Counts are scaled step by step, since traffic changes; a step in
/// which a group had no turn is joined with the next, and the last with the one before it. Counters
/// that stand still for longer, as those of a CPU that was taken offline do, are missing.
class RunTotal {
 public:
  RunTotal(MeterReading first, std::vector<Traffic> traffic);

  void Add(const MeterReading& now);
  /// From the first reading to the last.
  [[nodiscard]] MeterInterval Total() const;

 private:
  std::vector<Traffic> traffic_;
  MeterReading last_;
  MeterReading complete_;  ///< `total_` is up to here
  MeterReading previous_;  ///< and `before_` up to here
  MeterInterval total_, before_;
};

/// Of the counters of one socket and direction, which interleaved channels load alike: the largest
/// (most - least) / mean. 0 where each stands alone.
[[nodiscard]] double ChannelUnevenness(const MeterInterval& interval,
                                       const std::vector<Traffic>& traffic);

/// The counters of a source, opened and running. Not thread-safe.
class BandwidthMeter {
 public:
  /// Groups what the PMU can count together, so that it is read at once (single reads of a mesh's
  /// counters can lose a carry of 65536). Counters that cannot be opened are left out with a
  /// warning; where none can, the first one's error.
  static Result<BandwidthMeter> Open(Kernel& kernel, const SourceFinding& finding,
                                     const Permissions& permissions);

  [[nodiscard]] MeterReading Read() const;

  [[nodiscard]] const std::vector<Traffic>& traffic() const { return traffic_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  /// Counters that were asked for and could not be opened.
  [[nodiscard]] std::size_t left_out() const { return left_out_; }
  /// PMUs whose counters do not all fit at once: their groups take turns.
  [[nodiscard]] std::vector<std::string> rotating_pmus() const;
  /// Read at least so often: the drivers of 32-bit counters see a wrap only when they are read,
  /// and 2^32 lines of one DDR4 channel take more than 10 s.
  [[nodiscard]] std::chrono::milliseconds longest_wait() const { return longest_wait_; }

 private:
  Result<void> OpenGroups(Kernel& kernel, const std::vector<MemoryCounter>& counters,
                          const Permissions& permissions);

  std::vector<CounterGroup> groups_;
  std::vector<MemoryFile> files_;
  std::vector<Traffic> traffic_;  ///< of the groups' events, then of the files
  std::vector<std::string> warnings_;
  std::size_t left_out_ = 0;
  std::chrono::milliseconds longest_wait_{60'000};
};

}  // namespace pmubench
