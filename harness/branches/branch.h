// What a branch recorder hands on: taken branches, code mappings, and the order they came in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pmubench {

/// AMD BRS and stepping know nothing of prediction: unknown is not the same as right.
enum class Prediction : std::uint8_t { kUnknown, kRight, kWrong };

/// One taken branch. An address of 0 is a side the recorder could not see (BRBE's half records).
struct Branch {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  Prediction prediction = Prediction::kUnknown;
  std::uint16_t cycles = 0;  ///< since the branch before; 0 unknown

  friend bool operator==(const Branch&, const Branch&) = default;
};

/// One look at a running thread.
struct BranchSample {
  std::uint32_t pid = 0;
  std::uint32_t tid = 0;
  std::uint64_t time_ns = 0;
  std::uint64_t ip = 0;
  std::vector<Branch> branches;  ///< newest first; empty for a plain IP sample
  /// Whether no taken branch between two entries was left out, so that the code ran straight from
  /// one entry's target to the next entry's source. False where a filter was on.
  bool complete = true;
  std::uint64_t repeats = 1;

  friend bool operator==(const BranchSample&, const BranchSample&) = default;
};

/// Executable bytes of a file (or of nothing: JIT code) mapped into a process.
struct CodeMapping {
  std::uint32_t pid = 0;
  std::uint64_t time_ns = 0;
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  std::uint64_t file_offset = 0;
  std::string path;      ///< "" or "//anon", "[vdso]" and the like where no file is behind it
  std::string build_id;  ///< hexadecimal where the kernel told it, else ""

  friend bool operator==(const CodeMapping&, const CodeMapping&) = default;
};

/// Where a recorder puts what it sees, in the order of time.
class BranchSink {
 public:
  virtual ~BranchSink() = default;
  virtual void OnMapping(const CodeMapping& mapping) = 0;
  virtual void OnFork(std::uint32_t child, std::uint32_t parent) = 0;
  virtual void OnExec(std::uint32_t pid) = 0;  ///< all mappings of `pid` are gone
  virtual void OnSample(const BranchSample& sample) = 0;
  virtual void OnLost(std::uint64_t records) = 0;
  virtual void OnThrottle() {}
};

}  // namespace pmubench
