#include "files/cost_meter.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "files/tracepoint.h"
#include "platform/files.h"

namespace pmubench::files {
namespace {

void AddReason(std::string& missing, const std::string& reason) {
  if (reason.empty() || missing.find(reason) != std::string::npos) return;
  missing += (missing.empty() ? "" : "; ") + reason;
}

double Difference(std::uint64_t begin, std::uint64_t end) {
  return static_cast<double>(end - begin);
}

}  // namespace

std::optional<std::uint64_t> BytesByCalls(pid_t pid, const std::filesystem::path& root) {
  const auto text = ReadText(root / "proc" / std::to_string(pid) / "io");
  if (!text) return std::nullopt;
  const auto read = ParseUnsigned(FieldOf(*text, "rchar").value_or(""));
  const auto written = ParseUnsigned(FieldOf(*text, "wchar").value_or(""));
  if (!read || !written) return std::nullopt;
  return *read + *written;
}

CostMeter::CostMeter(FuseMount* mount, bool kernel_cache)
    : mount_(mount), kernel_cache_(kernel_cache) {
  std::vector<EventEncoding> all = SoftwareTaskEvents();
  std::vector<EventEncoding> server = SoftwareTaskEvents();
  std::ranges::copy(HardwareTaskEvents(), std::back_inserter(server));
  if (const auto calls = SystemCallsEvent()) {
    all.push_back(*calls);
    server.push_back(*calls);
  } else {
    AddReason(missing_, calls.error().ToString());
  }
  all_ = std::make_unique<TaskCounters>(getpid(), std::move(all));
  AddReason(missing_, all_->missing());
  if (mount_ != nullptr) server_ = std::make_unique<TaskCounters>(mount_->pid(), std::move(server));
  if (server_ != nullptr) AddReason(missing_, server_->missing());
  if (!BytesByCalls(getpid())) AddReason(missing_, "copied_bytes: there is no /proc/PID/io");
}

CostMeter::State CostMeter::Now() const {
  State state;
  if (mount_ != nullptr) {
    state.server_bytes = BytesByCalls(mount_->pid());
    state.server_cpu = ProcessCpuSeconds(mount_->pid());
    state.served = mount_->served();
  }
  state.own_bytes = BytesByCalls(getpid());
  return state;
}

void CostMeter::Start() {
  begin_ = Now();
  if (server_ != nullptr) server_->Start();
  all_->Start();
}

Costs CostMeter::Stop() {
  const std::vector<TaskCount> all = all_->Stop();
  const std::vector<TaskCount> server =
      server_ != nullptr ? server_->Stop() : std::vector<TaskCount>{};
  const State end = Now();
  Costs costs{{}, missing_};
  AddReason(costs.missing, all_->missing());
  if (server_ != nullptr) AddReason(costs.missing, server_->missing());
  // The server is this process's child, so it is in these already.
  for (const TaskCount& count : all) {
    if (count.name == "system_calls" || count.name == "context_switches") {
      costs.totals[count.name] = count.value;
    }
  }
  for (const TaskCount& count : server) {
    if (count.name == "migrations" || count.name == "page_faults") continue;  // pinned, warm: none
    costs.totals["server_" + count.name] = count.value;
  }
  std::optional<double> copied;
  if (begin_.own_bytes && end.own_bytes) copied = Difference(*begin_.own_bytes, *end.own_bytes);
  if (mount_ != nullptr) {
    costs.totals["server_cpu_us"] = (end.server_cpu - begin_.server_cpu) * 1e6;
    costs.totals["requests"] = Difference(begin_.served.requests, end.served.requests);
    costs.totals["served_bytes"] =
        Difference(begin_.served.read_bytes, end.served.read_bytes) +
        Difference(begin_.served.written_bytes, end.served.written_bytes);
    // Without the kernel's pages the server's write into /dev/fuse fills the load's buffer.
    if (!kernel_cache_) copied = 0;
    if (begin_.server_bytes && end.server_bytes && copied) {
      *copied += Difference(*begin_.server_bytes, *end.server_bytes);
    } else {
      copied.reset();
    }
  }
  if (copied) costs.totals["copied_bytes"] = *copied;
  return costs;
}

}  // namespace pmubench::files
