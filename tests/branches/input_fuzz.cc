// Everything of the part `branches` that reads bytes it did not write, for a fuzzer: the first byte
// chooses the reader, the rest is its input. ci/bench/branch-fuzz builds it with libFuzzer.
#include "branches/input_fuzz.h"

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "branches/address_space.h"
#include "branches/elf_image.h"
#include "branches/perf_records.h"
#include "branches/perf_script.h"
#include "branches/profile.h"
#include "branches/ring_buffer.h"

namespace pmubench {
namespace {

// A fuzzer stops at a trap, in every build type; an assert is gone in a release build.
void Require(bool holds) {
  if (!holds) std::abort();
}

class Mappings : public BranchSink {
 public:
  void OnMapping(const CodeMapping& mapping) override { spaces_.Map(mapping); }
  void OnFork(std::uint32_t child, std::uint32_t parent) override { spaces_.Fork(child, parent); }
  void OnExec(std::uint32_t pid) override { spaces_.Exec(pid); }
  void OnSample(const BranchSample& sample) override {
    const CodeMapping* mapping = spaces_.Find(sample.pid, sample.ip);
    Require(mapping == nullptr || sample.ip - mapping->start < mapping->length);
  }
  void OnLost(std::uint64_t) override {}

 private:
  AddressSpaces spaces_;
};

// Two bytes: where the reader stands. One: the layout. The rest lies in the ring from there on.
void FuzzRing(std::span<const std::uint8_t> input) {
  if (input.size() < 3) return;
  const std::uint64_t start = static_cast<std::uint64_t>(input[0]) << 8 | input[1];
  RecordLayout layout = EncodedLayout();
  if ((input[2] & 1) != 0) layout.branch_sample_type |= std::uint64_t{1} << 17;  // hardware index
  if ((input[2] & 2) != 0) layout.branch_sample_type |= std::uint64_t{1} << 19;  // counters
  if ((input[2] & 4) != 0) layout.sample_id_all = true;
  if ((input[2] & 8) != 0) layout.sample_type |= std::uint64_t{1} << 5;    // call chain
  if ((input[2] & 16) != 0) layout.sample_type |= std::uint64_t{1} << 10;  // raw bytes
  const auto bytes = input.subspan(3);
  std::size_t size = 64;
  while (size < bytes.size()) size *= 2;
  std::vector<std::uint8_t> ring(size);
  for (std::size_t i = 0; i < bytes.size(); ++i) ring[(start + i) & (size - 1)] = bytes[i];
  Mappings sink;
  RecordOrder order(sink);
  std::vector<std::uint8_t> scratch;
  std::uint64_t visited = 0;
  const DrainResult drained = DrainRing(ring, start + bytes.size(), start, scratch,
                                        [&](std::span<const std::uint8_t> record) {
                                          visited += record.size();
                                          order.Add(DecodeRecord(record, layout));
                                        });
  order.Flush();
  Require(drained.tail == start + bytes.size());
  Require(drained.broken ? visited < bytes.size() : visited == bytes.size());
}

void FuzzElf(std::span<const std::uint8_t> input) {
  const auto image = ElfImage::Parse({input.begin(), input.end()}, "fuzzed");
  if (!image) return;
  Require(!image->build_id().empty());
  for (const ElfSegment& segment : image->segments()) {
    (void)Decode(image->machine(), image->BytesAt(segment.address, 16));
    (void)image->FunctionAt(segment.address);
    (void)image->AddressOfOffset(segment.offset);
  }
}

void FuzzScript(const std::string& text) {
  std::istringstream lines(text);
  Mappings sink;
  (void)ImportPerfScript(lines, "fuzzed", sink);
}

// What is read is written again, and reads as the same.
void FuzzProfile(const std::string& text) {
  const auto profile = ReadProfile(text, "fuzzed");
  if (!profile) return;
  const std::string written = WriteProfile(*profile);
  const auto again = ReadProfile(written, "written");
  Require(again.ok() && WriteProfile(*again) == written);
}

}  // namespace

void FuzzBranchInput(std::span<const std::uint8_t> input) {
  if (input.empty()) return;
  const auto rest = input.subspan(1);
  switch (input[0] % 4) {
    case 0:
      FuzzRing(rest);
      break;
    case 1:
      FuzzElf(rest);
      break;
    case 2:
      FuzzScript({rest.begin(), rest.end()});
      break;
    default:
      FuzzProfile({rest.begin(), rest.end()});
      break;
  }
}

}  // namespace pmubench

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pmubench::FuzzBranchInput({data, size});
  return 0;
}
