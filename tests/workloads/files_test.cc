// What needs no FUSE: the oracle, the server's table of files, operations on the file system
// itself.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "files/content.h"
#include "files/cost_meter.h"
#include "files/fuse_mount.h"
#include "files/inodes.h"
#include "files/operation.h"
#include "files/tracepoint.h"
#include "files/workspace.h"

namespace pmubench::files {
namespace {

using testing::HasSubstr;

constexpr Sizes kSmall{1 << 20, 64 << 10, 50};

std::unique_ptr<Workspace> MakeWorkspace() {
  auto made = Workspace::Make(testing::TempDir(), kSmall);
  EXPECT_TRUE(made.ok()) << made.error().ToString();
  return *std::move(made);
}

/// Adds one to a byte of a file.
void Spoil(const std::filesystem::path& file, std::uint64_t offset) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const int byte = stream.get();
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(static_cast<char>(byte + 1));
  ASSERT_TRUE(stream.good());
}

TEST(FilesContent, IsKnownToTheByte) {
  std::vector<char> block(4 * kPage);
  Fill(block, 7, 64 * kPage);
  EXPECT_TRUE(Right(block, 7, 64 * kPage));
  EXPECT_TRUE(Stamped(block, 7, 64 * kPage));
  EXPECT_FALSE(Stamped(block, 8, 64 * kPage)) << "another file's";
  EXPECT_FALSE(Stamped(block, 7, 65 * kPage)) << "another place's";
  for (const std::size_t at : {std::size_t{0}, std::size_t{7}, kPage, 3 * kPage + 5}) {
    ++block[at];
    EXPECT_FALSE(Stamped(block, 7, 64 * kPage)) << at;
    --block[at];
  }
  for (std::size_t at = 0; at < block.size(); ++at) {
    ++block[at];
    EXPECT_FALSE(Right(block, 7, 64 * kPage)) << at;
    --block[at];
  }
  Stamp(block, 9, 0);
  EXPECT_TRUE(Right(block, 9, 0)) << "new stamps are all that another place needs";
}

TEST(FilesInodes, LiveFromTheFirstLookupToTheLastForget) {
  const auto descriptor = [] { return open("/", O_PATH | O_CLOEXEC); };
  const auto is_open = [](int fd) { return fcntl(fd, F_GETFD) != -1; };
  const int root = descriptor();
  {
    Inodes inodes(root);
    EXPECT_EQ(inodes.Descriptor(Inodes::kRoot), root);
    EXPECT_EQ(inodes.Descriptor(99), -1);
    const int first = descriptor();
    const int second = descriptor();
    const auto id = inodes.Remember(first, 1, 10);
    EXPECT_EQ(inodes.Remember(second, 1, 10), id);
    EXPECT_FALSE(is_open(second));
    EXPECT_NE(inodes.Remember(descriptor(), 2, 10), id) << "the same number on another device";
    EXPECT_EQ(inodes.size(), 2U);
    inodes.Forget(id, 1);
    EXPECT_EQ(inodes.Descriptor(id), first);
    inodes.Forget(id, 5);
    EXPECT_EQ(inodes.Descriptor(id), -1);
    EXPECT_FALSE(is_open(first));
    EXPECT_NE(inodes.Remember(descriptor(), 1, 10), id) << "an id is not used again";
  }
  EXPECT_FALSE(is_open(root));
}

TEST(FilesFuse, SaysWhatIsMissing) {
  const auto workspace = MakeWorkspace();
  const auto absent = FuseUsable(workspace->folder(), "");
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code, ErrorCode::kNotPermitted);
  EXPECT_THAT(absent.error().ToString(),
              testing::AllOf(HasSubstr("dev/fuse is not there"), HasSubstr("--device /dev/fuse")));
  std::filesystem::create_directory(workspace->folder() / "dev");
  std::ofstream(workspace->folder() / "dev/fuse") << "no device\n";
  EXPECT_FALSE(FuseUsable(workspace->folder(), "").ok());
}

TEST(FilesRoom, IsAskedForBeforeAnythingIsWritten) {
  EXPECT_TRUE(CheckRoom(testing::TempDir(), kSmall).ok());
  Sizes sizes = kSmall;
  sizes.file = std::uint64_t{1} << 60;
  const auto refused = CheckRoom(testing::TempDir(), sizes);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().ToString(), HasSubstr("MiB free"));
  EXPECT_THAT(CheckRoom("/nowhere", kSmall).error().message, HasSubstr("/nowhere"));
  EXPECT_THAT(Workspace::Make("/nowhere", kSmall).error().message, HasSubstr("/nowhere"));
}

TEST(FilesRoom, IsNamedWhereItEnds) {
  EXPECT_THAT(FileError("cannot write", "/x", ENOSPC).remedy, HasSubstr("PMUBENCH_FILES_FOLDER"));
  const auto workspace = MakeWorkspace();
  const std::string folder = workspace->folder().string();
  if (mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "no file system of a size of our own: " << std::strerror(errno);
  }
  for (const OperationKind& kind : BlockOperations()) {
    const auto operation = kind.make(*workspace, workspace->folder());
    const auto made = operation->Prepare(1);
    EXPECT_FALSE(made.ok()) << kind.name;
    if (made.ok()) continue;
    EXPECT_THAT(made.error().ToString(), testing::AllOf(HasSubstr("No space left on device"),
                                                        HasSubstr("PMUBENCH_FILES_MIB")));
  }
  EXPECT_EQ(umount(folder.c_str()), 0);
}

TEST(FilesOperations, DoWhatTheySayOnAFileSystem) {
  const auto workspace = MakeWorkspace();
  for (const OperationKind& kind : AllOperations()) {
    const auto operation = kind.make(*workspace, workspace->folder());
    const std::uint64_t steps = kind.uses_up ? kSmall.count : 3 * kSmall.count / 2;
    ASSERT_TRUE(operation->Prepare(steps).ok()) << kind.name;
    for (std::uint64_t i = 0; i < steps; ++i) {
      const auto done = operation->Step();
      ASSERT_TRUE(done.ok()) << kind.name << ": " << done.error().ToString();
    }
    const auto right = operation->Verify();
    EXPECT_TRUE(right.ok()) << kind.name << ": " << right.error().ToString();
  }
}

std::unique_ptr<Operation> MakeOperation(Workspace& workspace, const std::string& name) {
  for (const OperationKind& kind : AllOperations()) {
    if (kind.name == name) return kind.make(workspace, workspace.folder());
  }
  return nullptr;
}

TEST(FilesOperations, FindContentThatIsNotWhatWasWritten) {
  const auto workspace = MakeWorkspace();
  const auto read = MakeOperation(*workspace, "sequential_read");
  ASSERT_TRUE(read->Prepare(3).ok());
  Spoil(workspace->folder() / "data", kSmall.block + kPage);  // a stamp of the second block
  EXPECT_TRUE(read->Step().ok());
  EXPECT_THAT(read->Step().error().message, HasSubstr("not what was written"));

  const auto workspace2 = MakeWorkspace();
  const auto whole = MakeOperation(*workspace2, "random_read");
  ASSERT_TRUE(whole->Prepare(1).ok());
  Spoil(workspace2->folder() / "data", kSmall.file - 1);
  EXPECT_THAT(whole->Verify().error().message, HasSubstr("not what was written"));

  for (const std::uint64_t offset : {std::uint64_t{5}, kSmall.file - 3}) {  // written, and not
    const auto write = MakeOperation(*workspace, "sequential_write");
    ASSERT_TRUE(write->Prepare(1).ok());
    ASSERT_TRUE(write->Step().ok());
    Spoil(workspace->folder() / "written", offset);
    EXPECT_THAT(write->Verify().error().message, HasSubstr("not as it should be")) << offset;
  }
  const auto small = MakeOperation(*workspace, "small_read");
  ASSERT_TRUE(small->Prepare(1).ok());
  Spoil(workspace->folder() / "small" / SmallName(0), 0);
  EXPECT_FALSE(small->Step().ok());

  const auto names = MakeOperation(*workspace, "readdir");
  ASSERT_TRUE(names->Prepare(1).ok());
  std::filesystem::rename(workspace->folder() / "small" / SmallName(0),
                          workspace->folder() / "small" / SmallName(1));
  EXPECT_THAT(names->Step().error().message, HasSubstr("not the names that are there"));
  const auto stat = MakeOperation(*workspace, "stat");
  ASSERT_TRUE(stat->Prepare(1).ok());
  EXPECT_THAT(stat->Step().error().message, HasSubstr("cannot stat"));
}

TEST(FilesOperations, FindNamesThatShouldNotBeThere) {
  const auto workspace = MakeWorkspace();
  for (const char* name : {"small_create", "small_unlink", "rename"}) {
    const auto operation = MakeOperation(*workspace, name);
    ASSERT_TRUE(operation->Prepare(4).ok());
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(operation->Step().ok());
    std::filesystem::path newest;
    for (const auto& entry : std::filesystem::directory_iterator(workspace->folder())) {
      if (entry.path().filename().string().starts_with("folder")) newest = entry.path();
    }
    std::ofstream(newest / "another") << "x";
    EXPECT_FALSE(operation->Verify().ok()) << name;
    std::filesystem::remove_all(newest);
  }
}

TEST(FilesCosts, OfTheFileSystemItselfAreTheLoadsOwn) {
  const auto workspace = MakeWorkspace();
  const auto read = MakeOperation(*workspace, "sequential_read");
  constexpr double kSteps = 200;
  ASSERT_TRUE(read->Prepare(1).ok());
  CostMeter meter;
  meter.Start();
  for (int i = 0; i < kSteps; ++i) ASSERT_TRUE(read->Step().ok());
  const Costs costs = meter.Stop();
  EXPECT_FALSE(costs.totals.contains("requests"));
  if (!meter.missing().empty()) GTEST_SKIP() << meter.missing();
  // Within what the meter's own readings take.
  EXPECT_NEAR(costs.totals.at("system_calls"), kSteps, 20);
  EXPECT_NEAR(costs.totals.at("copied_bytes"), kSteps * kSmall.block, 10'000);
  EXPECT_LT(costs.totals.at("context_switches"), kSteps / 4);
}

TEST(FilesCosts, ReadsTheKernelsAccountOfBytes) {
  const auto workspace = MakeWorkspace();
  std::filesystem::create_directories(workspace->folder() / "proc/42");
  std::ofstream(workspace->folder() / "proc/42/io") << "rchar: 100\nwchar: 23\nsyscr: 4\n";
  EXPECT_EQ(BytesByCalls(42, workspace->folder()), 123U);
  EXPECT_EQ(BytesByCalls(43, workspace->folder()), std::nullopt);
}

TEST(Tracepoints, AreNumberedByTracefs) {
  const auto workspace = MakeWorkspace();
  const auto& root = workspace->folder();
  const auto hidden = SystemCallsEvent(root);
  ASSERT_FALSE(hidden.ok());
  EXPECT_EQ(hidden.error().code, ErrorCode::kNotPermitted);
  EXPECT_THAT(hidden.error().remedy, HasSubstr("mount -t tracefs"));
  const auto events = root / "sys/kernel/tracing/events";
  std::filesystem::create_directories(events / "raw_syscalls/sys_enter");
  EXPECT_EQ(SystemCallsEvent(root).error().code, ErrorCode::kNoSuchEvent);
  std::ofstream(events / "raw_syscalls/sys_enter/id") << "345\n";
  const auto event = SystemCallsEvent(root);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->config, 345U);
  EXPECT_EQ(event->name, "system_calls");
}

}  // namespace
}  // namespace pmubench::files
