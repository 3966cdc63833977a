#include "platform/control_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "platform/cpu_list.h"
#include "platform/files.h"
#include "platform/text.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCpus = "sys/devices/system/cpu";
constexpr const char* kCgroups = "sys/fs/cgroup";

/// Collects the steps of one setting.
class Steps {
 public:
  Steps(const fs::path& root, const ControlRequest& request, ControlPlan& plan)
      : root_(root), request_(request), plan_(plan) {}

  [[nodiscard]] const std::string& value() const { return request_.value; }
  [[nodiscard]] const fs::path& root() const { return root_; }

  /// False where there is no such file.
  bool Write(const fs::path& path, const std::string& after) {
    const auto text = ReadText(root_ / path);
    if (!text) return false;
    const std::string before = Chosen(*text);
    if (before != after) Add(ControlStep::Kind::kWrite, path, before, after);
    return true;
  }
  void Add(ControlStep::Kind kind, const fs::path& path, const std::string& before,
           const std::string& after) {
    plan_.steps.push_back({request_.setting, kind, path, before, after});
  }
  void Refuse(const std::string& why) {
    plan_.refused.push_back(fmt::format("{}: {}", request_.setting, why));
  }
  void WriteOrRefuse(const fs::path& path, const std::string& after) {
    if (!Write(path, after)) Refuse(fmt::format("there is no /{} here", path.string()));
  }

 private:
  const fs::path& root_;
  const ControlRequest& request_;
  ControlPlan& plan_;
};

std::string Switch(const std::string& value, const char* on, const char* off) {
  return value == "on" ? on : off;
}

void Governor(Steps& steps) {
  bool any = false;
  for (const std::string& name : ListNames(steps.root() / kCpus / "cpufreq")) {
    if (!name.starts_with("policy")) continue;
    any |= steps.Write(fs::path(kCpus) / "cpufreq" / name / "scaling_governor", steps.value());
  }
  if (!any) steps.Refuse("no CPU's frequency is scaled here (a virtual machine's is not)");
}

void Turbo(Steps& steps) {
  // The kernel's two spellings: intel_pstate's is the other way round.
  if (steps.Write(fs::path(kCpus) / "intel_pstate/no_turbo", Switch(steps.value(), "0", "1"))) {
    return;
  }
  if (steps.Write(fs::path(kCpus) / "cpufreq/boost", Switch(steps.value(), "1", "0"))) return;
  steps.Refuse("the kernel offers no switch (a virtual machine has none)");
}

void Smt(Steps& steps) {
  const fs::path file = fs::path(kCpus) / "smt/control";
  const auto now = ReadText(steps.root() / file);
  if (now && *now != "on" && *now != "off") {
    steps.Refuse(fmt::format("the kernel says '{}'", *now));
    return;
  }
  steps.WriteOrRefuse(file, steps.value());
}

void IrqCpus(Steps& steps) {
  std::string cpus = steps.value();
  std::replace(cpus.begin(), cpus.end(), ':', ',');
  bool any = false;
  for (const std::string& irq : ListNames(steps.root() / "proc/irq")) {
    if (!ParseUnsigned(irq)) continue;
    any |= steps.Write(fs::path("proc/irq") / irq / "smp_affinity_list", cpus);
  }
  if (!any) steps.Refuse("no interrupt is listed in /proc/irq");
}

/// A cgroup of its own, whose CPUs the scheduler balances nothing else onto (cgroup v2).
void IsolatedCpus(Steps& steps) {
  std::string cpus = steps.value();
  std::replace(cpus.begin(), cpus.end(), ':', ',');
  const auto controllers = ReadText(steps.root() / kCgroups / "cgroup.controllers");
  if (!controllers || (" " + *controllers + " ").find(" cpuset ") == std::string::npos) {
    steps.Refuse("the root cgroup has no cpuset controller (cgroup v2 is needed)");
    return;
  }
  const auto enabled = ReadText(steps.root() / kCgroups / "cgroup.subtree_control").value_or("");
  using Kind = ControlStep::Kind;
  if ((" " + enabled + " ").find(" cpuset ") == std::string::npos) {
    steps.Add(Kind::kWrite, fs::path(kCgroups) / "cgroup.subtree_control", "-cpuset", "+cpuset");
  }
  const fs::path own = fs::path(kCgroups) / "pmubench";
  steps.Add(Kind::kFolder, own, "", "");
  steps.Add(Kind::kWrite, own / "cpuset.cpus", "", cpus);
  steps.Add(Kind::kWrite, own / "cpuset.cpus.partition", "member", "isolated");
  steps.Add(Kind::kJoin, own, kCgroups, "");
}

struct Control {
  const char* name;
  const char* values;  ///< "" : any; "#": a number; "@": CPUs
  const char* what;
  void (*plan)(Steps& steps);
};

// In this order they are applied: CPUs that SMT takes away have to be there for the others.
constexpr std::array kControls = {
    Control{"governor", "", "CPU frequency governor of all CPUs: performance, powersave, ...",
            Governor},
    Control{"turbo", "on off", "clock rates above the nominal one", Turbo},
    Control{"aslr", "on off", "random addresses of each process",
            [](Steps& steps) {
              steps.WriteOrRefuse("proc/sys/kernel/randomize_va_space",
                                  Switch(steps.value(), "2", "0"));
            }},
    Control{"nmi_watchdog", "on off", "x86: off gives a counter of each core back",
            [](Steps& steps) {
              steps.WriteOrRefuse("proc/sys/kernel/nmi_watchdog", Switch(steps.value(), "1", "0"));
            }},
    Control{"perf_event_paranoid", "#", "who may count what: 2 own programs, 1 the kernel, 0 CPUs",
            [](Steps& steps) {
              steps.WriteOrRefuse("proc/sys/kernel/perf_event_paranoid", steps.value());
            }},
    Control{"huge_pages", "#", "reserved huge pages",
            [](Steps& steps) { steps.WriteOrRefuse("proc/sys/vm/nr_hugepages", steps.value()); }},
    Control{"transparent_huge_pages", "always madvise never", "huge pages that the kernel chooses",
            [](Steps& steps) {
              steps.WriteOrRefuse("sys/kernel/mm/transparent_hugepage/enabled", steps.value());
            }},
    Control{"irq_cpus", "@", "the CPUs that serve interrupts", IrqCpus},
    Control{"isolated_cpus", "@", "CPUs for the benchmark alone (a cgroup, cgroup v2)",
            IsolatedCpus},
    Control{"smt", "on off", "several threads a core", Smt},
};

const Control* Find(std::string_view name) {
  const auto* const at = std::find_if(kControls.begin(), kControls.end(),
                                      [&](const Control& one) { return one.name == name; });
  return at == kControls.end() ? nullptr : at;
}

bool Takes(const Control& control, const std::string& value) {
  const std::string_view values = control.values;
  if (values.empty()) return !value.empty();
  if (values == "#") return ParseUnsigned(value).has_value() || value == "-1";
  if (values == "@") {
    std::string cpus = value;
    std::replace(cpus.begin(), cpus.end(), ':', ',');
    const auto list = ParseCpuList(cpus);
    return list && !list->empty();
  }
  const auto known = SplitList(values, ' ');
  return std::find(known.begin(), known.end(), value) != known.end();
}

std::string Values(const Control& control) {
  const std::string_view values = control.values;
  if (values.empty()) return "NAME";
  if (values == "#") return "NUMBER";
  return values == "@" ? "CPUS" : std::string(values);
}

}  // namespace

Result<std::vector<ControlRequest>> ParseControl(std::string_view text) {
  std::vector<ControlRequest> requests;
  for (const std::string& word : SplitList(text)) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Control* control = Find(name);
    if (control == nullptr) {
      std::vector<std::string> names;
      for (const Control& one : kControls) names.emplace_back(one.name);
      const std::string nearest = Nearest(name, names);
      return Error{ErrorCode::kUsage, fmt::format("'{}' is no setting of a machine", name),
                   nearest.empty() ? "`pmubench control --help` lists them"
                                   : fmt::format("did you mean {}?", nearest)};
    }
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (!Takes(*control, value)) {
      return Error{ErrorCode::kUsage, fmt::format("{} cannot be '{}'", name, value),
                   fmt::format("give {}={}", name, Values(*control))};
    }
    requests.push_back({name, value});
  }
  return requests;
}

std::string DescribeControls() {
  std::string text;
  for (const Control& one : kControls) {
    text += fmt::format("  {:<23} {:<21} {}\n", one.name, Values(one), one.what);
  }
  return text;
}

ControlPlan PlanControl(const fs::path& root, const std::vector<ControlRequest>& requests) {
  ControlPlan plan;
  for (const Control& control : kControls) {
    for (const ControlRequest& request : requests) {
      if (request.setting != control.name) continue;
      Steps steps(root, request, plan);
      control.plan(steps);
    }
  }
  return plan;
}

}  // namespace pmubench
