#include "counters/self_test.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "counters/counter_group.h"

namespace pmubench {
namespace {

constexpr std::size_t kPages = 64;

/// Faults in `kPages` pages that nobody touched before. False where memory is short.
bool TouchFreshPages() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* memory =
      mmap(nullptr, kPages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  // A huge page would turn 64 faults into one.
  madvise(memory, kPages * page, MADV_NOHUGEPAGE);
  auto* bytes = static_cast<volatile char*>(memory);
  for (std::size_t i = 0; i < kPages; ++i) bytes[i * page] = 1;
  munmap(memory, kPages * page);
  return true;
}

void BusyLoop() {
  volatile unsigned sink = 0;
  for (unsigned i = 0; i < 200'000; ++i) sink = sink + i;
}

CounterCheck Failed(std::string what, const Error& error) {
  return {std::move(what), false, error.ToString()};
}

}  // namespace

CounterCheck CheckPageFaults(Kernel& kernel, const Permissions& permissions) {
  const std::string what = fmt::format("page faults of {} fresh pages", kPages);
  const EventEncoding faults{
      "page-faults", "software", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0, 0};
  const CounterOptions options{.exclude_kernel = !permissions.may_count_kernel()};
  auto group =
      CounterGroup::Open(kernel, {faults}, CounterTarget::CallingThread(), options, permissions);
  if (!group) return Failed(what, group.error());
  if (auto done = group->Enable(); !done) return Failed(what, done.error());
  // Once unmeasured: the first call of code may fault its own page in.
  if (!TouchFreshPages() || !group->Read()) return {what, false, "no memory for the check"};
  auto begin = group->Read();
  if (!begin) return Failed(what, begin.error());
  TouchFreshPages();
  auto end = group->Read();
  if (!end) return Failed(what, end.error());
  const std::uint64_t counted = end->members[0].value - begin->members[0].value;
  return {what, counted == kPages, fmt::format("counted {}", counted)};
}

CounterCheck CheckCounts(Kernel& kernel, const EventEncoding& event,
                         const Permissions& permissions) {
  const std::string what = fmt::format("{} in a busy loop", event.name);
  auto group = CounterGroup::Open(kernel, {event}, CounterTarget::CallingThread(),
                                  {.pinned = true, .exclude_kernel = true}, permissions);
  if (!group) return Failed(what, group.error());
  if (auto done = group->Enable(); !done) return Failed(what, done.error());
  auto begin = group->Read();
  if (!begin) return Failed(what, begin.error());
  BusyLoop();
  auto end = group->Read();
  if (!end) return Failed(what, end.error());
  GroupTotals totals;
  totals.AddInterval(*begin, *end);
  if (totals.time_running < totals.time_enabled) {
    return {what, false,
            fmt::format("ran {} of {} ns though pinned", totals.time_running, totals.time_enabled)};
  }
  return {what, totals.counts[0] > 0, fmt::format("counted {}", totals.counts[0])};
}

}  // namespace pmubench
