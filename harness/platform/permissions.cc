#include "platform/permissions.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "platform/files.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

constexpr int kCapSysAdmin = 21;
constexpr int kCapPerfmon = 38;

std::optional<int> IntOf(const fs::path& file) {
  const auto number = ReadInteger(file);
  return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
}

std::uint64_t HexOf(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

void ReadStatus(const fs::path& root, Permissions* permissions) {
  const std::string status = ReadText(root / "proc/self/status").value_or("");
  // "Uid:	real	effective	saved	file system"
  const auto ids = Split(FieldOf(status, "Uid").value_or(""), '\t');
  if (ids.size() >= 2) permissions->euid = static_cast<int>(ParseUnsigned(ids[1]).value_or(0));
  permissions->effective = HexOf(FieldOf(status, "CapEff").value_or(""));
  permissions->seccomp =
      static_cast<int>(ParseUnsigned(FieldOf(status, "Seccomp").value_or("")).value_or(0));
  permissions->no_new_privileges = FieldOf(status, "NoNewPrivs").value_or("0") == "1";
}

// "Max open files            1024                 4096                 files"
void ReadLimits(const fs::path& root, Permissions* permissions) {
  constexpr std::string_view kName = "Max open files";
  const std::string limits = ReadText(root / "proc/self/limits").value_or("");
  const auto at = limits.find(kName);
  if (at == std::string::npos) return;
  std::string_view rest = std::string_view(limits).substr(at + kName.size());
  rest = Trim(rest.substr(0, rest.find('\n')));
  permissions->open_files = ParseUnsigned(rest.substr(0, rest.find(' ')));
  const auto gap = rest.find(' ');
  if (gap == std::string_view::npos) return;
  rest = Trim(rest.substr(gap));
  permissions->open_files_hard = ParseUnsigned(rest.substr(0, rest.find(' ')));
}

// Runtimes leave a file of theirs, or their name in the control group's path (version 1, or
// version 2 without a namespace of its own).
std::string FindContainer(const fs::path& root) {
  std::error_code error;
  if (fs::exists(root / "run/.containerenv", error)) return "podman";
  const std::string groups = ReadText(root / "proc/self/cgroup").value_or("");
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMarks = {{
      {"kubepods", "kubernetes"},
      {"libpod", "podman"},
      {"docker", "docker"},
      {"containerd", "containerd"},
      {"machine.slice/systemd-nspawn", "systemd-nspawn"},
      {"/lxc", "lxc"},
  }};
  for (const auto& [mark, name] : kMarks) {
    if (groups.find(mark) != std::string::npos) return std::string(name);
  }
  if (fs::exists(root / "var/run/secrets/kubernetes.io", error)) return "kubernetes";
  if (fs::exists(root / ".dockerenv", error)) return "docker";
  return ReadText(root / "run/systemd/container").value_or("");
}

}  // namespace

bool Permissions::may_perfmon() const {
  return has_capability(kCapPerfmon) || has_capability(kCapSysAdmin);
}

Permissions ReadPermissions(const fs::path& root) {
  const fs::path kernel = root / "proc/sys/kernel";
  Permissions permissions;
  permissions.paranoid = IntOf(kernel / "perf_event_paranoid");
  permissions.nmi_watchdog = IntOf(kernel / "nmi_watchdog");
  permissions.kptr_restrict = IntOf(kernel / "kptr_restrict");
  permissions.ptrace_scope = IntOf(kernel / "yama/ptrace_scope");
  permissions.user_access_arm = IntOf(kernel / "perf_user_access");
  permissions.rdpmc_x86 = IntOf(root / "sys/bus/event_source/devices/cpu/rdpmc");
  permissions.container = FindContainer(root);
  ReadStatus(root, &permissions);
  ReadLimits(root, &permissions);
  return permissions;
}

}  // namespace pmubench
