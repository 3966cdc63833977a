#include "branches/perf_data.h"

#include <linux/perf_event.h>

#include <cstring>

#include "branches/perf_records.h"

namespace pmubench {
namespace {

constexpr std::size_t kMostBranches = 2700;  // 24 bytes each, 64 KiB a record

struct FileSection {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// struct perf_file_header of tools/perf/Documentation/perf.data-file-format.txt.
struct FileHeader {
  char magic[8] = {'P', 'E', 'R', 'F', 'I', 'L', 'E', '2'};
  std::uint64_t size = 104;
  std::uint64_t attr_size = 0;
  FileSection attrs;
  FileSection data;
  FileSection event_types;
  std::uint64_t features[4] = {0, 0, 0, 0};
};
static_assert(sizeof(FileHeader) == 104);

}  // namespace

void PerfDataWriter::Append(const std::vector<std::uint8_t>& record) {
  records_.insert(records_.end(), record.begin(), record.end());
}

void PerfDataWriter::OnMapping(const CodeMapping& mapping) {
  if (named_.insert(mapping.pid).second) {
    Append(EncodeName(mapping.pid, mapping.path.substr(mapping.path.rfind('/') + 1), false));
  }
  Append(EncodeMapping(mapping));
  if (next_ != nullptr) next_->OnMapping(mapping);
}

void PerfDataWriter::OnFork(std::uint32_t child, std::uint32_t parent) {
  if (next_ != nullptr) next_->OnFork(child, parent);
}

void PerfDataWriter::OnExec(std::uint32_t pid) {
  Append(EncodeName(pid, "exec", true));
  named_.erase(pid);
  if (next_ != nullptr) next_->OnExec(pid);
}

void PerfDataWriter::OnSample(const BranchSample& sample) {
  BranchSample kept = sample;
  if (kept.branches.size() > kMostBranches) kept.branches.resize(kMostBranches);
  Append(EncodeSample(kept));
  if (next_ != nullptr) next_->OnSample(sample);
}

void PerfDataWriter::OnLost(std::uint64_t records) {
  Append(EncodeLost(records));
  if (next_ != nullptr) next_->OnLost(records);
}

void PerfDataWriter::OnThrottle() {
  if (next_ != nullptr) next_->OnThrottle();
}

std::vector<std::uint8_t> PerfDataWriter::File() const {
  const RecordLayout layout = EncodedLayout();
  perf_event_attr attr{};
  attr.type = PERF_TYPE_HARDWARE;
  attr.size = sizeof attr;
  attr.config = PERF_COUNT_HW_CPU_CYCLES;
  attr.sample_period = 1;
  attr.sample_type = layout.sample_type;
  attr.branch_sample_type = layout.branch_sample_type;
  attr.exclude_kernel = 1;
  attr.mmap = attr.mmap2 = attr.comm = attr.comm_exec = attr.task = 1;
  FileHeader header;
  const FileSection no_ids;
  header.attr_size = sizeof attr + sizeof no_ids;
  header.attrs = {sizeof header, header.attr_size};
  header.data = {sizeof header + header.attr_size, records_.size()};
  std::vector<std::uint8_t> file(header.data.offset + records_.size());
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, &attr, sizeof attr);
  if (!records_.empty()) {
    std::memcpy(file.data() + header.data.offset, records_.data(), records_.size());
  }
  return file;
}

}  // namespace pmubench
