// A perf.data file of branch samples, for tools that read nothing else.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "branches/branch.h"

namespace pmubench {

/// A sink that keeps records as perf would have written them, and optionally passes them on.
/// A stack of more than 2,700 entries does not fit a record's 16-bit size and is cut to it.
class PerfDataWriter : public BranchSink {
 public:
  explicit PerfDataWriter(BranchSink* next = nullptr) : next_(next) {}

  void OnMapping(const CodeMapping& mapping) override;
  void OnFork(std::uint32_t child, std::uint32_t parent) override;
  void OnExec(std::uint32_t pid) override;
  void OnSample(const BranchSample& sample) override;
  void OnLost(std::uint64_t records) override;
  void OnThrottle() override;

  /// The whole file: header, one event's attributes, records. No feature sections: perf, perf2bolt
  /// (with --ignore-build-id) and llvm-profgen read it without.
  [[nodiscard]] std::vector<std::uint8_t> File() const;
  /// The records alone, as they would lie in a ring buffer.
  [[nodiscard]] const std::vector<std::uint8_t>& records() const { return records_; }

 private:
  void Append(const std::vector<std::uint8_t>& record);

  BranchSink* next_;
  std::vector<std::uint8_t> records_;
  std::set<std::uint32_t> named_;  // processes that have their name record
};

}  // namespace pmubench
