#include "platform/tasks.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/files.h"

namespace pmubench {
namespace {

std::filesystem::path TaskFolder(const std::filesystem::path& root, pid_t pid) {
  return root / "proc" / std::to_string(pid) / "task";
}

}  // namespace

Result<std::vector<Task>> ListTasks(const std::filesystem::path& root, pid_t pid) {
  const auto folder = TaskFolder(root, pid);
  std::vector<Task> tasks;
  for (const std::string& name : ListNames(folder)) {
    const auto tid = ParseUnsigned(name);
    const auto comm = ReadText(folder / name / "comm");
    if (!tid || !comm) continue;  // it ended between the two reads
    tasks.push_back({static_cast<pid_t>(*tid), pid, *comm});
  }
  if (tasks.empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no process {}", pid),
                 "`ps -e` lists the processes"};
  }
  std::sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) { return a.tid < b.tid; });
  return tasks;
}

std::vector<pid_t> ListProcessTree(const std::filesystem::path& root, pid_t pid) {
  std::vector<pid_t> tree{pid};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto folder = TaskFolder(root, tree[i]);
    for (const std::string& tid : ListNames(folder)) {
      const auto children = ReadText(folder / tid / "children");
      if (!children) continue;
      for (const std::string& child : Split(*children, ' ')) {
        if (const auto number = ParseUnsigned(child)) tree.push_back(static_cast<pid_t>(*number));
      }
    }
  }
  return tree;
}

}  // namespace pmubench
