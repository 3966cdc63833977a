// Records out of a perf_event ring buffer's data area. Pure: works on any bytes and any positions.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "branches/perf_records.h"

namespace pmubench {

/// What one drain gave.
struct DrainResult {
  std::uint64_t tail = 0;  ///< to be stored as data_tail
  std::uint64_t records = 0;
  /// The bytes at the tail were no record (a size below the header's or beyond the head): all up to
  /// the head was given up, since record borders are known from sizes only.
  bool broken = false;
};

/// Calls `visit` with each whole record between `tail` and `head`, in order. `data` is the data
/// area; its size is a power of two. A record that wraps is put together in `scratch`; the span is
/// valid during the call only. `head` and `tail` are the kernel's running positions.
DrainResult DrainRing(std::span<const std::uint8_t> data, std::uint64_t head, std::uint64_t tail,
                      std::vector<std::uint8_t>& scratch,
                      const std::function<void(std::span<const std::uint8_t>)>& visit);

/// Records of several CPUs' buffers in the order of time. Each buffer is in order by itself; after
/// a round over all of them, everything up to the last round's newest time can no longer be
/// overtaken and is handed on.
class RecordOrder {
 public:
  explicit RecordOrder(BranchSink& sink) : sink_(sink) {}

  void Add(PerfRecord record);
  void EndRound();
  void Flush();

 private:
  void DeliverUpTo(std::uint64_t time);

  BranchSink& sink_;
  std::multimap<std::uint64_t, PerfRecord> waiting_;
  std::uint64_t newest_ = 0;
  std::uint64_t newest_of_last_round_ = 0;
};

}  // namespace pmubench
