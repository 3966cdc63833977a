// In the lab's guest: asks the host's player for traffic, through a page of memory they share.
//
//   pmubench_lab_mailbox phase N                           play the lines of that phase
//   pmubench_lab_mailbox move SECONDS [COUNTER BYTES]...   move so many bytes, evenly over the
//   time, and
//                                                          wait until all of them were counted
//
// The page's address is in the environment: LAB_MAILBOX. It is no System RAM, so /dev/mem may map
// it with CONFIG_STRICT_DEVMEM too.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Word = std::atomic<std::uint64_t>;

constexpr std::size_t kPhase = 2;
constexpr std::size_t kAsked = 8;
constexpr std::size_t kDone = 8 + 64;
constexpr std::size_t kPageBytes = 4096;

Word* MapPage() {
  const char* address = std::getenv("LAB_MAILBOX");
  const int memory = open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC);
  if (address == nullptr || memory < 0) return nullptr;
  void* page = mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory,
                    static_cast<off_t>(std::strtoull(address, nullptr, 0)));
  return page == MAP_FAILED ? nullptr : static_cast<Word*>(page);
}

struct Order {
  std::size_t counter = 0;
  std::uint64_t bytes = 0, begin = 0;
};

void Move(Word* page, std::vector<Order> orders, double seconds) {
  const auto start = Clock::now();
  for (Order& order : orders) order.begin = page[kAsked + order.counter];
  for (double share = 0; share < 1;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    share = std::chrono::duration<double>(Clock::now() - start).count() / seconds;
    if (share > 1) share = 1;
    for (const Order& order : orders) {
      // Whole pairs of lines for each of up to 16 controllers: nothing is left over at the end.
      const auto moved =
          share < 1
              ? static_cast<std::uint64_t>(share * static_cast<double>(order.bytes)) & ~2047ULL
              : order.bytes;
      page[kAsked + order.counter] = order.begin + moved;
    }
  }
  for (const Order& order : orders) {
    while (page[kDone + order.counter] < order.begin + order.bytes) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  Word* page = MapPage();
  if (page == nullptr) {
    std::fprintf(stderr, "no mailbox at LAB_MAILBOX\n");
    return 1;
  }
  if (words.size() == 2 && words[0] == "phase") {
    page[kPhase] = std::strtoull(words[1].c_str(), nullptr, 0);
    return 0;
  }
  if (words.size() >= 4 && words.size() % 2 == 0 && words[0] == "move") {
    std::vector<Order> orders;
    for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
      orders.push_back({std::strtoull(words[i].c_str(), nullptr, 0),
                        static_cast<std::uint64_t>(std::strtod(words[i + 1].c_str(), nullptr)), 0});
    }
    Move(page, orders, std::strtod(words[1].c_str(), nullptr));
    return 0;
  }
  std::fprintf(stderr, "usage: phase N | move SECONDS [COUNTER BYTES]...\n");
  return 2;
}
