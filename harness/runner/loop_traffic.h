// Bytes to and from memory while a benchmark's loop runs, as events beside those of the core. They
// are the whole machine's: memory controllers know no processes.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bandwidth/attainable.h"
#include "bandwidth/meter.h"
#include "bandwidth/sources.h"
#include "catalogue/catalogue.h"
#include "catalogue/evaluate.h"

namespace pmubench {

/// Names of the events: bytes, and nanoseconds of the interval they were counted in. The idle ones
/// are what the machine moved before the suite began, a second, times the interval; the attainable
/// ones what it could have moved, by the peak that `pmubench bandwidth check` kept.
inline constexpr const char* kMemoryRead = "MEMORY_READ_BYTES";
inline constexpr const char* kMemoryWrite = "MEMORY_WRITE_BYTES";
inline constexpr const char* kMemoryTotal = "MEMORY_BYTES";
inline constexpr const char* kMemoryIdle = "MEMORY_IDLE_BYTES";
inline constexpr const char* kMemoryAttainable = "MEMORY_ATTAINABLE_BYTES";
inline constexpr const char* kMemoryInterval = "MEMORY_INTERVAL_NS";

/// Bytes an iteration and bandwidth, of what the source can tell, with the idle floor and the peak
/// beside. `checked`: when the peak was measured; may be empty.
[[nodiscard]] std::vector<CatalogueMetric> MemoryMetrics(const SourceInfo& source,
                                                         const std::string& checked = "");

/// The share of the peak, in percent; above 100 where the peak was measured too low.
inline constexpr const char* kBandwidthPercentage = "bandwidth_percentage";

/// Why there is no peak to hold a source's bytes against, and what makes one; "" where there is.
[[nodiscard]] std::string WhyNoPeak(const SourceInfo& source, const Attainable& attainable);

/// What an interval is as events. Nothing where a counter was not counted: the interval was too
/// short for the source, or the counter is gone. Pure.
[[nodiscard]] std::map<std::string, EventCount> MemoryEvents(const MeterInterval& interval,
                                                             const Rates& idle,
                                                             const Attainable& attainable);

/// Thread-safe.
class LoopTraffic {
 public:
  /// `source`: "auto" (the best there is that is no estimate) or a name. A null pointer where
  /// "auto" finds none; errors where a source that was asked for cannot be used. Measures `idle_ms`
  /// of the machine as it is.
  static Result<std::unique_ptr<LoopTraffic>> Open(const std::string& source, int idle_ms);

  /// Just before the loop; of several threads the last call counts.
  void Begin();
  /// Just after the loop.
  [[nodiscard]] std::map<std::string, EventCount> End();

  [[nodiscard]] const SourceInfo& info() const { return info_; }
  [[nodiscard]] const Rates& idle() const { return idle_; }
  /// What is kept of this machine and source; empty where nothing is.
  [[nodiscard]] const Attainable& attainable() const { return attainable_; }
  /// Intervals that gave no bytes, and those that did.
  [[nodiscard]] std::size_t too_short() const { return too_short_; }
  [[nodiscard]] std::size_t counted() const { return counted_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  LoopTraffic(SourceInfo info, BandwidthMeter meter);

  const SourceInfo info_;
  const BandwidthMeter meter_;
  Rates idle_;
  Attainable attainable_;
  std::vector<std::string> warnings_;
  std::mutex mutex_;
  std::optional<MeterReading> begin_;
  std::size_t too_short_ = 0;
  std::size_t counted_ = 0;
};

}  // namespace pmubench
