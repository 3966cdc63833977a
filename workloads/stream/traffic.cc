#include "stream/traffic.h"

#include <algorithm>
#include <limits>

namespace pmubench::stream {
namespace {

double Spread(const std::vector<Rate>& rates, double share) {
  double low = std::numeric_limits<double>::infinity();
  double high = 0;
  double sum = 0;
  for (const Rate& rate : rates) {
    const double bandwidth = rate.elements_per_second * MemoryBytes(rate.op, share);
    low = std::min(low, bandwidth);
    high = std::max(high, bandwidth);
    sum += bandwidth;
  }
  return (high - low) / (sum / static_cast<double>(rates.size()));
}

}  // namespace

Words WordsOf(Op op) {
  switch (op) {
    case Op::kRead:
      return {1, 0};
    case Op::kWrite:
      return {0, 1};
    case Op::kCopy:
    case Op::kScale:
      return {1, 1};
    case Op::kAdd:
    case Op::kTriad:
      return {2, 1};
  }
  return {};
}

double MemoryBytes(Op op, double write_allocate) {
  const Words words = WordsOf(op);
  return 8.0 * (words.total() + write_allocate * words.written);
}

std::optional<double> WriteAllocateFromReads(Op op, double bytes_read, double elements) {
  const Words words = WordsOf(op);
  if (words.written == 0 || elements <= 0) return std::nullopt;
  return (bytes_read / (8.0 * elements) - words.read) / words.written;
}

std::optional<WriteAllocateEstimate> EstimateWriteAllocate(const std::vector<Rate>& rates) {
  if (rates.size() < 2) return std::nullopt;
  WriteAllocateEstimate best{0, Spread(rates, 0), Spread(rates, 0)};
  for (int percent = 1; percent <= 100; ++percent) {
    const double spread = Spread(rates, percent / 100.0);
    if (spread < best.spread) {
      best.share = percent / 100.0;
      best.spread = spread;
    }
  }
  return best;
}

}  // namespace pmubench::stream
