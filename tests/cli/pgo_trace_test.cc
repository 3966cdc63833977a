// Arm's instruction trace by way of perf: the command lines, and what comes back, with a stand-in
// for perf.
#include "cli/pgo_trace.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "branches/aggregate.h"
#include "branches/elf_image.h"
#include "branches/perf_script.h"
#include "cli/pgo_tools.h"
#include "platform/files.h"
#include "test_folder.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

const std::string kTarget = std::string(PMUBENCH_BINARY_DIR) + "/tests/branches/branch_target";

TEST(PgoTrace, CommandLines) {
  RecordingRequest request;
  request.command = {"./app", "an argument", "it's"};
  TraceCommands commands = MakeTraceCommands(request, false, "/tmp/raw", "/tmp/out");
  EXPECT_EQ(commands.record,
            "perf record -e cs_etm//u --per-thread -o '/tmp/raw' -- './app' 'an argument' "
            "'it'\\''s'");
  EXPECT_EQ(commands.decode,
            "perf inject -i '/tmp/raw' -o '/tmp/out' --itrace=i100000il64 --strip");
  request.command.clear();
  request.pid = 42;
  request.seconds = 2.5;
  EXPECT_EQ(MakeTraceCommands(request, true, "r", "d").record,
            "timeout -s INT 2.5 perf record -e cs_etm/autofdo/u --per-thread -o 'r' -p 42");
}

TEST(PgoTrace, StrobingWhereTheDriverOffersIt) {
  const TestFolder root;
  EXPECT_FALSE(CanStrobe(root.path()));
  root.Write("sys/bus/event_source/devices/cs_etm/events/autofdo", "configid=0x1\n");
  EXPECT_TRUE(CanStrobe(root.path()));
}

// A folder with a `perf` of our own, first on the PATH.
class StandIn {
 public:
  explicit StandIn(const std::string& body) : path_(std::getenv("PATH")) {
    fs::permissions(folder_.Write("perf", "#!/bin/sh\n" + body), fs::perms::owner_all);
    setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  ~StandIn() { setenv("PATH", path_.c_str(), 1); }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;
  [[nodiscard]] std::string folder() const { return folder_.path().string(); }

 private:
  TestFolder folder_;
  std::string path_;
};

std::uint64_t AddressOf(const ElfImage& image, const std::string& name) {
  for (const ElfFunction& function : image.functions()) {
    if (function.name == name) return function.address;
  }
  return 0;
}

// What `perf script` prints of a decoded trace: an "instructions" sample with its last branches,
// prediction and cycles unknown, addresses as they were at run time.
std::string DecodedTrace(const ElfImage& image, std::uint64_t base) {
  for (const ElfSegment& segment : image.segments()) {
    if (!segment.executable) continue;
    const std::uint64_t work = AddressOf(image, "Work");
    const std::uint64_t often = AddressOf(image, "Often");
    std::ostringstream text;
    text << fmt::format(
        "branch_target 77 [000] 1.5: PERF_RECORD_MMAP2 77/77: [{:#x}({:#x}) @ {:#x} 08:02 53 0]: "
        "r-xp {}\n",
        base + segment.address, segment.file_size, segment.offset, kTarget);
    for (int sample = 0; sample < 3; ++sample) {
      text << fmt::format("   77 {:16x}", base + often);
      for (int i = 0; i < 2; ++i) {
        text << fmt::format("  {:#x}/{:#x}/P/-/-/0  {:#x}/{:#x}/P/-/-/0", base + work + 8,
                            base + often, base + often + 4, base + work + 4);
      }
      text << "\n\n";
    }
    return text.str();
  }
  return "";
}

TEST(PgoTrace, RecordedDecodedPrintedImported) {
  const auto image = ElfImage::Read(kTarget);
  ASSERT_TRUE(image) << image.error().ToString();
  const StandIn perf(R"sh(here=$(dirname "$0")
echo "$@" >> "$here/log"
verb=$1
output=
for word; do
  [ "$before" = -o ] && output=$word
  [ "$before" = -i ] && input=$word
  before=$word
done
case $verb in
version) echo "perf version 6.17" ;;
record) echo trace > "$output"; exit 9 ;;
inject) [ "$(cat "$input")" = trace ] && echo stacks > "$output" ;;
script) [ "$(cat "$input")" = stacks ] && cat "$here/text" ;;
esac
)sh");
  std::ofstream(perf.folder() + "/text") << DecodedTrace(*image, 0x5500000000);
  RecordingRequest request;
  request.command = {"/bin/true"};
  // The traced command's own exit code is not the trace's.
  const auto data = RecordTrace(request, "/nowhere");
  ASSERT_TRUE(data) << data.error().ToString();
  const auto printed = PrintPerfData(*data);
  ASSERT_TRUE(printed) << printed.error().ToString();
  std::ifstream text(*printed);
  BranchAggregator aggregator("etm");
  const auto report = ImportPerfScript(text, *printed, aggregator);
  fs::remove(*data);
  fs::remove(*printed);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->samples, 3u);
  const auto part = aggregator.profile().images.find(image->build_id());
  ASSERT_NE(part, aggregator.profile().images.end());
  const std::uint64_t work = AddressOf(*image, "Work");
  const std::uint64_t often = AddressOf(*image, "Often");
  EXPECT_EQ(part->second.branches.at({work + 8, often}).taken, 6u);
  EXPECT_EQ(part->second.ranges.at({often, often + 4}), 3u);
  const std::string log = ReadText(perf.folder() + "/log").value_or("");
  EXPECT_NE(log.find("record -e cs_etm//u --per-thread"), std::string::npos) << log;
  EXPECT_NE(log.find("--itrace=i100000il64 --strip"), std::string::npos) << log;
}

TEST(PgoTrace, FailuresSayWhatToDo) {
  const StandIn perf(
      "[ \"$1\" = version ] && exit 0\necho \"event syntax error: 'cs_etm//u'\"\nexit 1\n");
  RecordingRequest request;
  request.command = {"/bin/true"};
  const auto data = RecordTrace(request, "/nowhere");
  ASSERT_FALSE(data);
  EXPECT_NE(data.error().message.find("event syntax error"), std::string::npos);
  EXPECT_NE(data.error().remedy.find("CONFIG_CORESIGHT"), std::string::npos);
  request.command = {"/nowhere/at/all"};
  const auto missing = RecordTrace(request, "/nowhere");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("/nowhere/at/all cannot be started"), std::string::npos);
}

}  // namespace
}  // namespace pmubench
