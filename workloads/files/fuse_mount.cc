#include "files/fuse_mount.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "files/served.h"
#include "platform/files.h"
#include "runner/child.h"
#include "runner/workloads.h"

namespace pmubench::files {
namespace {

constexpr const char* kCounts = "counts";

/// The counts of a server whose file is there by now; nullptr where it cannot be mapped.
std::shared_ptr<const Served> MapServed(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  const void* memory = mmap(nullptr, sizeof(Served), PROT_READ, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (memory == MAP_FAILED) return nullptr;
  return {static_cast<const Served*>(memory),
          [](const Served* served) { munmap(const_cast<Served*>(served), sizeof(Served)); }};
}

/// A mount without a server, by the program that any user may unmount with.
void Unmount(const std::filesystem::path& point) {
  ChildOptions options;
  options.command = {"fusermount3", "-u", "-z", point.string()};
  options.output = ChildOptions::Output::kCapture;
  auto child = Child::Start(options);
  if (child && child->Release()) child->Wait();
}

std::string Path() {
  const char* path = std::getenv("PATH");
  return path == nullptr ? "" : path;
}

}  // namespace

Result<void> FuseUsable(const std::filesystem::path& root, std::string_view path) {
  const auto device = root / "dev/fuse";
  struct stat status {};
  if (stat(device.c_str(), &status) != 0 || !S_ISCHR(status.st_mode) ||
      status.st_rdev != makedev(10, 229)) {
    return Error{
        ErrorCode::kNotPermitted,
        fmt::format("{} is not there: no FUSE in this kernel or container", device.string()),
        "modprobe fuse; a container needs --device /dev/fuse --cap-add SYS_ADMIN"};
  }
  if (access(device.c_str(), R_OK | W_OK) != 0) {
    return Error{ErrorCode::kNotPermitted,
                 fmt::format("{}: {}", device.string(), std::strerror(errno)),
                 fmt::format("chmod 666 {}, or run as its owner", device.string())};
  }
  if (FindProgram("fusermount3", path).empty()) {
    return Error{ErrorCode::kNotFound, "fusermount3 is not installed", "apt-get install fuse3"};
  }
  return {};
}

bool IsMounted(const std::filesystem::path& point) {
  struct stat here {};
  struct stat above {};
  if (stat(point.c_str(), &here) != 0) return errno == ENOTCONN;
  return stat(point.parent_path().c_str(), &above) == 0 && here.st_dev != above.st_dev;
}

Result<FuseMount> FuseMount::Start(const MountOptions& options) {
  if (const auto usable = FuseUsable("/", Path()); !usable) return usable.error();
  if (access(options.program.c_str(), X_OK) != 0) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no {}", options.program.string()),
                 "build the target pmubench_files_passthrough; it stands beside pmubench_files"};
  }
  ServerOptions server;
  server.command = {options.program.string(), options.folder.string(), "{folder}/mount",
                    options.kernel_cache ? "kernel" : "none",
                    fmt::format("{{folder}}/{}", kCounts)};
  if (options.cpu >= 0) server.cpus = {options.cpu};
  server.ready = [](const ServerProcess& process) { return IsMounted(process.folder() / "mount"); };
  auto started = ServerProcess::Start(server);
  if (!started) {
    return Error{ErrorCode::kNotPermitted, started.error().message,
                 "mounting takes root, or a setuid fusermount3; a container needs --cap-add "
                 "SYS_ADMIN and a seccomp profile that allows mount"};
  }
  FuseMount mount;
  mount.server_ = std::make_unique<ServerProcess>(*std::move(started));
  mount.point_ = mount.server_->folder() / "mount";
  mount.served_ = MapServed(mount.server_->folder() / kCounts);
  if (mount.served_ == nullptr) {
    return Error{ErrorCode::kSystem, "the passthrough's counts cannot be mapped", ""};
  }
  return mount;
}

FuseMount::~FuseMount() {
  if (server_ == nullptr) return;
  server_->Stop();
  // After a kill it is for fusermount3 to unmount, a moment later; not all of its versions do.
  for (int tries = 0; IsMounted(point_) && tries < 100; ++tries) usleep(5000);
  if (IsMounted(point_)) Unmount(point_);
}

bool FuseMount::Ended() { return server_->AwaitEnd(); }

ServedCounts FuseMount::served() const {
  return {served_->requests, served_->read_bytes, served_->written_bytes};
}

}  // namespace pmubench::files
