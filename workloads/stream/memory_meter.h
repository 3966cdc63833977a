// What the memory really moved during a measurement, where this machine can count it.
#pragma once

#include <optional>
#include <string>

#include "bandwidth/meter.h"
#include "bandwidth/moved.h"
#include "stream/traffic.h"

namespace pmubench::stream {

/// Bytes a kernel moved at the memory, for each element of its arrays.
struct MemoryTraffic {
  std::optional<double> read, written;  ///< bytes an element; nullopt where the source cannot tell
  std::optional<double> total;          ///< bytes an element
  double sampling_ratio = 1;            ///< of the counter that ran the least
  std::size_t missing = 0;              ///< counters without a count: the bytes are too few
  /// Which share of the stored lines was read before it was written; from the reads alone, of a
  /// kernel that stores.
  std::optional<double> write_allocate;
};

/// Pure.
[[nodiscard]] MemoryTraffic TrafficOf(Op op, const MeterInterval& interval, double elements);

/// Counts the whole machine: other programs' traffic is in it.
class MemoryMeter {
 public:
  MemoryMeter(BandwidthMeter meter, std::string source)
      : meter_(std::move(meter)), source_(std::move(source)) {}
  /// The source that `pmubench bandwidth` would choose; kNoPmu or kNotPermitted where there is
  /// none to be used.
  static Result<MemoryMeter> OnThisMachine();

  void Begin() { begin_ = meter_.Read(); }
  [[nodiscard]] MeterInterval End() const {
    return Between(begin_, meter_.Read(), meter_.traffic());
  }
  [[nodiscard]] const std::string& source() const { return source_; }

 private:
  BandwidthMeter meter_;
  std::string source_;
  MeterReading begin_;
};

}  // namespace pmubench::stream
