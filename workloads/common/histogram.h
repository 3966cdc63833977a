// Times in buckets of equal relative width, from nanoseconds to centuries.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pmubench {

/// HDR-style: 64 buckets for each power of two, so a quantile is exact within 1.6 %; the largest
/// value is kept exactly. Adding takes a few instructions and allocates nothing. Not thread-safe.
class Histogram {
 public:
  void Add(std::uint64_t nanoseconds) {
    ++counts_[IndexOf(nanoseconds)];
    ++total_;
    sum_ += static_cast<double>(nanoseconds);
    largest_ = std::max(largest_, nanoseconds);
  }

  void Merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
    sum_ += other.sum_;
    largest_ = std::max(largest_, other.largest_);
  }

  /// The smallest bucket's upper edge that holds at least the share `quantile` (0 to 1) of the
  /// values: never below the true quantile. 0 where there are none.
  [[nodiscard]] std::uint64_t Quantile(double quantile) const {
    if (total_ == 0) return 0;
    const double exact = quantile * static_cast<double>(total_);
    auto rank = static_cast<std::uint64_t>(exact);
    if (static_cast<double>(rank) < exact) ++rank;
    rank = std::clamp<std::uint64_t>(rank, 1, total_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= rank) return std::min(UpperEdge(i), largest_);
    }
    return largest_;
  }

  [[nodiscard]] std::uint64_t count() const { return total_; }
  [[nodiscard]] std::uint64_t largest() const { return largest_; }
  [[nodiscard]] double mean() const { return total_ == 0 ? 0 : sum_ / static_cast<double>(total_); }

 private:
  static constexpr int kBits = 6;
  static constexpr std::uint64_t kBuckets = 1U << kBits;

  static std::size_t IndexOf(std::uint64_t value) {
    if (value < kBuckets) return value;
    const int shift = static_cast<int>(std::bit_width(value)) - 1 - kBits;
    return (static_cast<std::size_t>(shift) + 1) * kBuckets + ((value >> shift) & (kBuckets - 1));
  }

  static std::uint64_t UpperEdge(std::size_t index) {
    if (index < kBuckets) return index;
    const std::size_t shift = index / kBuckets - 1;
    return ((kBuckets + index % kBuckets + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - kBits + 1) * kBuckets);
  std::uint64_t total_ = 0;
  std::uint64_t largest_ = 0;
  double sum_ = 0;
};

}  // namespace pmubench
