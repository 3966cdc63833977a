#include "validate/quantities.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "validate/loops.h"
#include "validate/memory.h"

namespace pmubench {
namespace {

using Caches = std::vector<CacheLevel>;

constexpr std::uint64_t kSteps = 5'000;
constexpr std::uint64_t kLongest = kLengths.back();
/// Random branches: the binomial spread of 15,000 tosses is 0.8 %, loops mispredict a little more.
constexpr double kRandomTolerance = 0.05;
/// Caches and TLBs: some lines of the chain are still there by chance.
constexpr double kCacheTolerance = 0.15;

Truth Exactly(double per_step, double tolerance = 0) {
  return {TruthKind::kExactly, per_step, tolerance};
}

template <typename Loop>
ReadyLoop Ready(Loop loop, Truth truth, std::uint64_t steps = kSteps) {
  return {std::move(loop), steps, truth};
}

/// 64 bytes that the loops read and write: one line of the first cache.
struct alignas(64) Line {
  std::byte bytes[64] = {};
};

Result<ReadyLoop> Instructions(const Caches&) {
  return Ready(loops::Adds, Exactly(loops::kAdds.instructions));
}

Result<ReadyLoop> Integer(const Caches&) {
  return Ready(loops::Adds, Exactly(loops::kAdds.integer));
}

/// A dependent addition takes a cycle at least; all else of a step hides behind it or does not,
/// but the same at every length.
Result<ReadyLoop> Cycles(const Caches&) {
  return Ready(loops::Adds, {TruthKind::kProportional, 8, 0});
}

Result<ReadyLoop> Loads(const Caches&) {
  auto line = std::make_shared<Line>();
  return Ready([line](std::uint64_t steps) { loops::Loads(steps, line->bytes); },
               Exactly(loops::kLoads.loads));
}

Result<ReadyLoop> Stores(const Caches&) {
  auto line = std::make_shared<Line>();
  return Ready([line](std::uint64_t steps) { loops::Stores(steps, line->bytes); },
               Exactly(loops::kStores.stores));
}

Result<ReadyLoop> Branches(const Caches&) {
  return Ready(loops::NotTaken, Exactly(loops::kNotTaken.branches));
}

Result<ReadyLoop> TakenBranches(const Caches&) {
  return Ready(loops::Taken, Exactly(loops::kTaken.taken));
}

/// The same with branches that fall through: an event that counts them too over-counts here.
Result<ReadyLoop> TakenOfMixed(const Caches&) {
  return Ready(loops::NotTaken, Exactly(loops::kNotTaken.taken));
}

std::shared_ptr<std::vector<std::uint8_t>> RandomTable(std::size_t size) {
  auto table = std::make_shared<std::vector<std::uint8_t>>(size);
  std::mt19937 random(1);
  for (std::uint8_t& byte : *table) byte = static_cast<std::uint8_t>(random() >> 31);
  return table;
}

/// Each run goes through the table from where the last one ended: a predictor that has learnt
/// the table by heart would be measured otherwise.
ReadyLoop RandomLoop(Truth truth) {
  auto table = RandomTable(kSteps * kLongest * 8);
  auto at = std::make_shared<std::size_t>(0);
  return Ready(
      [table, at](std::uint64_t steps) {
        if (*at + steps > table->size()) *at = 0;
        loops::Random(steps, table->data() + *at);
        *at += steps;
      },
      truth);
}

Result<ReadyLoop> Mispredictions(const Caches&) {
  return RandomLoop(Exactly(0.5, kRandomTolerance));
}

/// Whatever a front end does, half the branches restart it.
Result<ReadyLoop> FrontendStalls(const Caches&) {
  return RandomLoop({TruthKind::kAtLeast, 0.25, 0});
}

/// A chain through `bytes` in steps of `stride`.
Result<ReadyLoop> ChainLoop(std::size_t bytes, std::size_t stride, std::size_t line, Truth truth) {
  auto pages = std::make_shared<Pages>(bytes);
  if (pages->data() == nullptr) {
    return Error{ErrorCode::kNotFound, fmt::format("no {} MiB of memory", bytes >> 20), ""};
  }
  auto at = std::make_shared<void*>(MakeChain(*pages, stride, line));
  const std::uint64_t steps = std::min<std::uint64_t>(kSteps, bytes / stride);
  return Ready([pages, at](std::uint64_t n) { *at = loops::Chase(n, *at); }, truth, steps);
}

/// Eight times a level: by chance one in eight lines is there still, unless the cache is smarter.
constexpr std::uint64_t kTimes = 8;
constexpr std::uint64_t kMost = std::uint64_t{1} << 30;
constexpr std::uint64_t kUsualL1 = 64 * 1024;
constexpr std::size_t kUsualLine = 64;

/// The largest data or unified cache of at most `level`; `last`: of any level.
const CacheLevel* FindCache(const Caches& caches, int level, bool last = false) {
  const CacheLevel* found = nullptr;
  for (const CacheLevel& cache : caches) {
    if (cache.type == "Instruction" || (cache.level != level && !last)) continue;
    if (found == nullptr || cache.level > found->level) found = &cache;
  }
  return found;
}

Result<ReadyLoop> Beyond(const CacheLevel* cache, std::uint64_t usual, Truth truth) {
  const std::uint64_t size = cache != nullptr && cache->size > 0 ? cache->size : usual;
  if (size == 0) {
    return Error{ErrorCode::kNotFound, "the size of the cache is not known here",
                 "firmware tells it in /sys/devices/system/cpu/cpu0/cache"};
  }
  const std::size_t line =
      cache != nullptr && cache->line > 0 ? static_cast<std::size_t>(cache->line) : kUsualLine;
  if (size > kMost / kTimes) {
    return Error{
        ErrorCode::kNotFound,
        fmt::format("a cache of {} MiB would take more memory than the check uses", size >> 20),
        ""};
  }
  return ChainLoop(size * kTimes, line, line, truth);
}

Result<ReadyLoop> L1Misses(const Caches& caches) {
  return Beyond(FindCache(caches, 1), kUsualL1, Exactly(1, kCacheTolerance));
}

Result<ReadyLoop> L2Misses(const Caches& caches) {
  return Beyond(FindCache(caches, 2), 0, Exactly(1, kCacheTolerance));
}

Result<ReadyLoop> LlcMisses(const Caches& caches) {
  return Beyond(FindCache(caches, 0, true), 0, Exactly(1, kCacheTolerance));
}

/// A load whose address comes from a load that missed: the back end waits a cycle at least.
Result<ReadyLoop> BackendStalls(const Caches& caches) {
  return Beyond(FindCache(caches, 1), kUsualL1, {TruthKind::kAtLeast, 1, 0});
}

/// One line of each of 16,384 pages: beyond the second-level TLBs of today (4,096 entries).
Result<ReadyLoop> PageWalks(const Caches&) {
  const std::size_t page = Pages::PageSize();
  return ChainLoop(16'384 * page, page, kUsualLine, Exactly(1, kCacheTolerance));
}

Result<ReadyLoop> PageFaults(const Caches&) {
  constexpr std::uint64_t kPages = 256;
  return Ready(
      [](std::uint64_t steps) {
        const std::size_t page = Pages::PageSize();
        const Pages fresh(steps * page);
        if (fresh.data() == nullptr) return;
        for (std::size_t i = 0; i < steps; ++i) {
          *reinterpret_cast<volatile char*>(fresh.data() + i * page) = 1;
        }
      },
      Exactly(1), kPages);
}

Result<ReadyLoop> ScalarFp(const Caches&) {
  return Ready(loops::Scalar, Exactly(loops::kScalar.scalar));
}

Result<ReadyLoop> VectorFp(const Caches&) {
  return Ready(loops::Vector, Exactly(loops::kVector.vector));
}

}  // namespace

const std::vector<Quantity>& Quantities() {
  static const std::vector<Quantity> kQuantities = {
      {"instructions", "8 dependent additions and the loop", false, Instructions},
      {"cycles", "8 dependent additions", false, Cycles},
      {"integer_operations", "8 additions and the loop's", false, Integer},
      {"loads", "8 loads of one line", false, Loads},
      {"stores", "8 stores to one line", false, Stores},
      {"branches", "4 branches never taken and the loop's", false, Branches},
      {"taken_branches", "4 jumps and the loop's branch", false, TakenBranches},
      {"taken_of_mixed_branches", "the loop's branch beside 4 never taken", false, TakenOfMixed},
      {"mispredictions", "a branch on a random bit", false, Mispredictions},
      {"frontend_stalls", "a branch on a random bit", false, FrontendStalls},
      {"backend_stalls", "a chain of loads through 8 times the L1 data cache", false,
       BackendStalls},
      {"l1d_misses", "a chain of loads through 8 times the L1 data cache", false, L1Misses},
      {"l2_misses", "a chain of loads through 8 times the L2 cache", false, L2Misses},
      {"llc_misses", "a chain of loads through 8 times the last cache", false, LlcMisses},
      {"page_walks", "a chain of loads through 16,384 pages", false, PageWalks},
      {"page_faults", "fresh pages touched", true, PageFaults},
      {"scalar_fp", "8 scalar additions, double precision", false, ScalarFp},
      {"vector_fp", "8 additions of 128 bits, double precision", false, VectorFp},
  };
  return kQuantities;
}

const Quantity* FindQuantity(std::string_view name) {
  const auto& all = Quantities();
  const auto it = std::find_if(all.begin(), all.end(),
                               [name](const Quantity& quantity) { return quantity.name == name; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace pmubench
