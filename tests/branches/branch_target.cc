// A program whose branches are known: a loop whose inner condition is met three times out of four.
// Usage: branch_target [milliseconds of CPU time] [threads]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>
#include <vector>

extern "C" {
volatile unsigned long sink = 0;

[[gnu::noinline]] void Rare() { sink = sink + 3; }
[[gnu::noinline]] void Often() { sink = sink + 1; }

[[gnu::noinline]] void Work(unsigned long turns) {
  for (unsigned long i = 0; i < turns; ++i) {
    if (i % 4 == 0) {
      Rare();
    } else {
      Often();
    }
  }
}
}

int main(int argc, char** argv) {
  const int milliseconds = argc > 1 ? std::atoi(argv[1]) : 200;
  const int threads = argc > 2 ? std::atoi(argv[2]) : 1;
  // CPU time, not time: a loaded machine or a debugger must not shorten the work.
  const auto run = [&] {
    timespec now{};
    do {
      Work(20000);
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < milliseconds);
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
  std::printf("done\n");
}
