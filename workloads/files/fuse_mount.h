// The passthrough over a folder: started, watched, and gone with us.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "pmubench/result.h"
#include "server/server_process.h"

namespace pmubench::files {

struct Served;

/// Whether a program may mount FUSE file systems here, as far as that can be told without trying.
/// Errors: kNotPermitted or kNotFound, with what would change it.
[[nodiscard]] Result<void> FuseUsable(const std::filesystem::path& root, std::string_view path);

struct MountOptions {
  std::filesystem::path program;  ///< pmubench_files_passthrough
  std::filesystem::path folder;   ///< what is shown
  bool kernel_cache = false;      ///< pages, names and attributes stay in the kernel
  int cpu = -1;                   ///< CPU of the server; -1 any
};

/// What a server has done; the difference of two is what an operation took.
struct ServedCounts {
  std::uint64_t requests = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t written_bytes = 0;
};

/// Move-only owner of a running passthrough and its mount. Both end with this object, and with this
/// process however it ends: the kernel tells the server to end (PR_SET_PDEATHSIG), which unmounts.
class FuseMount {
 public:
  /// Errors: those of FuseUsable() and of ServerProcess::Start(); kNotPermitted where the mount is
  /// refused, with what libfuse said.
  static Result<FuseMount> Start(const MountOptions& options);

  FuseMount(FuseMount&&) noexcept = default;
  FuseMount& operator=(FuseMount&&) = delete;
  ~FuseMount();

  [[nodiscard]] const std::filesystem::path& point() const { return point_; }
  [[nodiscard]] pid_t pid() const { return server_->pid(); }

  /// Whether the server ended or does so now: the kernel refuses operations of a server that was
  /// killed a moment before it can be waited for. Takes a second where it goes on.
  [[nodiscard]] bool Ended();
  [[nodiscard]] ServedCounts served() const;

 private:
  FuseMount() = default;

  std::unique_ptr<ServerProcess> server_;
  std::filesystem::path point_;
  std::shared_ptr<const Served> served_;
};

/// Whether something is mounted at `point`, a mount without a server included.
[[nodiscard]] bool IsMounted(const std::filesystem::path& point);

}  // namespace pmubench::files
