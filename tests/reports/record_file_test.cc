#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "platform/fake_machine.h"
#include "reports/record.h"
#include "reports/sample_record.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::FakeRoot;
using ::testing::HasSubstr;
using testing::SampleRecord;

std::string TextOf(const fs::path& file) {
  std::ifstream input(file);
  return {std::istreambuf_iterator<char>(input), {}};
}

std::size_t FilesIn(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// A record of more than `bytes`.
Record LargeRecord(std::size_t bytes) {
  Record record = SampleRecord();
  const RecordRow row = record.rows[0];
  while (record.rows.size() * 500 < bytes) record.rows.push_back(row);
  return record;
}

TEST(RecordFileTest, WritesReplacesAndReads) {
  FakeRoot root;
  const fs::path file = root.path() / "record.json";
  ASSERT_TRUE(WriteRecord(LargeRecord(10000), file));
  ASSERT_TRUE(WriteRecord(SampleRecord(), file));
  EXPECT_EQ(FilesIn(root.path()), 1u);
  const auto back = ReadRecord(file);
  ASSERT_TRUE(back) << back.error().ToString();
  EXPECT_EQ(ToJson(*back), ToJson(SampleRecord()));
}

TEST(RecordFileTest, TheUmaskDecidesWhoMayRead) {
  FakeRoot root;
  const mode_t before = ::umask(027);
  ASSERT_TRUE(WriteRecord(SampleRecord(), root.path() / "record.json"));
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat((root.path() / "record.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST(RecordFileTest, FollowsASymbolicLink) {
  FakeRoot root;
  root.MakeFolder("real");
  fs::create_symlink(root.path() / "real/record.json", root.path() / "link.json");
  ASSERT_TRUE(WriteRecord(SampleRecord(), root.path() / "link.json"));
  EXPECT_TRUE(fs::is_symlink(root.path() / "link.json"));
  EXPECT_TRUE(ReadRecord(root.path() / "real/record.json"));
}

TEST(RecordFileTest, BeyondTheFileSizeLimitTheOldRecordSurvives) {
  FakeRoot root;
  const fs::path file = root.path() / "record.json";
  ASSERT_TRUE(WriteRecord(SampleRecord(), file));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 20000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  // The default action of SIGXFSZ ends the process: the writer has to keep it away.
  const auto wrote = WriteRecord(LargeRecord(100000), file);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error().code, ErrorCode::kSystem);
  EXPECT_THAT(wrote.error().message, HasSubstr("what it held before is still there"));
  EXPECT_EQ(FilesIn(root.path()), 1u);
  EXPECT_TRUE(ReadRecord(file));
}

TEST(RecordFileTest, OnAFullDiskTheOldRecordSurvives) {
  FakeRoot root;
  if (::mount("tmpfs", root.path().c_str(), "tmpfs", 0, "size=32k") != 0) {
    GTEST_SKIP() << "a small tmpfs cannot be mounted here: " << ::strerror(errno);
  }
  const fs::path file = root.path() / "record.json";
  EXPECT_TRUE(WriteRecord(SampleRecord(), file));
  const Record large = LargeRecord(100000);
  const auto wrote = WriteRecord(large, file);
  const std::string left = TextOf(file);
  const std::size_t files = FilesIn(root.path());
  ::umount(root.path().c_str());
  ASSERT_FALSE(wrote);
  EXPECT_THAT(wrote.error().message,
              AllOf(HasSubstr("No space left"), HasSubstr(std::to_string(ToJson(large).size())),
                    HasSubstr("are free")));
  EXPECT_THAT(wrote.error().remedy, HasSubstr(root.path().string()));
  EXPECT_EQ(left, ToJson(SampleRecord()));
  EXPECT_EQ(files, 1u);
}

TEST(RecordFileTest, DevicesAreWrittenTo) {
  EXPECT_TRUE(WriteRecord(SampleRecord(), "/dev/null"));
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
  const auto full = WriteRecord(SampleRecord(), "/dev/full");
  ASSERT_FALSE(full);
  EXPECT_THAT(full.error().message, HasSubstr("No space left"));
}

TEST(RecordFileTest, SaysWhatToDoWhereItCannotWrite) {
  FakeRoot root;
  const auto missing = WriteRecord(SampleRecord(), root.path() / "no/record.json");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().remedy, HasSubstr("mkdir -p"));
  EXPECT_FALSE(WriteRecord(SampleRecord(), root.path()));
}

TEST(RecordFileTest, SaysWhatItCannotRead) {
  FakeRoot root;
  EXPECT_EQ(ReadRecord(root.path() / "none.json").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadRecord(root.path()).error().code, ErrorCode::kBadInput);
  root.Write("bad.json", "{\"context\": {");
  EXPECT_THAT(ReadRecord(root.path() / "bad.json").error().message,
              AllOf(HasSubstr("bad.json"), HasSubstr("cut short")));
}

}  // namespace
}  // namespace pmubench
