// What is measured: one operation on files, the same on any file system.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "files/workspace.h"
#include "pmubench/result.h"

namespace pmubench::files {

/// One kind of operation at one place. Prepare() once, then Step() again and again, then Verify().
class Operation {
 public:
  virtual ~Operation() = default;

  /// Makes what `steps` operations need; not timed.
  [[nodiscard]] virtual Result<void> Prepare(std::uint64_t steps) = 0;

  /// One operation, timed; allocates nothing unless it fails. What it reads is checked.
  [[nodiscard]] virtual Result<void> Step() = 0;

  /// Whether all that was done is there, seen from below.
  [[nodiscard]] virtual Result<void> Verify() = 0;

  /// Bytes of content an operation reads or writes; 0 where it is about names.
  [[nodiscard]] virtual std::uint64_t bytes() const { return 0; }
};

struct OperationKind {
  const char* name;
  bool uses_up;  ///< each step takes a file that Prepare() made, or leaves one
  /// `at` is the workspace's folder, or where a file system shows it.
  std::unique_ptr<Operation> (*make)(Workspace& workspace, const std::filesystem::path& at);
};

/// Reading and writing a file in blocks.
[[nodiscard]] std::vector<OperationKind> BlockOperations();

/// Many small files: creating, reading, removing them; their names and attributes.
[[nodiscard]] std::vector<OperationKind> SmallFileOperations();

/// All of them.
[[nodiscard]] std::vector<OperationKind> AllOperations();

}  // namespace pmubench::files
