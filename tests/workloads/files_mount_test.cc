// The passthrough, mounted: what it shows, what it counts, and that nothing of it stays.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "files/content.h"
#include "files/cost_meter.h"
#include "files/fuse_mount.h"
#include "files/operation.h"
#include "files/workspace.h"
#include "platform/files.h"

namespace pmubench::files {
namespace {

using testing::HasSubstr;

constexpr Sizes kSmall{1 << 20, 64 << 10, 60};

class FilesMount : public testing::Test {
 protected:
  void SetUp() override {
    auto made = Workspace::Make(testing::TempDir(), kSmall);
    ASSERT_TRUE(made.ok()) << made.error().ToString();
    workspace_ = *std::move(made);
  }

  /// False where FUSE is not permitted here; the test has to be skipped then.
  bool Mount(bool kernel_cache = false) {
    MountOptions options;
    options.program = PMUBENCH_FILES_PASSTHROUGH;
    options.folder = workspace_->folder();
    options.kernel_cache = kernel_cache;
    auto mount = FuseMount::Start(options);
    if (mount)
      mount_.emplace(*std::move(mount));
    else
      why_not_ = mount.error().ToString();
    return mount_.has_value();
  }

  std::unique_ptr<Operation> Make(const std::string& name) {
    for (const OperationKind& kind : AllOperations()) {
      if (kind.name == name) return kind.make(*workspace_, mount_->point());
    }
    return nullptr;
  }

  std::unique_ptr<Workspace> workspace_;
  std::optional<FuseMount> mount_;
  std::string why_not_;
};

#define NEEDS_FUSE(...) \
  if (!Mount(__VA_ARGS__)) GTEST_SKIP() << why_not_

bool Gone(pid_t pid) {
  const auto state = ReadText("/proc/" + std::to_string(pid) + "/stat");
  return !state || state->find(") Z") != std::string::npos;
}

TEST_F(FilesMount, EveryOperationIsRightThroughIt) {
  for (const bool kernel_cache : {false, true}) {
    NEEDS_FUSE(kernel_cache);
    for (int again = 0; again < 2; ++again) {
      for (const OperationKind& kind : AllOperations()) {
        const auto operation = kind.make(*workspace_, mount_->point());
        const std::uint64_t steps = kind.uses_up ? kSmall.count : 3 * kSmall.count / 2;
        const auto ready = operation->Prepare(steps);
        ASSERT_TRUE(ready.ok()) << kind.name << ": " << ready.error().ToString();
        for (std::uint64_t i = 0; i < steps; ++i) {
          const auto done = operation->Step();
          ASSERT_TRUE(done.ok()) << kind.name << ": " << done.error().ToString();
        }
        const auto right = operation->Verify();
        EXPECT_TRUE(right.ok()) << kind.name << ": " << right.error().ToString();
      }
    }
    mount_.reset();
  }
}

TEST_F(FilesMount, ShowsTheFolderBelow) {
  NEEDS_FUSE();
  const auto& below = workspace_->folder();
  const auto& point = mount_->point();
  std::filesystem::create_directories(point / "a/b");
  std::ofstream(point / "a/b/file") << "hello";
  EXPECT_EQ(ReadText(below / "a/b/file"), "hello");
  std::filesystem::resize_file(point / "a/b/file", 4);
  EXPECT_EQ(ReadText(point / "a/b/file"), "hell");
  std::filesystem::permissions(point / "a/b/file", std::filesystem::perms::owner_read);
  EXPECT_EQ(std::filesystem::status(below / "a/b/file").permissions(),
            std::filesystem::perms::owner_read);
  const int open_file = open((point / "a/b/file").c_str(), O_RDONLY | O_CLOEXEC);
  std::filesystem::rename(point / "a/b", point / "c");
  EXPECT_EQ(ReadText(below / "c/file"), "hell");
  EXPECT_TRUE(std::filesystem::remove(point / "c/file"));
  struct stat status {};
  EXPECT_EQ(fstat(open_file, &status), 0) << "open, with no name any more";
  EXPECT_EQ(status.st_size, 4);
  close(open_file);
  std::filesystem::remove_all(point / "a");
  EXPECT_FALSE(std::filesystem::exists(below / "a"));
  EXPECT_FALSE(std::filesystem::exists(point / "nothing"));
  EXPECT_EQ(std::filesystem::space(point).capacity, std::filesystem::space(below).capacity);
  std::ofstream(below / "later") << "x";
  EXPECT_TRUE(std::filesystem::exists(point / "later"));
}

/// Costs of `steps` operations through the mount.
Costs Measure(Operation& operation, FuseMount& mount, int steps) {
  CostMeter meter(&mount);
  meter.Start();
  for (int i = 0; i < steps; ++i) {
    const auto done = operation.Step();
    EXPECT_TRUE(done.ok()) << done.error().ToString();
  }
  return meter.Stop();
}

TEST_F(FilesMount, CountsOfBlocksAddUp) {
  NEEDS_FUSE();
  constexpr int kSteps = 200;
  for (const char* name : {"sequential_read", "random_read", "sequential_write", "random_write"}) {
    const auto operation = Make(name);
    ASSERT_TRUE(operation->Prepare(kSteps).ok());
    const ServedCounts before = mount_->served();
    const Costs costs = Measure(*operation, *mount_, kSteps);
    const ServedCounts after = mount_->served();
    const double bytes = kSteps * static_cast<double>(operation->bytes());
    const bool reads = std::string(name).ends_with("read");
    EXPECT_EQ(after.read_bytes - before.read_bytes, reads ? bytes : 0) << name;
    EXPECT_EQ(after.written_bytes - before.written_bytes, reads ? 0 : bytes) << name;
    EXPECT_EQ(costs.totals.at("served_bytes"), bytes) << name;
    EXPECT_GE(costs.totals.at("requests"), kSteps) << name;
    EXPECT_LE(costs.totals.at("requests"), kSteps + 5) << name;
    // In and out of the server, and some 100 bytes about each request.
    if (costs.totals.contains("copied_bytes")) {
      EXPECT_GE(costs.totals.at("copied_bytes"), 2 * bytes) << name;
      EXPECT_LE(costs.totals.at("copied_bytes"), 2 * bytes + 300 * kSteps) << name;
    }
    EXPECT_TRUE(operation->Verify().ok()) << name;
  }
}

TEST_F(FilesMount, EachRequestSwitchesAndCalls) {
  NEEDS_FUSE();
  constexpr int kSteps = 200;
  const auto read = Make("sequential_read");
  ASSERT_TRUE(read->Prepare(kSteps).ok());
  const Costs costs = Measure(*read, *mount_, kSteps);
  if (!costs.totals.contains("context_switches")) GTEST_SKIP() << costs.missing;
  EXPECT_GE(costs.totals.at("context_switches"), kSteps) << "the load waits for each reply";
  EXPECT_GE(costs.totals.at("context_switches"), costs.totals.at("server_context_switches"));
  if (!costs.totals.contains("system_calls")) GTEST_SKIP() << costs.missing;
  // The server takes the request, reads the file, replies; the load only reads.
  EXPECT_NEAR(costs.totals.at("server_system_calls"), 3 * kSteps, 20);
  EXPECT_NEAR(costs.totals.at("system_calls"), 4 * kSteps, 40);
}

TEST_F(FilesMount, TheKernelsCacheSparesTheServer) {
  NEEDS_FUSE(true);
  const int blocks = static_cast<int>(kSmall.file / kSmall.block);
  const auto read = Make("sequential_read");
  ASSERT_TRUE(read->Prepare(2 * blocks).ok());
  (void)Measure(*read, *mount_, blocks);
  const Costs second = Measure(*read, *mount_, blocks);
  // The kernel may take a page back in between, which is then asked for again.
  EXPECT_LE(second.totals.at("served_bytes"), kSmall.file / 16);
  EXPECT_LT(second.totals.at("requests"), blocks / 2);
}

TEST_F(FilesMount, EndsAndLeavesNothing) {
  NEEDS_FUSE();
  const pid_t pid = mount_->pid();
  const auto point = mount_->point();
  EXPECT_TRUE(IsMounted(point));
  EXPECT_FALSE(mount_->Ended());
  mount_.reset();
  EXPECT_FALSE(IsMounted(point));
  EXPECT_NE(kill(pid, 0), 0);
  EXPECT_FALSE(std::filesystem::exists(point.parent_path()));
  EXPECT_TRUE(std::filesystem::exists(workspace_->folder()));
}

TEST_F(FilesMount, AKilledServerIsAnErrorAndNoHang) {
  NEEDS_FUSE();
  const auto point = mount_->point();
  const auto read = Make("random_read");
  ASSERT_TRUE(read->Prepare(1).ok());
  std::thread killer([&] {
    usleep(50'000);
    kill(mount_->pid(), SIGKILL);
  });
  Result<void> done;
  while (done.ok()) done = read->Step();
  killer.join();
  EXPECT_THAT(done.error().message, HasSubstr("cannot read"));
  EXPECT_TRUE(mount_->Ended());
  mount_.reset();
  EXPECT_FALSE(IsMounted(point));
  EXPECT_FALSE(std::filesystem::exists(point.parent_path()));
}

TEST_F(FilesMount, EndsWithACrashOfOurs) {
  NEEDS_FUSE();
  mount_.reset();  // it can be done; now by a process that dies
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t us = fork();
  if (us == 0) {
    const pid_t pid = Mount() ? mount_->pid() : 0;
    char folder[512] = {};
    if (pid != 0) mount_->point().parent_path().string().copy(folder, sizeof folder - 1);
    (void)!write(ends[1], &pid, sizeof pid);
    (void)!write(ends[1], folder, sizeof folder);
    kill(getpid(), SIGKILL);
  }
  pid_t server = 0;
  char folder[512] = {};
  ASSERT_EQ(read(ends[0], &server, sizeof server), static_cast<ssize_t>(sizeof server));
  ASSERT_EQ(read(ends[0], folder, sizeof folder), static_cast<ssize_t>(sizeof folder));
  close(ends[0]);
  close(ends[1]);
  waitpid(us, nullptr, 0);
  ASSERT_GT(server, 0);
  const auto point = std::filesystem::path(folder) / "mount";
  bool left = true;
  for (int i = 0; i < 6000 && left; ++i) {
    left = !Gone(server) || IsMounted(point);
    if (left) usleep(10'000);
  }
  EXPECT_FALSE(left) << "the server or its mount at " << point;
  std::filesystem::remove_all(folder);
}

TEST(FilesMountStart, SaysWhyNot) {
  MountOptions options;
  options.program = "/nowhere/passthrough";
  options.folder = testing::TempDir();
  const auto absent = FuseMount::Start(options);
  ASSERT_FALSE(absent.ok());
  EXPECT_FALSE(absent.error().remedy.empty());

  options.program = PMUBENCH_FILES_PASSTHROUGH;
  options.folder = "/nowhere/folder";
  const auto nothing = FuseMount::Start(options);
  ASSERT_FALSE(nothing.ok());
  if (FuseUsable("/", "").ok()) {
    EXPECT_THAT(nothing.error().message, HasSubstr("no folder /nowhere/folder"));
  }
}

}  // namespace
}  // namespace pmubench::files
