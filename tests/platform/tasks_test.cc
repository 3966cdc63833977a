// Threads and children, from a /proc that a test lays out.
#include "platform/tasks.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "test_folder.h"

namespace pmubench {
namespace {

class TasksTest : public ::testing::Test {
 protected:
  void Put(int pid, int tid, const std::string& name, const std::string& children = "") {
    const std::string task = "proc/" + std::to_string(pid) + "/task/" + std::to_string(tid);
    folder_.Write(task + "/comm", name + '\n');
    folder_.Write(task + "/children", children);
  }

  const TestFolder folder_;
  const std::filesystem::path& root_ = folder_.path();
};

TEST_F(TasksTest, ThreadsByNumber) {
  Put(100, 100, "main");
  Put(100, 1002, "a (b) c");
  Put(100, 101, "worker");
  auto tasks = ListTasks(root_, 100);
  ASSERT_TRUE(tasks.ok());
  ASSERT_EQ(tasks->size(), 3u);
  EXPECT_EQ((*tasks)[1].tid, 101);
  EXPECT_EQ((*tasks)[1].pid, 100);
  EXPECT_EQ((*tasks)[2].name, "a (b) c");
}

TEST_F(TasksTest, NoSuchProcess) {
  auto tasks = ListTasks(root_, 100);
  ASSERT_FALSE(tasks.ok());
  EXPECT_EQ(tasks.error().code, ErrorCode::kNotFound);
}

TEST_F(TasksTest, ChildrenOfEveryThreadAndTheirChildren) {
  Put(100, 100, "main", "200 ");
  Put(100, 101, "worker", "300 301 ");
  Put(200, 200, "child", "");
  Put(300, 300, "child", "400 ");
  EXPECT_EQ(ListProcessTree(root_, 100), (std::vector<pid_t>{100, 200, 300, 301, 400}));
  EXPECT_EQ(ListProcessTree(root_, 999), (std::vector<pid_t>{999}));
}

TEST_F(TasksTest, ThisProcess) {
  auto tasks = ListTasks("/", getpid());
  ASSERT_TRUE(tasks.ok());
  EXPECT_EQ(tasks->front().tid, getpid());
}

}  // namespace
}  // namespace pmubench
