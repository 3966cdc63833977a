// The records of a perf_event buffer, decoded from bytes and encoded to them. Pure: no descriptor,
// no system call; any bytes give an answer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "branches/branch.h"

namespace pmubench {

/// What an event was opened with and its records' layout follows from.
struct RecordLayout {
  std::uint64_t sample_type = 0;         ///< PERF_SAMPLE_*
  std::uint64_t branch_sample_type = 0;  ///< PERF_SAMPLE_BRANCH_*
  bool sample_id_all = false;            ///< trailing ids on records that are no samples
};

struct LostRecord {
  std::uint64_t records = 0;
  friend bool operator==(const LostRecord&, const LostRecord&) = default;
};
struct ThrottleRecord {
  friend bool operator==(const ThrottleRecord&, const ThrottleRecord&) = default;
};
struct ExecRecord {
  std::uint32_t pid = 0;
  friend bool operator==(const ExecRecord&, const ExecRecord&) = default;
};
struct ForkRecord {
  std::uint32_t child = 0;
  std::uint32_t parent = 0;
  friend bool operator==(const ForkRecord&, const ForkRecord&) = default;
};
/// A record of no use here (a name, an exit).
struct OtherRecord {
  std::uint32_t type = 0;
  friend bool operator==(const OtherRecord&, const OtherRecord&) = default;
};
/// A record whose fields do not fit into its size, or of a layout that is not supported.
struct MalformedRecord {
  std::uint32_t type = 0;
  friend bool operator==(const MalformedRecord&, const MalformedRecord&) = default;
};

using RecordBody = std::variant<BranchSample, CodeMapping, ForkRecord, ExecRecord, LostRecord,
                                ThrottleRecord, OtherRecord, MalformedRecord>;

struct PerfRecord {
  std::uint64_t time_ns = 0;  ///< 0 where the layout has no time
  RecordBody body;
};

/// Decodes one whole record, header included. Supported sample fields: IDENTIFIER, IP, TID, TIME,
/// ADDR, ID, STREAM_ID, CPU, PERIOD, CALLCHAIN, RAW, BRANCH_STACK; a sample that was opened with
/// READ, or cut off before the stack ends, is malformed.
[[nodiscard]] PerfRecord DecodeRecord(std::span<const std::uint8_t> record,
                                      const RecordLayout& layout);

/// Hands a record to a sink. Malformed ones count as lost.
void Deliver(const PerfRecord& record, BranchSink& sink);

/// The layout EncodeSample and EncodeMapping write: IP, TID, TIME, PERIOD, BRANCH_STACK.
[[nodiscard]] RecordLayout EncodedLayout();
[[nodiscard]] std::vector<std::uint8_t> EncodeSample(const BranchSample& sample);
/// A PERF_RECORD_MMAP2, with the build id where the mapping has one.
[[nodiscard]] std::vector<std::uint8_t> EncodeMapping(const CodeMapping& mapping);
/// A PERF_RECORD_COMM; `exec` marks the start of a new program.
[[nodiscard]] std::vector<std::uint8_t> EncodeName(std::uint32_t pid, const std::string& name,
                                                   bool exec);
[[nodiscard]] std::vector<std::uint8_t> EncodeLost(std::uint64_t records);

}  // namespace pmubench
