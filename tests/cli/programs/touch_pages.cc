// Page faults on demand, for tests of `stat`:  touch_pages PAGES [MS]
// Two workers start at once; for each line "old" of standard input the first of them touches PAGES
// fresh pages, for "new" a new thread does, MS after its start, for "child" a child process. "ok"
// is printed when it is done. Ends at the end of its input with exit code 5.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <semaphore>
#include <string>
#include <thread>

namespace {

void Touch(std::size_t pages) {
  const std::size_t size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* memory =
      mmap(nullptr, pages * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  madvise(memory, pages * size, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < pages; ++i) static_cast<volatile char*>(memory)[i * size] = 1;
  munmap(memory, pages * size);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t pages = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1;
  const std::chrono::milliseconds until_found(argc > 2 ? std::atoi(argv[2]) : 300);
  std::binary_semaphore work{0}, done{0};
  bool stop = false;
  std::thread old([&] {
    prctl(PR_SET_NAME, "old_worker");
    for (work.acquire(); !stop; work.acquire()) {
      Touch(pages);
      done.release();
    }
  });
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "old") {
      work.release();
      done.acquire();
    } else if (line == "new") {
      std::thread([&] {
        prctl(PR_SET_NAME, "new_worker");
        // Long enough to be seen by whoever looks for new threads.
        std::this_thread::sleep_for(until_found);
        Touch(pages);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }).join();
    } else if (line == "child") {
      const pid_t child = fork();
      if (child == 0) {
        Touch(pages);
        _exit(0);
      }
      waitpid(child, nullptr, 0);
    }
    std::cout << "ok" << std::endl;
  }
  stop = true;
  work.release();
  old.join();
  return 5;
}
