#include "cli/git_tree.h"

#include <fmt/format.h>

#include "runner/child.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

Result<int> RunIn(const std::vector<std::string>& command, ChildOptions::Output output) {
  ChildOptions options;
  options.command = command;
  options.output = output;
  auto child = Child::Start(options);
  if (!child) return child.error();
  if (auto released = child->Release(); !released) return released.error();
  return child->Wait().exit_code;
}

}  // namespace

Result<int> RunLoud(const std::vector<std::string>& command) {
  return RunIn(command, ChildOptions::Output::kToStandardError);
}

Result<GitTree> GitTree::Make(const std::string& revision, const fs::path& folder) {
  const auto added =
      RunLoud({"git", "worktree", "add", "--quiet", "--detach", folder.string(), revision});
  if (!added) return added.error();
  if (*added != 0) {
    return Error{ErrorCode::kBadInput, fmt::format("git cannot check out '{}'", revision),
                 "run in the repository, and give a revision that `git rev-parse` knows"};
  }
  GitTree tree;
  tree.folder_ = folder;
  return tree;
}

GitTree::~GitTree() {
  if (folder_.empty()) return;
  // What git cannot remove now, `git worktree prune` does: its folder is temporary.
  (void)RunIn({"git", "worktree", "remove", "--force", folder_.string()},
              ChildOptions::Output::kCapture);
}

Result<void> GitTree::Build(const std::string& command) const {
  if (command.empty()) return {};
  const auto built = RunLoud({"/bin/sh", "-c", "cd \"$0\" && " + command, folder_.string()});
  if (!built) return built.error();
  if (*built == 0) return {};
  return Error{ErrorCode::kBadInput, fmt::format("'{}' ended with exit code {}", command, *built),
               "both revisions have to build to be compared"};
}

}  // namespace pmubench
