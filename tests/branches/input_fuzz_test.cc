// The fuzz target on valid input and on what becomes of it by a few thousand mutations, the same
// ones every time: a fuzzer without coverage, for every build.
#include "branches/input_fuzz.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "branches/perf_records.h"
#include "branches/profile.h"

namespace pmubench {
namespace {

using Bytes = std::vector<std::uint8_t>;

void Append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

Bytes RingSeed() {
  Bytes bytes = {0, 3, 248, 0};  // near the end of the ring, plain layout
  Append(bytes, EncodeName(7, "program", true));
  Append(bytes, EncodeMapping({7, 0, 0x400000, 0x5000, 0x1000, "/usr/bin/program", "0123456789"}));
  for (std::uint64_t i = 0; i < 6; ++i) {
    BranchSample sample;
    sample.pid = sample.tid = 7;
    sample.time_ns = 100 - i;
    sample.ip = 0x400000 + i;
    sample.branches.assign(i * 2, {0x400100, 0x400200, Prediction::kRight, 3});
    Append(bytes, EncodeSample(sample));
  }
  Append(bytes, EncodeLost(3));
  return bytes;
}

Bytes ElfSeed() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  Bytes bytes = {1};
  bytes.insert(bytes.end(), std::istreambuf_iterator<char>(file), {});
  return bytes;
}

Bytes TextSeed(char reader, const std::string& text) {
  const std::string all = reader + text;
  return {all.begin(), all.end()};
}

Bytes ScriptSeed() {
  return TextSeed(2,
                  "perf 42 1.5: PERF_RECORD_MMAP2 42/42: [0x400000(0x5000) @ 0x1000 fe:01 7 9]: "
                  "r-xp /usr/bin/program\n"
                  "  42  400104  0x400100/0x400200/P/-/-/3 0x400300/0x400104/M/-/-/0 \n"
                  "15\n 400104  0x400100/0x400200/PN/-/-/3/COND/-\n");
}

Bytes ProfileSeed() {
  BranchProfile profile;
  profile.source = "software";
  profile.stacks = 3;
  ImageProfile& image = profile.images["0123456789abcdef"];
  image.build_id = "0123456789abcdef";
  image.path = "/usr/bin/a program";
  image.machine = Machine::kX86_64;
  image.branches[{0x1000, 0x1100}] = {5, 1};
  image.branches[{kOutside, 0x1200}] = {2, 0};
  image.ranges[{0x1100, 0x1200}] = 4;
  image.samples[0x1104] = 9;
  return TextSeed(3, WriteProfile(profile));
}

void Mutate(Bytes& bytes, std::mt19937_64& random) {
  const std::size_t changes = 1 + random() % 6;
  for (std::size_t i = 0; i < changes && bytes.size() > 1; ++i) {
    const std::size_t at = 1 + random() % (bytes.size() - 1);
    switch (random() % 4) {
      case 0:
        bytes[at] ^= static_cast<std::uint8_t>(1u << random() % 8);
        break;
      case 1:
        bytes[at] = std::vector<std::uint8_t>{0, 1, 0x7F, 0x80, 0xFF, '0', ' ', '\n'}[random() % 8];
        break;
      case 2:
        bytes.resize(at);
        break;
      default:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes[at]);
        break;
    }
  }
}

void Turns(const Bytes& seed, int turns) {
  FuzzBranchInput(seed);
  std::mt19937_64 random(20260101);
  for (int turn = 0; turn < turns; ++turn) {
    Bytes bytes = seed;
    Mutate(bytes, random);
    FuzzBranchInput(bytes);
  }
}

TEST(BranchInputFuzz, RingBuffer) { Turns(RingSeed(), 20000); }
TEST(BranchInputFuzz, PerfScriptText) { Turns(ScriptSeed(), 5000); }
TEST(BranchInputFuzz, ProfileText) { Turns(ProfileSeed(), 5000); }

// The headers are at the front of the file: the rest would only take time.
TEST(BranchInputFuzz, ElfFile) {
  Bytes seed = ElfSeed();
  ASSERT_GT(seed.size(), 5000u);
  FuzzBranchInput(seed);
  seed.resize(5000);
  Turns(seed, 5000);
}

}  // namespace
}  // namespace pmubench
