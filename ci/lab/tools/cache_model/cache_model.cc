// A plugin for QEMU's TCG: the guest's own loads and stores go through a model of a last-level
// cache, and what misses it becomes memory traffic. A test tool of its own, linked with nothing of
// the project.
//
// The cache is physically indexed, set-associative, LRU, write-back and write-allocate, with lines
// of 64 bytes. A miss adds 64 bytes to the mailbox's byte counter 0 (read from memory), a dirty
// line that leaves adds 64 to counter 1 (written); the player makes flits of them.
//
//   -plugin cache_model.so,memory=FILE,mailbox=OFFSET,kib=SIZE,ways=N
//
// Not seen: what QEMU does in helper functions (DC ZVA, and so memset to zero and the kernel's
// clear_page; SVE loads and stores), instruction fetches, walks of page tables.
//
// Debian 12 has no package with qemu-plugin.h: the few declarations of version 1 of the interface
// (QEMU 4.2 to 8) that are used stand here. QEMU's interface is under the GPL, version 2 or later.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

extern "C" {
using qemu_plugin_id_t = std::uint64_t;
using qemu_plugin_meminfo_t = std::uint32_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
struct qemu_info_t;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t,
                                           void (*)(qemu_plugin_id_t, qemu_plugin_tb*));
std::size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb*);
qemu_plugin_insn* qemu_plugin_tb_get_insn(const qemu_plugin_tb*, std::size_t);
void qemu_plugin_register_vcpu_mem_cb(qemu_plugin_insn*,
                                      void (*)(unsigned, qemu_plugin_meminfo_t, std::uint64_t,
                                               void*),
                                      int flags, int accesses, void* data);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t);
qemu_plugin_hwaddr* qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t, std::uint64_t);
bool qemu_plugin_hwaddr_is_io(const qemu_plugin_hwaddr*);
std::uint64_t qemu_plugin_hwaddr_phys_addr(const qemu_plugin_hwaddr*);

extern __attribute__((visibility("default"))) int qemu_plugin_version;
int qemu_plugin_version = 1;
}

namespace {

constexpr int kLineBits = 6;
constexpr std::uint64_t kLineBytes = 64;
constexpr std::size_t kFirstCounter = 8;  // a word of the mailbox
constexpr int kLoadsAndStores = 3;

class Cache {
 public:
  void Resize(std::uint64_t kib, std::size_t ways) {
    ways_ = ways;
    sets_ = kib * 1024 / kLineBytes / ways;
    lines_.resize(sets_ * ways);
  }

  /// Bytes read from and written to memory.
  std::pair<std::uint64_t, std::uint64_t> Access(std::uint64_t number, bool store) {
    // In each set the most recently used line stands first.
    const auto begin = lines_.begin() + static_cast<std::ptrdiff_t>(number % sets_ * ways_);
    const auto end = begin + static_cast<std::ptrdiff_t>(ways_);
    auto found = std::find_if(
        begin, end, [=](const Line& line) { return line.valid && line.number == number; });
    const bool hit = found != end;
    if (!hit) found = end - 1;
    const bool leaves_dirty = !hit && found->valid && found->dirty;
    const Line line{number, true, store || (hit && found->dirty)};
    std::move_backward(begin, found, found + 1);
    *begin = line;
    return {hit ? 0 : kLineBytes, leaves_dirty ? kLineBytes : 0};
  }

 private:
  struct Line {
    std::uint64_t number = 0;
    bool valid = false, dirty = false;
  };
  std::uint64_t sets_ = 1;
  std::size_t ways_ = 1;
  std::vector<Line> lines_;
};

// QEMU calls plain functions: the one cache and the mailbox cannot be handed to them otherwise.
Cache cache;
std::mutex cache_lock;
std::atomic<std::uint64_t>* mailbox = nullptr;

void OnAccess(unsigned, qemu_plugin_meminfo_t info, std::uint64_t address, void*) {
  // The same line again in the same way changes nothing: most accesses end here.
  static thread_local std::uint64_t last = ~std::uint64_t{0};
  const bool store = qemu_plugin_mem_is_store(info);
  const std::uint64_t same = address >> kLineBits << 1 | (store ? 1 : 0);
  if (same == last) return;
  qemu_plugin_hwaddr* place = qemu_plugin_get_hwaddr(info, address);
  if (place == nullptr || qemu_plugin_hwaddr_is_io(place)) return;
  last = same;
  const std::uint64_t line = qemu_plugin_hwaddr_phys_addr(place) >> kLineBits;
  const std::lock_guard guard(cache_lock);
  const auto [read, written] = cache.Access(line, store);
  if (read != 0) mailbox[kFirstCounter].fetch_add(read, std::memory_order_relaxed);
  if (written != 0) mailbox[kFirstCounter + 1].fetch_add(written, std::memory_order_relaxed);
}

void OnTranslate(qemu_plugin_id_t, qemu_plugin_tb* block) {
  for (std::size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(block, i), OnAccess, 0,
                                     kLoadsAndStores, nullptr);
  }
}

std::string Option(int count, char** options, const std::string& name,
                   const std::string& otherwise) {
  for (int i = 0; i < count; ++i) {
    const std::string option = options[i];
    if (option.starts_with(name + "=")) return option.substr(name.size() + 1);
  }
  return otherwise;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id,
                                                                          const qemu_info_t*,
                                                                          int count,
                                                                          char** options) {
  const std::string memory = Option(count, options, "memory", "");
  const auto offset = std::strtoull(Option(count, options, "mailbox", "0").c_str(), nullptr, 0);
  const auto kib = std::strtoull(Option(count, options, "kib", "1024").c_str(), nullptr, 0);
  const auto ways = std::strtoull(Option(count, options, "ways", "16").c_str(), nullptr, 0);
  if (ways == 0 || kib * 1024 / kLineBytes < ways) {
    std::fprintf(stderr, "cache_model: a cache of %llu KiB and %llu ways cannot be\n", kib, ways);
    return 1;
  }
  const int file = open(memory.c_str(), O_RDWR | O_CLOEXEC);
  void* page = file < 0 ? MAP_FAILED
                        : mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file,
                               static_cast<off_t>(offset));
  if (page == MAP_FAILED) {
    std::perror("cache_model");
    return 1;
  }
  close(file);
  mailbox = static_cast<std::atomic<std::uint64_t>*>(page);
  cache.Resize(kib, ways);
  qemu_plugin_register_vcpu_tb_trans_cb(id, OnTranslate);
  return 0;
}
