#include "branches/perf_records.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace pmubench {
namespace {

// Of Linux 6.8, newer than Debian 12's header.
constexpr std::uint64_t kBranchCounters = std::uint64_t{1} << 19;
constexpr std::uint16_t kMmapHasBuildId = 1 << 14;
constexpr std::uint16_t kCommIsExec = 1 << 13;

// Fields of a record from the front; fails for good once a field does not fit.
class Fields {
 public:
  explicit Fields(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  template <typename T>
  T Get() {
    T value{};
    if (rest_.size() < sizeof(T)) {
      good_ = false;
      return value;
    }
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
    return value;
  }
  void Skip(std::uint64_t bytes) {
    if (bytes > rest_.size()) {
      good_ = false;
      return;
    }
    rest_ = rest_.subspan(bytes);
  }
  std::string Text() {
    const auto end = std::find(rest_.begin(), rest_.end(), 0);
    if (end == rest_.end()) good_ = false;
    return {rest_.begin(), end};
  }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::span<const std::uint8_t> rest_;
  bool good_ = true;
};

Branch FromEntry(const perf_branch_entry& entry) {
  Branch branch{entry.from, entry.to, Prediction::kUnknown,
                static_cast<std::uint16_t>(entry.cycles)};
  if (entry.mispred != 0) {
    branch.prediction = Prediction::kWrong;
  } else if (entry.predicted != 0) {
    branch.prediction = Prediction::kRight;
  }
  return branch;
}

PerfRecord DecodeSample(Fields fields, const RecordLayout& layout) {
  const std::uint64_t type = layout.sample_type;
  const auto has = [&](std::uint64_t bit) { return (type & bit) != 0; };
  const PerfRecord malformed{0, MalformedRecord{PERF_RECORD_SAMPLE}};
  BranchSample sample;
  if (has(PERF_SAMPLE_IDENTIFIER)) fields.Skip(8);
  if (has(PERF_SAMPLE_IP)) sample.ip = fields.Get<std::uint64_t>();
  if (has(PERF_SAMPLE_TID)) {
    sample.pid = fields.Get<std::uint32_t>();
    sample.tid = fields.Get<std::uint32_t>();
  }
  if (has(PERF_SAMPLE_TIME)) sample.time_ns = fields.Get<std::uint64_t>();
  for (const std::uint64_t bit : {PERF_SAMPLE_ADDR, PERF_SAMPLE_ID, PERF_SAMPLE_STREAM_ID,
                                  PERF_SAMPLE_CPU, PERF_SAMPLE_PERIOD}) {
    if (has(bit)) fields.Skip(8);
  }
  if (has(PERF_SAMPLE_READ)) return malformed;
  if (has(PERF_SAMPLE_CALLCHAIN)) {
    const auto frames = fields.Get<std::uint64_t>();
    if (frames > fields.rest().size() / 8) return malformed;
    fields.Skip(frames * 8);
  }
  if (has(PERF_SAMPLE_RAW)) fields.Skip(fields.Get<std::uint32_t>());
  if (has(PERF_SAMPLE_BRANCH_STACK)) {
    const auto count = fields.Get<std::uint64_t>();
    if ((layout.branch_sample_type & PERF_SAMPLE_BRANCH_HW_INDEX) != 0) fields.Skip(8);
    const std::uint64_t size =
        sizeof(perf_branch_entry) + ((layout.branch_sample_type & kBranchCounters) != 0 ? 8 : 0);
    if (!fields.good() || count > fields.rest().size() / size) return malformed;
    sample.branches.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      sample.branches.push_back(FromEntry(fields.Get<perf_branch_entry>()));
    }
    sample.complete = (layout.branch_sample_type & PERF_SAMPLE_BRANCH_ANY) != 0;
  }
  if (!fields.good()) return malformed;
  const std::uint64_t time = sample.time_ns;
  return {time, std::move(sample)};
}

// With sample_id_all, other records end in TID, TIME, ID, STREAM_ID, CPU, IDENTIFIER.
std::uint64_t TrailingTime(std::span<const std::uint8_t> record, const RecordLayout& layout) {
  if (!layout.sample_id_all || (layout.sample_type & PERF_SAMPLE_TIME) == 0) return 0;
  std::size_t after = 8;
  for (const std::uint64_t bit :
       {PERF_SAMPLE_ID, PERF_SAMPLE_STREAM_ID, PERF_SAMPLE_CPU, PERF_SAMPLE_IDENTIFIER}) {
    if ((layout.sample_type & bit) != 0) after += 8;
  }
  if (record.size() < sizeof(perf_event_header) + after) return 0;
  std::uint64_t time = 0;
  std::memcpy(&time, record.data() + record.size() - after, sizeof time);
  return time;
}

RecordBody DecodeMapping(Fields fields, const perf_event_header& header) {
  CodeMapping mapping;
  mapping.pid = fields.Get<std::uint32_t>();
  fields.Skip(4);
  mapping.start = fields.Get<std::uint64_t>();
  mapping.length = fields.Get<std::uint64_t>();
  mapping.file_offset = fields.Get<std::uint64_t>();
  bool executable = (header.misc & PERF_RECORD_MISC_MMAP_DATA) == 0;
  if (header.type == PERF_RECORD_MMAP2) {
    if ((header.misc & kMmapHasBuildId) != 0) {
      const auto size = fields.Get<std::uint8_t>();
      fields.Skip(3);
      const auto id = fields.Get<std::array<std::uint8_t, 20>>();
      static constexpr char kDigits[] = "0123456789abcdef";
      for (std::size_t i = 0; i < std::min<std::size_t>(size, id.size()); ++i) {
        mapping.build_id += kDigits[id[i] >> 4];
        mapping.build_id += kDigits[id[i] & 15];
      }
    } else {
      fields.Skip(24);
    }
    constexpr std::uint32_t kExecutable = 4;  // PROT_EXEC
    executable = (fields.Get<std::uint32_t>() & kExecutable) != 0;
    fields.Skip(4);
  }
  mapping.path = fields.Text();
  if (!fields.good()) return MalformedRecord{header.type};
  if (!executable) return OtherRecord{header.type};
  return mapping;
}

template <typename T>
void Put(std::vector<std::uint8_t>& bytes, const T& value) {
  const auto* start = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), start, start + sizeof(T));
}

std::vector<std::uint8_t> Begin(std::uint32_t type, std::uint16_t misc) {
  std::vector<std::uint8_t> bytes;
  perf_event_header header{};
  header.type = type;
  header.misc = misc;
  Put(bytes, header);
  return bytes;
}

std::vector<std::uint8_t> Finish(std::vector<std::uint8_t> bytes) {
  bytes.resize((bytes.size() + 7) & ~std::size_t{7});
  const auto size = static_cast<std::uint16_t>(bytes.size());
  std::memcpy(bytes.data() + offsetof(perf_event_header, size), &size, sizeof size);
  return bytes;
}

}  // namespace

PerfRecord DecodeRecord(std::span<const std::uint8_t> record, const RecordLayout& layout) {
  Fields fields(record);
  const auto header = fields.Get<perf_event_header>();
  if (!fields.good() || header.size != record.size()) return {0, MalformedRecord{header.type}};
  if (header.type == PERF_RECORD_SAMPLE) return DecodeSample(fields, layout);

  PerfRecord result{TrailingTime(record, layout), OtherRecord{header.type}};
  switch (header.type) {
    case PERF_RECORD_MMAP:
    case PERF_RECORD_MMAP2:
      result.body = DecodeMapping(fields, header);
      if (auto* mapping = std::get_if<CodeMapping>(&result.body)) {
        mapping->time_ns = result.time_ns;
      }
      break;
    case PERF_RECORD_COMM:
      if ((header.misc & kCommIsExec) != 0) result.body = ExecRecord{fields.Get<std::uint32_t>()};
      break;
    case PERF_RECORD_FORK: {
      ForkRecord fork;
      fork.child = fields.Get<std::uint32_t>();
      fork.parent = fields.Get<std::uint32_t>();
      result.body = fork;
      break;
    }
    case PERF_RECORD_LOST:
      fields.Skip(8);
      result.body = LostRecord{fields.Get<std::uint64_t>()};
      break;
    case PERF_RECORD_LOST_SAMPLES:
      result.body = LostRecord{fields.Get<std::uint64_t>()};
      break;
    case PERF_RECORD_THROTTLE:
      result.body = ThrottleRecord{};
      break;
    default:
      break;
  }
  if (!fields.good()) result.body = MalformedRecord{header.type};
  return result;
}

void Deliver(const PerfRecord& record, BranchSink& sink) {
  if (const auto* sample = std::get_if<BranchSample>(&record.body)) {
    sink.OnSample(*sample);
  } else if (const auto* mapping = std::get_if<CodeMapping>(&record.body)) {
    sink.OnMapping(*mapping);
  } else if (const auto* fork = std::get_if<ForkRecord>(&record.body)) {
    sink.OnFork(fork->child, fork->parent);
  } else if (const auto* exec = std::get_if<ExecRecord>(&record.body)) {
    sink.OnExec(exec->pid);
  } else if (const auto* lost = std::get_if<LostRecord>(&record.body)) {
    sink.OnLost(lost->records);
  } else if (std::holds_alternative<ThrottleRecord>(record.body)) {
    sink.OnThrottle();
  } else if (std::holds_alternative<MalformedRecord>(record.body)) {
    sink.OnLost(1);
  }
}

RecordLayout EncodedLayout() {
  return {PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD |
              PERF_SAMPLE_BRANCH_STACK,
          PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_ANY, false};
}

std::vector<std::uint8_t> EncodeSample(const BranchSample& sample) {
  auto bytes = Begin(PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
  Put(bytes, sample.ip);
  Put(bytes, sample.pid);
  Put(bytes, sample.tid);
  Put(bytes, sample.time_ns);
  Put(bytes, std::uint64_t{1});  // period
  Put(bytes, static_cast<std::uint64_t>(sample.branches.size()));
  for (const Branch& branch : sample.branches) {
    perf_branch_entry entry{};
    entry.from = branch.from;
    entry.to = branch.to;
    entry.mispred = branch.prediction == Prediction::kWrong ? 1 : 0;
    entry.predicted = branch.prediction == Prediction::kRight ? 1 : 0;
    entry.cycles = branch.cycles;
    Put(bytes, entry);
  }
  return Finish(std::move(bytes));
}

std::vector<std::uint8_t> EncodeMapping(const CodeMapping& mapping) {
  const bool has_id = !mapping.build_id.empty() && mapping.build_id.size() <= 40;
  auto bytes = Begin(PERF_RECORD_MMAP2, static_cast<std::uint16_t>(PERF_RECORD_MISC_USER |
                                                                   (has_id ? kMmapHasBuildId : 0)));
  Put(bytes, mapping.pid);
  Put(bytes, mapping.pid);
  Put(bytes, mapping.start);
  Put(bytes, mapping.length);
  Put(bytes, mapping.file_offset);
  std::array<std::uint8_t, 24> identity{};
  if (has_id) {
    identity[0] = static_cast<std::uint8_t>(mapping.build_id.size() / 2);
    for (std::size_t i = 0; i < mapping.build_id.size() / 2; ++i) {
      const char* digits = mapping.build_id.data() + 2 * i;
      std::from_chars(digits, digits + 2, identity[4 + i], 16);
    }
  }
  Put(bytes, identity);
  Put(bytes, std::uint32_t{5});  // PROT_READ | PROT_EXEC
  Put(bytes, std::uint32_t{2});  // MAP_PRIVATE
  bytes.insert(bytes.end(), mapping.path.begin(), mapping.path.end());
  bytes.push_back(0);
  return Finish(std::move(bytes));
}

std::vector<std::uint8_t> EncodeName(std::uint32_t pid, const std::string& name, bool exec) {
  auto bytes = Begin(PERF_RECORD_COMM, exec ? kCommIsExec : std::uint16_t{0});
  Put(bytes, pid);
  Put(bytes, pid);
  const std::string cut = name.substr(0, 15);
  bytes.insert(bytes.end(), cut.begin(), cut.end());
  bytes.push_back(0);
  return Finish(std::move(bytes));
}

std::vector<std::uint8_t> EncodeLost(std::uint64_t records) {
  auto bytes = Begin(PERF_RECORD_LOST, 0);
  Put(bytes, std::uint64_t{0});
  Put(bytes, records);
  return Finish(std::move(bytes));
}

}  // namespace pmubench
