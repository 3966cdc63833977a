#include "branches/ring_buffer.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace pmubench {

DrainResult DrainRing(std::span<const std::uint8_t> data, std::uint64_t head, std::uint64_t tail,
                      std::vector<std::uint8_t>& scratch,
                      const std::function<void(std::span<const std::uint8_t>)>& visit) {
  const std::uint64_t size = data.size();
  assert(size != 0 && (size & (size - 1)) == 0);
  DrainResult result{tail, 0, false};
  // More than the buffer holds between the two: the reader was overtaken.
  if (head - tail > size) return {head, 0, head != tail};
  const auto copy = [&](std::uint64_t at, std::uint8_t* out, std::uint64_t count) {
    const std::uint64_t start = at & (size - 1);
    const std::uint64_t first = std::min(count, size - start);
    std::memcpy(out, data.data() + start, first);
    std::memcpy(out + first, data.data(), count - first);
  };
  while (result.tail != head) {
    const std::uint64_t left = head - result.tail;
    perf_event_header header{};
    if (left >= sizeof header) {
      copy(result.tail, reinterpret_cast<std::uint8_t*>(&header), sizeof header);
    }
    if (header.size < sizeof header || header.size > left) {
      result.tail = head;
      result.broken = true;
      break;
    }
    const std::uint64_t start = result.tail & (size - 1);
    if (start + header.size <= size) {
      visit(data.subspan(start, header.size));
    } else {
      scratch.resize(header.size);
      copy(result.tail, scratch.data(), header.size);
      visit(scratch);
    }
    result.tail += header.size;
    ++result.records;
  }
  return result;
}

void RecordOrder::Add(PerfRecord record) {
  if (record.time_ns == 0) {  // no time: cannot be ordered, and nothing depends on it
    Deliver(record, sink_);
    return;
  }
  newest_ = std::max(newest_, record.time_ns);
  const std::uint64_t time = record.time_ns;
  waiting_.emplace(time, std::move(record));
}

void RecordOrder::DeliverUpTo(std::uint64_t time) {
  const auto end = waiting_.upper_bound(time);
  for (auto it = waiting_.begin(); it != end; ++it) Deliver(it->second, sink_);
  waiting_.erase(waiting_.begin(), end);
}

void RecordOrder::EndRound() {
  DeliverUpTo(newest_of_last_round_);
  newest_of_last_round_ = newest_;
}

void RecordOrder::Flush() { DeliverUpTo(~std::uint64_t{0}); }

}  // namespace pmubench
