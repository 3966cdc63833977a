#include "common/quiet_gate.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "platform/files.h"

namespace pmubench {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double UsedBy(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

double Monotonic() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// User and system time of a process: the 14th and 15th field, after a name that may hold spaces.
double UsedByProcess(const std::filesystem::path& root, pid_t pid, double ticks) {
  const auto text = ReadText(root / "proc" / std::to_string(pid) / "stat");
  if (!text) return 0;
  const auto name_end = text->rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream rest(text->substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) / ticks;
}

}  // namespace

Neighbours Between(const CpuTimes& before, const CpuTimes& after) {
  Neighbours result;
  result.seconds = after.wall - before.wall;
  if (result.seconds <= 0) return result;
  result.other = (after.busy - before.busy - (after.own - before.own)) / result.seconds;
  result.steal = (after.steal - before.steal) / result.seconds;
  return result;
}

Result<CpuTimes> ParseProcStat(const std::string& text, double ticks) {
  std::istringstream in(text);
  std::string label;
  double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  if (!(in >> label >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal) ||
      label != "cpu") {
    return Error{ErrorCode::kBadInput, "/proc/stat does not start with a line of CPU times", ""};
  }
  CpuTimes times;
  times.busy = (user + nice + system + irq + softirq) / ticks;
  times.steal = steal / ticks;
  return times;
}

QuietGate::QuietGate(GateLimits limits, std::filesystem::path root)
    : limits_(limits), root_(std::move(root)) {}

CpuTimes QuietGate::Now() const {
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  CpuTimes times;
  if (const auto text = ReadText(root_ / "proc/stat")) {
    if (const auto parsed = ParseProcStat(*text, ticks)) times = *parsed;
  }
  times.wall = Monotonic();
  times.own = UsedBy(RUSAGE_SELF) + UsedBy(RUSAGE_CHILDREN);
  for (const pid_t pid : watched_) times.own += UsedByProcess(root_, pid, ticks);
  return times;
}

void QuietGate::Begin() { begin_ = Now(); }

bool QuietGate::End() {
  last_ = Between(begin_, Now());
  worst_.other = std::max(worst_.other, last_.other);
  worst_.steal = std::max(worst_.steal, last_.steal);
  // A tick is the resolution: one on each side is no evidence of a neighbour.
  const double slack =
      last_.seconds > 0 ? 2.0 / static_cast<double>(sysconf(_SC_CLK_TCK)) / last_.seconds : 0;
  const bool quiet = last_.other <= limits_.other + slack && last_.steal <= limits_.steal + slack;
  ++(quiet ? kept_ : dropped_);
  return quiet;
}

bool QuietGate::WaitForQuiet(double seconds) {
  const double end = Monotonic() + seconds;
  do {
    const CpuTimes before = Now();
    usleep(200'000);
    const Neighbours seen = Between(before, Now());
    if (seen.other <= limits_.other && seen.steal <= limits_.steal) return true;
  } while (Monotonic() < end);
  return false;
}

std::string QuietGate::Summary() const {
  return fmt::format("kept {}, dropped {} (others used up to {:.2f} CPU, steal up to {:.2f})",
                     kept_, dropped_, std::max(0.0, worst_.other), std::max(0.0, worst_.steal));
}

}  // namespace pmubench
