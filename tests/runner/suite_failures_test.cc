// What goes wrong on a user's machine: the words, the exit code, and what is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "reports/record.h"
#include "runner/child.h"
#include "test_folder.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;

const std::string kBenchmarks = PMUBENCH_TEST_BENCHMARKS;

struct ToolEnd {
  int exit_code;
  std::string messages;
};

/// Runs the tool, with standard error where we can read it.
ToolEnd RunTool(const std::string& arguments) {
  ChildOptions options;
  options.command = {"sh", "-c", std::string(PMUBENCH_TEST_TOOL) + " " + arguments + " 2>&1"};
  options.output = ChildOptions::Output::kCapture;
  auto child = Child::Start(options);
  EXPECT_TRUE(child.ok());
  EXPECT_TRUE(child->Release().ok());
  const ChildEnd end = child->Wait();
  return {end.exit_code, child->output()};
}

TEST(Failures, UnknownVerbSuggestsTheNearest) {
  const ToolEnd end = RunTool("rum");
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("pmubench run"));
}

TEST(Failures, UnknownMetricSuggestsTheNearest) {
  const TestFolder folder;
  const ToolEnd end =
      RunTool("run " + kBenchmarks + "/known_faults_linked --metrics page_fauts --out " +
              (folder.path() / "r.json").string());
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("page_faults"));
}

TEST(Failures, CorruptCatalogueNamesItsPlace) {
  const TestFolder folder;
  const auto file = folder.Write("mine.json", "{\n  \"events\": {,}\n}\n");
  const ToolEnd end = RunTool("list metrics --catalogue " + file.string());
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("mine.json:2:"));
}

TEST(Failures, UnreadableCatalogue) {
  const ToolEnd end = RunTool("list metrics --catalogue /nonexistent/mine.json");
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("/nonexistent/mine.json"));
}

TEST(Failures, AFileThatIsNoProgram) {
  const ToolEnd end = RunTool("run /etc/passwd");
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("not a program"));
}

TEST(Failures, AProgramThatIsNoBenchmark) {
  const ToolEnd end = RunTool("run /bin/true");
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("not a Google Benchmark binary"));
}

TEST(Failures, NoSuchBinary) {
  const ToolEnd end = RunTool("run /nonexistent/bench");
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("No such file"));
}

TEST(Failures, ACrashMidwayKeepsWhatWasMeasured) {
  const TestFolder folder;
  const auto out = folder.path() / "record.json";
  const ToolEnd end = RunTool("run " + kBenchmarks + "/crash_bench --out " + out.string());
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("Segmentation fault"));
  auto record = ReadRecord(out);
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->status, RecordStatus::kPartial);
  EXPECT_THAT(record->reason, HasSubstr("Segmentation fault"));
  EXPECT_GE(record->rows.size(), 1u);
}

TEST(Failures, AFullDiskLeavesTheOldRecord) {
  const TestFolder folder;
  const auto out = folder.Write("record.json", "the old record");
  // A limit on the size of files fails a write in the middle, as a full disk does.
  ChildOptions options;
  options.command = {"sh", "-c",
                     "ulimit -f 1; trap '' XFSZ; " + kBenchmarks +
                         "/known_faults_linked --benchmark_min_time=0.001 "
                         "--benchmark_filter=BM_template --pmubench_out=" +
                         out.string() + " >/dev/null"};
  auto child = Child::Start(options);
  ASSERT_TRUE(child.ok());
  ASSERT_TRUE(child->Release().ok());
  EXPECT_EQ(child->Wait().exit_code, 2);
  std::ifstream file(out);
  std::string first;
  std::getline(file, first);
  EXPECT_EQ(first, "the old record");
}

TEST(Failures, ARecordThatCannotBeWrittenIsSaidBeforeMeasuring) {
  const ToolEnd end =
      RunTool("run " + kBenchmarks + "/endless_bench --out /nonexistent/record.json");
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("/nonexistent"));
}

TEST(Failures, WhatIsNoPlainFileIsWrittenToNotReplaced) {
  const TestFolder folder;
  const auto run = [](const std::filesystem::path& out) {
    return RunTool("run " + kBenchmarks + "/known_faults_linked --metrics page_faults --out " +
                   out.string() + " -- --benchmark_min_time=0.001 --benchmark_filter=BM_template");
  };
  const auto device = folder.path() / "null";
  if (mknod(device.c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0) {
    EXPECT_EQ(run(device).exit_code, 0);
    EXPECT_TRUE(std::filesystem::is_character_file(device));
  }
  std::filesystem::create_symlink("there.json", folder.path() / "link");
  EXPECT_EQ(run(folder.path() / "link").exit_code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "link"));
  EXPECT_TRUE(ReadRecord(folder.path() / "there.json").ok());
  const ToolEnd end = run(folder.path());
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("is a folder"));
}

/// What the command wrote into a pipe, its standard output.
std::string Piped(const std::string& command) {
  ChildOptions options;
  options.command = {"sh", "-c", command};
  options.output = ChildOptions::Output::kCapture;
  auto child = Child::Start(options);
  EXPECT_TRUE(child.ok());
  EXPECT_TRUE(child->Release().ok());
  child->Wait();
  return child->output();
}

TEST(Failures, APipeGetsOneRecord) {
  const std::string filter = " --benchmark_min_time=0.001 --benchmark_filter=BM_template";
  const std::string suite = kBenchmarks + "/known_faults_linked";
  const std::string run = std::string(PMUBENCH_TEST_TOOL) + " run " + suite;
  for (const std::string& command :
       {suite + " --pmubench_out=/dev/fd/3 3>&1 >/dev/null --pmubench_metrics=page_faults" + filter,
        run + " --metrics page_faults --out /dev/stdout --" + filter,
        run + " --metrics page_faults --out /dev/stdout --format json --" + filter}) {
    const auto record = RecordFromJson(Piped(command));
    ASSERT_TRUE(record.ok()) << command << ": " << record.error().ToString();
    EXPECT_EQ(record->status, RecordStatus::kComplete);
    EXPECT_EQ(record->results.size(), 1u);
  }
}

TEST(Failures, APipeGetsTheRecordOfACrashToo) {
  const auto record = RecordFromJson(Piped(std::string(PMUBENCH_TEST_TOOL) + " run " + kBenchmarks +
                                           "/crash_bench --out /dev/stdout"));
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->status, RecordStatus::kPartial);
  EXPECT_GE(record->rows.size(), 1u);
}

TEST(Failures, AbShowsWhatEachLaunchSaysOnceASide) {
  const std::string suite = kBenchmarks + "/known_faults_linked ";
  const std::string messages =
      RunTool("ab " + suite + suite + "--metrics page_faults --first-look 2 --launches 2 " +
              "-- --benchmark_min_time=0.001 --benchmark_filter=BM_template")
          .messages;
  int preambles = 0;
  for (auto at = messages.find("Run on ("); at != std::string::npos;
       at = messages.find("Run on (", at + 1)) {
    ++preambles;
  }
  EXPECT_EQ(preambles, 2) << messages;
}

TEST(Failures, AFullStandardOutputIsNoSuccess) {
  for (const char* arguments : {"list metrics --format json", "list cores", "doctor"}) {
    EXPECT_EQ(RunTool(std::string(arguments) + " >/dev/full").exit_code, 2) << arguments;
  }
  const ToolEnd end = RunTool("stat --out /dev/full -- true");
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.messages, HasSubstr("could not be written"));
}

TEST(Failures, AFolderInPlaceOfAFile) {
  for (const char* arguments : {"stat --replay .", "plan --case .", "compare . ."}) {
    const ToolEnd end = RunTool(arguments);
    EXPECT_EQ(end.exit_code, 2) << end.messages;
  }
}

TEST(Failures, ControlCKeepsWhatWasMeasuredAndLeavesNoChild) {
  const TestFolder folder;
  const auto out = folder.path() / "record.json";
  ChildOptions options;
  options.command = {PMUBENCH_TEST_TOOL, "run", kBenchmarks + "/endless_bench", "--out",
                     out.string()};
  options.output = ChildOptions::Output::kToStandardError;
  auto child = Child::Start(options);
  ASSERT_TRUE(child.ok());
  ASSERT_TRUE(child->Release().ok());
  // The record appears once the first benchmark is measured; then the endless one runs.
  for (int i = 0; i < 600 && !std::filesystem::exists(out); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ASSERT_TRUE(std::filesystem::exists(out));
  kill(child->pid(), SIGINT);
  EXPECT_EQ(child->Wait().exit_code, 128 + SIGINT);
  auto record = ReadRecord(out);
  ASSERT_TRUE(record.ok()) << record.error().ToString();
  EXPECT_EQ(record->status, RecordStatus::kInterrupted);
  EXPECT_GE(record->rows.size(), 1u);
}

}  // namespace
}  // namespace pmubench
