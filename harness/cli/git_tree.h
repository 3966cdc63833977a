// A revision checked out beside the user's own tree, and built.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// `git worktree` of one revision; taken off git's list in the end. The repository is the one that
/// the current folder is in.
class GitTree {
 public:
  /// Errors: kBadInput where there is no repository or no such revision.
  static Result<GitTree> Make(const std::string& revision, const std::filesystem::path& folder);
  GitTree(GitTree&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  GitTree& operator=(GitTree&&) = delete;
  ~GitTree();

  /// Runs the command line in the tree, its output on standard error. Errors: kBadInput where it
  /// fails.
  [[nodiscard]] Result<void> Build(const std::string& command) const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  GitTree() = default;
  std::filesystem::path folder_;
};

/// Runs `command` with its output on standard error; its exit code.
[[nodiscard]] Result<int> RunLoud(const std::vector<std::string>& command);

}  // namespace pmubench
