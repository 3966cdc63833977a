// A server whose every request costs a known number of page faults and instructions, spread over
// what counters on it have to reach: a thread that was there before they were attached, one that
// came later, and a child process.
//
//   known_server serve SOCKET            answers until it is ended
//   known_server load SOCKET REQUESTS       prints "requests: N"
//   known_server load SOCKET kill           asks it to end by SIGKILL
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

namespace {

// By request: a connection's own thread, the old thread, and the child.
constexpr int kNewPages = 3;
constexpr int kOldPages = 4;
constexpr int kChildPages = 5;
constexpr long kTurns = 50'000;  // of a loop of two instructions, in each of the three

void Touch(int pages) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t size = static_cast<std::size_t>(pages) * page;
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(memory, size, MADV_NOHUGEPAGE);
  for (std::size_t at = 0; at < size; at += page) static_cast<volatile char*>(memory)[at] = 1;
  munmap(memory, size);
}

void Spin() {
  long turns = kTurns;
#if defined(__aarch64__)
  asm volatile("1: subs %0, %0, #1\n b.ne 1b" : "+r"(turns) : : "cc");
#elif defined(__x86_64__)
  asm volatile("1: dec %0\n jnz 1b" : "+r"(turns) : : "cc");
#else
  while (turns > 0) asm volatile("" : "+r"(turns) : "0"(turns - 1));
#endif
}

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

void Get(int descriptor, char& byte) {
  if (read(descriptor, &byte, 1) != 1) byte = 'q';
}
void Put(int descriptor, char byte) {
  if (write(descriptor, &byte, 1) != 1) std::_Exit(1);
}

/// Works whenever a byte comes, and hands it back.
void Serve(int descriptor, int pages) {
  for (char byte = 0;;) {
    Get(descriptor, byte);
    if (byte == 'q') return;
    Touch(pages);
    Spin();
    Put(descriptor, byte);
  }
}

sockaddr_un Address(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  return address;
}

int Server(const char* path) {
  int old_thread[2];
  int child[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, old_thread) != 0) Fail("socketpair");
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, child) != 0) Fail("socketpair");
  if (fork() == 0) {
    close(child[0]);
    Serve(child[1], kChildPages);
    return 0;
  }
  close(child[1]);
  std::thread([end = old_thread[1]] { Serve(end, kOldPages); }).detach();
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  const sockaddr_un address = Address(path);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    Fail("bind");
  if (listen(listener, 8) != 0) Fail("listen");
  while (true) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) Fail("accept");
    // One at a time: the test knows what a request costs, not what a queue does.
    std::thread([&] {
      for (char byte = 0;;) {
        Get(connection, byte);
        if (byte == 'q') return;
        if (byte == 'k') kill(getpid(), SIGKILL);
        Touch(kNewPages);
        Spin();
        for (const int other : {old_thread[0], child[0]}) {
          Put(other, byte);
          Get(other, byte);
        }
        Put(connection, byte);
      }
    }).join();
    close(connection);
  }
}

int Load(const char* path, const char* requests) {
  const int connection = socket(AF_UNIX, SOCK_STREAM, 0);
  const sockaddr_un address = Address(path);
  if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    Fail("connect");
  }
  const bool end_it = std::strcmp(requests, "kill") == 0;
  const int count = end_it ? 1 : std::atoi(requests);
  for (int i = 0; i < count; ++i) {
    char byte = 0;
    Put(connection, end_it ? 'k' : 'w');
    Get(connection, byte);
    if (byte != 'w') return 1;
  }
  std::printf("requests: %d\nhalf: %.1f\n", count, count / 2.0);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 2 ? argv[1] : "";
  if (verb == "serve") return Server(argv[2]);
  if (verb == "load" && argc > 3) return Load(argv[2], argv[3]);
  std::fprintf(stderr, "known_server serve SOCKET | load SOCKET REQUESTS\n");
  return 2;
}
