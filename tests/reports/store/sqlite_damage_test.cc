// What happens to a history when the world goes wrong: damage, foreign and newer files, a full
// disk, a kill.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "reports/store/bundle.h"
#include "reports/store/sample_runs.h"
#include "reports/store/sqlite_database.h"
#include "reports/store/sqlite_schema.h"
#include "reports/store/store.h"
#include "test_folder.h"

namespace pmubench::store {
namespace {

std::string BytesOf(const std::string& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str();
}

void Write(const std::string& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

void MakeHistory(const std::string& file, unsigned nights, const SampleShape& shape = {}) {
  auto store = OpenStore(file, OpenMode::kCreate);
  ASSERT_TRUE(store.ok()) << store.error().ToString();
  for (unsigned night = 1; night <= nights; ++night) {
    ASSERT_TRUE((*store)->Add(SampleRun(night, shape)).ok());
  }
}

void Execute(const std::string& file, const std::string& sql) {
  auto database = SqliteDatabase::Open(file, SQLITE_OPEN_READWRITE);
  ASSERT_TRUE(database.ok());
  const auto done = database->Execute(sql);
  ASSERT_TRUE(done.ok()) << done.error().ToString();
}

TEST(SqliteDamage, AForeignFileIsRefusedAndLeftAlone) {
  TestFolder folder;
  const std::string text = folder / "notes.txt";
  Write(text,
        "these are my notes, not a database, and they are longer than a header of SQLite is, "
        "which has one hundred bytes");
  const std::string before = BytesOf(text);
  for (const OpenMode mode : {OpenMode::kRead, OpenMode::kWrite, OpenMode::kCreate}) {
    EXPECT_EQ(OpenStore(text, mode).error().code, ErrorCode::kBadInput);
  }
  EXPECT_EQ(BytesOf(text), before);

  const std::string other = folder / "other.db";
  {
    auto database = SqliteDatabase::Open(other, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    ASSERT_TRUE(database->Execute("CREATE TABLE mine(x)").ok());
  }
  const std::string other_before = BytesOf(other);
  EXPECT_EQ(OpenStore(other, OpenMode::kCreate).error().code, ErrorCode::kBadInput);
  EXPECT_EQ(BytesOf(other), other_before);
}

TEST(SqliteDamage, ANewerSchemaIsReadNeverWritten) {
  TestFolder folder;
  const std::string file = folder / "history.db";
  MakeHistory(file, 2);
  Execute(file, "PRAGMA user_version = 99; ALTER TABLE runs ADD COLUMN moon TEXT");
  auto reader = OpenStore(file, OpenMode::kRead);
  ASSERT_TRUE(reader.ok()) << reader.error().ToString();
  EXPECT_EQ((*reader)->Runs({})->size(), 2U);
  EXPECT_EQ(OpenStore(file, OpenMode::kWrite).error().code, ErrorCode::kBadInput);
  Execute(file, "UPDATE format SET oldest_reader = 50");
  EXPECT_EQ(OpenStore(file, OpenMode::kRead).error().code, ErrorCode::kBadInput);
}

TEST(SqliteDamage, AnOlderSchemaIsReadAsItIsAndMigratedForWriting) {
  TestFolder folder;
  const std::string file = folder / "history.db";
  MakeHistory(file, 3);
  Execute(file, "DROP TABLE launches; PRAGMA user_version = 1; PRAGMA journal_mode = DELETE");
  const std::string before = BytesOf(file);
  {
    auto reader = OpenStore(file, OpenMode::kRead);
    ASSERT_TRUE(reader.ok()) << reader.error().ToString();
    EXPECT_EQ((*reader)->schema_version(), 1);
    EXPECT_TRUE((*reader)->Read(SampleUuid(2)).ok());
  }
  EXPECT_EQ(BytesOf(file), before);
  auto writer = OpenStore(file, OpenMode::kWrite);
  ASSERT_TRUE(writer.ok()) << writer.error().ToString();
  ASSERT_TRUE((*writer)->Add(SampleRun(4)).ok());
  EXPECT_EQ((*writer)->Runs({})->size(), 4U);
  EXPECT_FALSE((*writer)->Read(SampleUuid(4))->rows[0].launches.empty());
  EXPECT_TRUE((*writer)->Check().ok());
}

TEST(SqliteDamage, DamageIsAnErrorAndNothingIsRemoved) {
  TestFolder folder;
  const std::string file = folder / "history.db";
  MakeHistory(file, 8, {60, 10, true});
  Execute(file, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  const std::string good = BytesOf(file);
  std::mt19937 random(5);
  int noticed = 0;
  for (int i = 0; i < 60; ++i) {
    std::string damaged = good;
    if (i % 2 == 0) {
      damaged.resize(random() % good.size());
    } else {
      const std::size_t at = random() % (good.size() - 512);
      for (std::size_t j = 0; j < 512; ++j) damaged[at + j] = static_cast<char>(random());
    }
    Write(file, damaged);
    auto store = OpenStore(file, OpenMode::kRead);
    const bool failed = !store.ok() || !(*store)->Check().ok();
    noticed += failed ? 1 : 0;
    store = Error{};
    EXPECT_EQ(BytesOf(file), damaged) << "a reader changed the file";
  }
  // Bytes in the middle of values cannot be told from values.
  EXPECT_GE(noticed, 35);
}

TEST(SqliteDamage, AFullDiskAddsNothing) {
  // A file system of 1.5 MB in a mount namespace of the child's own.
  TestFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", (folder / "").c_str(), "tmpfs", 0, "size=1500k") != 0) {
      _exit(77);
    }
    auto store = OpenStore(folder / "history.db", OpenMode::kCreate);
    if (!store) _exit(2);
    unsigned added = 0;
    std::optional<Error> full;
    for (unsigned night = 1; night <= 200 && !full; ++night) {
      auto outcome = (*store)->Add(SampleRun(night, {100, 20, false}));
      if (outcome) {
        ++added;
      } else {
        full = outcome.error();
      }
    }
    if (!full || added == 0) _exit(3);
    if (full->message.find("full") == std::string::npos) _exit(4);
    if ((*store)->Runs({})->size() != added || !(*store)->Check()) _exit(5);
    *store = nullptr;
    auto again = OpenStore(folder / "history.db", OpenMode::kRead);
    if (!again || (*again)->Runs({})->size() != added || !(*again)->Check()) _exit(6);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no right to mount a small file system";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

/// Microseconds that an import into a new history takes here, the quickest of a few.
long ImportTime(const TestFolder& folder, const SampleShape& shape) {
  const store::Run run = SampleRun(1, shape);
  auto quickest = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    auto store = OpenStore(folder / ("timed" + std::to_string(i)), OpenMode::kCreate);
    EXPECT_TRUE(store.ok() && (*store)->Add(run).ok());
    quickest = std::min(quickest, std::chrono::steady_clock::now() - begin);
  }
  return std::chrono::duration_cast<std::chrono::microseconds>(quickest).count();
}

TEST(SqliteDamage, AKillInTheMiddleOfAnImportLeavesNothingHalfWritten) {
  TestFolder folder;
  const std::string file = folder / "history.db";
  const SampleShape shape{400, 20, true};
  std::mt19937 random(11);
  std::uniform_int_distribution<long> wait(0, ImportTime(folder, shape) * 3 / 4);
  unsigned next = 1;
  int in_the_middle = 0;
  for (int kills = 0; kills < 200; ++kills) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      const store::Run run = SampleRun(next, shape);
      char byte = 'b';
      (void)!write(ready[1], &byte, 1);
      auto store = OpenStore(file, OpenMode::kCreate);
      if (!store || !(*store)->Add(run)) _exit(1);
      byte = 'e';
      (void)!write(ready[1], &byte, 1);
      _exit(0);
    }
    close(ready[1]);
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    std::this_thread::sleep_for(std::chrono::microseconds(wait(random)));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    const bool ended = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    in_the_middle += ended ? 0 : 1;

    auto store = OpenStore(file, OpenMode::kCreate);
    ASSERT_TRUE(store.ok()) << store.error().ToString();
    const auto checked = (*store)->Check();
    ASSERT_TRUE(checked.ok()) << "kill " << kills << ": " << checked.error().ToString();
    const bool there = (*store)->Read(SampleUuid(next)).ok();
    EXPECT_TRUE(there || !ended) << "an import that was reported done is gone";
    if (there) ++next;
    // A history of its own every 10 kills keeps Check() quick and hits creation.
    if (kills % 10 == 9) {
      *store = nullptr;
      for (const char* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::remove(file + suffix);
      }
    }
  }
  EXPECT_GE(in_the_middle, 50) << "the kills came too late to show anything";
}

}  // namespace
}  // namespace pmubench::store
