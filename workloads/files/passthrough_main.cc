// The passthrough as a program: mounts, serves in one thread until it is told to end, unmounts.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "files/passthrough.h"

namespace pmubench::files {
namespace {

constexpr const char* kHelp =
    R"(usage: pmubench_files_passthrough FOLDER MOUNT-POINT [none|kernel] [COUNTS]

Shows FOLDER at MOUNT-POINT through FUSE until it gets SIGTERM or Ctrl-C, then unmounts. Anything
may work there meanwhile, e.g. fio --directory=MOUNT-POINT. Should a mount be left after a kill -9:
fusermount3 -u MOUNT-POINT.

  none     every operation reaches this program, as with FUSE's direct_io (the default)
  kernel   the kernel keeps pages, and for a second names and attributes
  COUNTS   a file that holds requests, bytes read and bytes written, as three 64-bit numbers,
           always up to date

Exit codes: 0 fine; 2 wrong use, or a folder that is not there; 3 FUSE is not permitted.
)";

struct Options {
  std::string folder;
  std::string mount_point;
  bool kernel_cache = false;
  std::string counts;
};

int Fail(int code, const std::string& message) {
  fmt::print(stderr, "pmubench_files_passthrough: {}\n", message);
  return code;
}

/// The file's mapping, or memory of its own where no file is wanted; nullptr where that fails.
Served* MapCounts(const std::string& path) {
  int descriptor = -1;
  if (!path.empty()) {
    descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0 || ftruncate(descriptor, sizeof(Served)) != 0) return nullptr;
  }
  void* memory = mmap(nullptr, sizeof(Served), PROT_READ | PROT_WRITE,
                      MAP_SHARED | (path.empty() ? MAP_ANONYMOUS : 0), descriptor, 0);
  if (descriptor >= 0) close(descriptor);
  return memory == MAP_FAILED ? nullptr : static_cast<Served*>(memory);
}

/// Each file that the kernel knows holds a descriptor, and the usual limit is 1024.
void AllowManyFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/// fuse_session_loop(), counting requests. 0, or a negative errno.
int Serve(fuse_session* session, Served& served) {
  fuse_buf buffer{};
  int result = 0;
  while (fuse_session_exited(session) == 0) {
    result = fuse_session_receive_buf(session, &buffer);
    if (result == -EINTR) continue;
    if (result <= 0) break;
    ++served.requests;
    fuse_session_process_buf(session, &buffer);
  }
  std::free(buffer.mem);
  return result == -EINTR || result > 0 ? 0 : result;
}

/// A starter that wants us to end with it would have us killed; told to end, we unmount as well.
void EndInOrderWithStarter() {
  int signal = 0;
  if (prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal != 0) prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int Run(const Options& options) {
  const int root = open(options.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0)
    return Fail(2, fmt::format("no folder {}: {}", options.folder, std::strerror(errno)));
  if (mkdir(options.mount_point.c_str(), 0700) != 0 && errno != EEXIST) {
    return Fail(2, fmt::format("cannot make {}: {}", options.mount_point, std::strerror(errno)));
  }
  Served* served = MapCounts(options.counts);
  if (served == nullptr) {
    return Fail(2, fmt::format("cannot write {}: {}", options.counts, std::strerror(errno)));
  }
  AllowManyFiles();
  umask(0);  // the kernel has applied the caller's

  Passthrough server(root, options.kernel_cache, *served);
  const fuse_lowlevel_ops operations = PassthroughOperations();
  // auto_unmount: fusermount3 waits for our end and unmounts. Not in every case: where it was the
  // one to mount, it may look before the kernel has taken notice of a kill (3.14).
  const char* arguments[] = {"pmubench_files_passthrough", "-o",
                             "fsname=pmubench,subtype=passthrough,auto_unmount", nullptr};
  fuse_args args = FUSE_ARGS_INIT(3, const_cast<char**>(arguments));
  fuse_session* session = fuse_session_new(&args, &operations, sizeof operations, &server);
  fuse_opt_free_args(&args);
  if (session == nullptr) return Fail(3, "libfuse makes no session (it says why above)");
  int code = 3;
  if (fuse_set_signal_handlers(session) == 0) {
    EndInOrderWithStarter();
    if (fuse_session_mount(session, options.mount_point.c_str()) == 0) {
      const int error = Serve(session, *served);
      code = error == 0 ? 0 : Fail(3, fmt::format("/dev/fuse: {}", std::strerror(-error)));
      // Whoever ends us may tell our whole process group, and an ignored signal stays so over exec:
      // without root it is a fusermount3 in that group that unmounts, and it is to finish.
      std::signal(SIGTERM, SIG_IGN);
      fuse_session_unmount(session);
    } else {
      (void)Fail(3, fmt::format("cannot mount at {}", options.mount_point));
    }
    fuse_remove_signal_handlers(session);
  }
  fuse_session_destroy(session);
  return code;
}

}  // namespace
}  // namespace pmubench::files

int main(int argc, char** argv) {
  using pmubench::files::Options;
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--help" || first == "-h") {
    fmt::print("{}", pmubench::files::kHelp);
    return 0;
  }
  const std::string_view cache = argc > 3 ? argv[3] : "none";
  if (argc < 3 || argc > 5 || (cache != "none" && cache != "kernel")) {
    fmt::print(stderr, "{}", pmubench::files::kHelp);
    return 2;
  }
  return pmubench::files::Run({argv[1], argv[2], cache == "kernel", argc > 4 ? argv[4] : ""});
}
