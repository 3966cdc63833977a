#include "bandwidth/traffic_team.h"

#include <fmt/format.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace pmubench {
namespace {

constexpr std::size_t kArrays = 3;
constexpr std::size_t kLeastBytes = std::size_t{4} << 20;
constexpr std::uint64_t kTimesTheCaches = 4;
constexpr std::size_t kPage = 4096;

/// Memory that goes with the object; one mapping for the arrays of a thread.
class Mapping {
 public:
  explicit Mapping(std::size_t bytes)
      : bytes_(bytes),
        address_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (good()) munmap(address_, bytes_);
  }
  [[nodiscard]] bool good() const { return address_ != MAP_FAILED; }
  [[nodiscard]] double* data() const { return static_cast<double*>(address_); }

 private:
  std::size_t bytes_;
  void* address_;
};

bool PinTo(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

/// Kernels without NUMA have no such call and need none.
bool BindMemory(const std::vector<int>& nodes) {
  constexpr std::size_t kBits = 8 * sizeof(unsigned long);
  std::vector<unsigned long> mask(16);
  for (const int node : nodes) {
    mask.at(static_cast<std::size_t>(node) / kBits) |= 1UL
                                                       << (static_cast<std::size_t>(node) % kBits);
  }
  return nodes.empty() ||
         syscall(SYS_set_mempolicy, MPOL_BIND, mask.data(), mask.size() * kBits) == 0 ||
         errno == ENOSYS || errno == EPERM;
}

std::uint64_t LastLevelBytes(const Topology& topology) {
  std::uint64_t bytes = 0;
  int last = 0;
  for (const CacheLevel& cache : topology.caches) {
    if (cache.level < last) continue;
    last = cache.level;
    const auto sharing = static_cast<std::uint64_t>(std::max(cache.sharing, 1));
    bytes = cache.size * std::max<std::uint64_t>(1, topology.cpus.size() / sharing);
  }
  return bytes;
}

}  // namespace

Result<TrafficPlace> PlaceOfSocket(const BandwidthMachine& machine, int socket) {
  TrafficPlace place;
  std::set<int> nodes;
  for (const CpuPlace& cpu : machine.topology.cpus) {
    if (socket >= 0 && cpu.socket != socket) continue;
    place.cpus.push_back(cpu.cpu);
    nodes.insert(cpu.node);
  }
  if (place.cpus.empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("socket {} has no CPU that is online", socket),
                 ""};
  }
  std::uint64_t memory = 0;
  for (const NumaNode& node : machine.topology.nodes) {
    if (!nodes.contains(node.node) || node.memory_bytes == 0) continue;
    place.nodes.push_back(node.node);
    memory += node.memory_bytes;
  }
  if (place.nodes.empty() && !machine.topology.nodes.empty()) {
    return Error{
        ErrorCode::kNotFound,
        fmt::format("socket {} has no memory of its own: nothing can be written there", socket),
        "look at the other sockets only"};
  }
  const std::size_t arrays = place.cpus.size() * kArrays;
  std::size_t bytes = std::max<std::size_t>(
      kLeastBytes, kTimesTheCaches * LastLevelBytes(machine.topology) / place.cpus.size());
  if (memory > 0) bytes = std::min<std::size_t>(bytes, memory / 4 / arrays);
  place.bytes_an_array = std::max(bytes / kPage * kPage, kPage);
  return place;
}

class TrafficTeam::Threads {
 public:
  explicit Threads(const TrafficPlace& place) : place_(place) {
    for (const int cpu : place.cpus) threads_.emplace_back([this, cpu] { Live(cpu); });
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
      stop_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  /// The first thread's trouble, once all have their memory.
  std::optional<Error> WaitUntilReady() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == threads_.size(); });
    return error_;
  }

  void Begin(const TrafficKernelInfo& kernel) {
    {
      const std::lock_guard lock(mutex_);
      kernel_ = kernel;
      stop_ = false;
      elements_ = 0;
      waiting_ = 0;
      ++turn_;
    }
    changed_.notify_all();
  }

  TeamTraffic End() {
    stop_ = true;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == threads_.size(); });
    const double bytes = static_cast<double>(elements_) * sizeof(double);
    return {bytes * kernel_.words.read, bytes * kernel_.words.write,
            bytes * kernel_.words.allocated};
  }

 private:
  void Live(int cpu) {
    const Mapping memory(kArrays * place_.bytes_an_array);
    const std::size_t size = place_.bytes_an_array / sizeof(double);
    bool good = PinTo(cpu) && BindMemory(place_.nodes);
    if (good && memory.good()) {
      std::fill_n(memory.data(), kArrays * size, 1.0);
    } else {
      good = false;
    }
    const TrafficArrays arrays = {memory.data(), memory.data() + size, memory.data() + 2 * size,
                                  size};
    std::unique_lock lock(mutex_);
    if (!good) {
      error_ =
          Error{ErrorCode::kSystem,
                fmt::format("CPU {} cannot be used for the load: {}", cpu, std::strerror(errno)),
                "was it taken offline, or is the memory short?"};
    }
    for (unsigned turn = turn_;; turn = turn_) {
      ++waiting_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return over_ || turn_ != turn; });
      if (over_) return;
      const TrafficKernel kernel = kernel_.kernel;
      lock.unlock();
      std::uint64_t elements = 0;
      while (!stop_) {
        (void)RunTrafficKernel(kernel, arrays);
        elements += size;
      }
      lock.lock();
      elements_ += elements;
    }
  }

  const TrafficPlace place_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stop_ = true;
  bool over_ = false;
  unsigned turn_ = 0;
  std::size_t waiting_ = 0;
  TrafficKernelInfo kernel_;
  std::uint64_t elements_ = 0;
  std::optional<Error> error_;
  std::vector<std::thread> threads_;
};

TrafficTeam::TrafficTeam(std::unique_ptr<Threads> threads) : threads_(std::move(threads)) {}
TrafficTeam::TrafficTeam(TrafficTeam&&) noexcept = default;
TrafficTeam& TrafficTeam::operator=(TrafficTeam&&) noexcept = default;
TrafficTeam::~TrafficTeam() = default;

Result<TrafficTeam> TrafficTeam::Start(const TrafficPlace& place) {
  auto threads = std::make_unique<Threads>(place);
  if (const auto error = threads->WaitUntilReady()) return *error;
  return TrafficTeam(std::move(threads));
}

void TrafficTeam::Begin(const TrafficKernelInfo& kernel) { threads_->Begin(kernel); }
TeamTraffic TrafficTeam::End() { return threads_->End(); }

}  // namespace pmubench
