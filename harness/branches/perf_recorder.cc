#include "branches/perf_recorder.h"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "branches/instruction.h"
#include "branches/ring_buffer.h"
#include "branches/tracee.h"
#include "counters/sample_event.h"
#include "platform/files.h"

namespace pmubench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kTrialPeriod = 1000003;

EventEncoding Cycles(const PmuDevice& pmu) {
  EventEncoding event;
  event.name = "cycles";
  event.pmu = pmu.name;
  event.type = PERF_TYPE_HARDWARE;
  // The PMU's number in the upper half tells the cores of a hybrid machine apart (Linux 5.13).
  event.config = std::uint64_t{pmu.type} << 32 | PERF_COUNT_HW_CPU_CYCLES;
  if (pmu.name == "cpu") event.config = PERF_COUNT_HW_CPU_CYCLES;
  return event;
}

// Empty where it opens; else why not.
std::string Refusal(Kernel& kernel, const EventEncoding& event, const Permissions& permissions) {
  SampleOptions options;
  options.period = kTrialPeriod;
  options.inherit = false;
  options.data_pages = 1;
  auto opened = SampleEvent::Open(kernel, event, options, permissions);
  return opened ? "" : opened.error().ToString();
}

BranchSource StackSource(Kernel& kernel, const PmuDevice& pmu, const Permissions& permissions) {
  BranchSource source;
  const auto depth = pmu.caps.find("branches");
  const bool arm = pmu.name.starts_with("arm");
  source.name = arm ? "brbe" : "lbr";
  source.event = Cycles(pmu);
  if (const auto brs = pmu.events.find("branch-brs"); brs != pmu.events.end()) {
    source.name = "brs";
    // BRS records what follows an overflow of this event, at fixed periods only.
    if (auto event = EncodeSysfs(pmu, brs->second)) source.event = *event;
  }
  source.title = fmt::format("branch stacks of {}{}", pmu.name,
                             depth == pmu.caps.end() ? "" : ", " + depth->second + " deep");
  source.reason = Refusal(kernel, source.event, permissions);
  source.usable = source.reason.empty();
  return source;
}

}  // namespace

std::vector<BranchSource> FindBranchSources(Kernel& kernel, const Permissions& permissions,
                                            const std::string& root) {
  std::vector<BranchSource> sources;
  bool trace = false;
  if (auto pmus = ListPmus(root)) {
    for (const PmuDevice& pmu : *pmus) {
      trace = trace || pmu.name == "cs_etm";
      const bool has_stacks =
          pmu.caps.count("branches") != 0 || pmu.events.count("branch-brs") != 0;
      if (pmu.is_core() && (has_stacks || pmu.name.starts_with("cpu"))) {
        sources.push_back(StackSource(kernel, pmu, permissions));
      }
    }
  }
  if (sources.empty()) {
    const bool arm = HostMachine() == Machine::kAArch64;
    sources.push_back({arm ? "brbe" : "lbr",
                       "branch stacks of the PMU",
                       false,
                       arm ? "no core PMU with caps/branches: BRBE needs Linux 6.17 on bare metal"
                           : "no core PMU is visible (a virtual machine without one?)",
                       {}});
  }
  sources.push_back({"etm",
                     "instruction trace (ETE and TRBE) by perf record -e cs_etm",
                     trace,
                     trace ? "" : "there is no cs_etm PMU",
                     {}});
  BranchSource software{"software", "single-stepping by ptrace, no PMU needed", true, "", {}};
  if (HostMachine() == Machine::kUnknown) {
    software.usable = false;
    software.reason = "only x86-64 and aarch64 can be stepped";
  } else if (permissions.ptrace_scope.value_or(0) >= 3) {
    software.usable = false;
    software.reason = "kernel.yama.ptrace_scope is 3: ptrace is forbidden until the next boot";
  }
  sources.push_back(std::move(software));
  BranchSource clock{
      "cpu-clock", "addresses at clock ticks, no branches: the last resort", true, "", {}};
  clock.event.name = "cpu-clock";
  clock.event.pmu = "software";
  clock.event.type = PERF_TYPE_SOFTWARE;
  clock.event.config = PERF_COUNT_SW_CPU_CLOCK;
  clock.usable = permissions.may_count_user();
  if (!clock.usable) {
    clock.reason =
        fmt::format("kernel.perf_event_paranoid is {}", permissions.paranoid.value_or(2));
  }
  sources.push_back(std::move(clock));
  return sources;
}

Result<PerfRecordReport> RecordByPerf(Kernel& kernel, pid_t pid, const PerfRecordOptions& options,
                                      const Permissions& permissions,
                                      const std::function<void()>& start, BranchSink& sink) {
  std::vector<pid_t> threads{pid};
  if (!options.enable_on_exec) {
    threads = ThreadsOf(pid);
    if (threads.empty()) {
      return Error{ErrorCode::kNotFound, fmt::format("there is no process {}", pid),
                   "find it with `pgrep -a NAME`"};
    }
  }
  std::vector<SampleEvent> events;  // the first of each CPU owns its buffer
  std::vector<std::size_t> buffers;
  events.reserve(threads.size() * options.cpus.size());
  for (const int cpu : options.cpus) {
    const SampleEvent* owner = nullptr;
    for (const pid_t tid : threads) {
      SampleOptions sample;
      sample.branches = options.branches;
      sample.period = options.period;
      sample.frequency = options.frequency;
      sample.pid = tid;
      sample.cpu = cpu;
      sample.enable_on_exec = options.enable_on_exec;
      sample.data_pages = options.data_pages;
      auto event = SampleEvent::Open(kernel, options.event, sample, permissions, owner);
      if (!event) return event.error();
      if (owner == nullptr) buffers.push_back(events.size());
      events.push_back(std::move(*event));
      if (owner == nullptr) owner = &events.back();
    }
  }
  if (!options.enable_on_exec) {
    // What was mapped before is in no record.
    if (const auto maps = ReadText(fmt::format("/proc/{}/maps", pid))) {
      for (const CodeMapping& mapping : ParseMaps(static_cast<std::uint32_t>(pid), *maps)) {
        sink.OnMapping(mapping);
      }
    }
    for (SampleEvent& event : events) event.Enable();
  }

  PerfRecordReport report;
  const RecordLayout layout{SampleEvent::SampleType(options.branches), SampleEvent::BranchType(),
                            true};
  RecordOrder order(sink);
  std::vector<std::uint8_t> scratch;
  const auto drain = [&] {
    for (const std::size_t i : buffers) {
      SampleEvent& event = events[i];
      const DrainResult drained = DrainRing(
          event.data(), event.head(), event.tail(), scratch,
          [&](std::span<const std::uint8_t> record) { order.Add(DecodeRecord(record, layout)); });
      event.SetTail(drained.tail);
      report.records += drained.records;
      report.broken += drained.broken ? 1 : 0;
    }
    order.EndRound();
  };
  std::vector<pollfd> waits;
  for (const std::size_t i : buffers) waits.push_back({events[i].descriptor(), POLLIN, 0});
  const Clock::time_point begin = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  start();
  for (bool over = false; !over;) {
    over =
        (options.ended && options.ended()) || (options.seconds > 0 && elapsed() >= options.seconds);
    drain();
    if (over) break;
    poll(waits.data(), waits.size(), 50);
    // A hung-up descriptor would make poll return at once from then on.
    std::erase_if(waits, [](const pollfd& wait) { return (wait.revents & POLLHUP) != 0; });
    if (waits.empty()) poll(nullptr, 0, 10);
  }
  for (SampleEvent& event : events) event.Disable();
  drain();
  order.Flush();
  report.wall_seconds = elapsed();
  return report;
}

}  // namespace pmubench
