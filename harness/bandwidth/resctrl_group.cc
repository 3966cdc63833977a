#include "bandwidth/resctrl_group.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <utility>

#include "platform/files.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kPrefix = "pmubench-";

std::optional<std::uint64_t> ReadHexadecimal(const fs::path& file) {
  const auto text = ReadText(file);
  std::uint64_t value = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value, 16);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

ResctrlAbility ReadAbility(const fs::path& mount) {
  ResctrlAbility ability;
  // With code and data apart (CDP) both have the same mask.
  for (const char* cache : {"L3", "L3DATA"}) {
    const fs::path info = mount / "info" / cache;
    if (const auto mask = ReadHexadecimal(info / "cbm_mask")) ability.way_mask = *mask;
    if (const auto least = ReadInteger(info / "min_cbm_bits")) {
      ability.least_ways = static_cast<int>(*least);
    }
  }
  if (const auto least = ReadInteger(mount / "info/MB/min_bandwidth")) {
    ability.least_percent = static_cast<int>(*least);
    ability.percent_step =
        static_cast<int>(ReadInteger(mount / "info/MB/bandwidth_gran").value_or(1));
  }
  return ability;
}

bool WriteLine(const fs::path& file, const std::string& line) {
  std::ofstream out(file);
  out << line;
  out.close();
  return static_cast<bool>(out);
}

/// The kernel removes a group with the files in it; in a recorded machine they are plain files.
void RemoveGroup(const fs::path& folder) {
  if (rmdir(folder.c_str()) == 0 || errno != ENOTEMPTY) return;
  std::error_code error;
  fs::remove_all(folder, error);
}

/// "L3:0=7fff;1=7fff" with another value for each domain.
std::string WithValues(std::string_view name, std::string_view domains, const std::string& value) {
  std::vector<std::string> cells;
  for (const std::string& domain : Split(domains, ';')) {
    cells.push_back(domain.substr(0, domain.find('=')) + "=" + value);
  }
  return fmt::format("{}:{}\n", name, fmt::join(cells, ";"));
}

Result<std::string> WaysValue(int ways, const ResctrlAbility& ability) {
  const int all = std::popcount(ability.way_mask);
  if (all == 0) {
    return Error{ErrorCode::kNoPmu, "this machine cannot partition its last-level cache",
                 "leave --l3-ways out"};
  }
  if (ways < ability.least_ways || ways > all) {
    return Error{ErrorCode::kUsage, fmt::format("--l3-ways {}: the cache has {} ways", ways, all),
                 fmt::format("from {} to {}", ability.least_ways, all)};
  }
  return fmt::format("{:x}", (std::uint64_t{1} << ways) - 1);
}

Result<std::string> PercentValue(int percent, const ResctrlAbility& ability,
                                 std::string_view domains) {
  if (ability.least_percent == 0) {
    return Error{ErrorCode::kNoPmu, "this machine cannot limit memory bandwidth",
                 "leave --mb-percent out"};
  }
  // AMD's unit is 1/8 GB/s, and mounted with mba_MBps it is MB/s: the root group then has more.
  for (const std::string& domain : Split(domains, ';')) {
    const auto value = ParseUnsigned(Trim(std::string_view(domain).substr(domain.find('=') + 1)));
    if (value && *value <= 100) continue;
    return Error{ErrorCode::kNoPmu,
                 "resctrl does not limit bandwidth by percent here: " + std::string(domains),
                 "Intel and Arm do, mounted without mba_MBps"};
  }
  const int step = std::max(ability.percent_step, 1);
  const int rounded = (percent + step - 1) / step * step;
  if (rounded < ability.least_percent || rounded > 100) {
    return Error{ErrorCode::kUsage, fmt::format("--mb-percent {} is not possible here", percent),
                 fmt::format("from {} to 100, in steps of {}", ability.least_percent, step)};
  }
  return fmt::format("{}", rounded);
}

}  // namespace

Result<std::string> SchemataOf(const ResctrlLimits& limits, const ResctrlAbility& ability,
                               const std::string& root_schemata) {
  std::string lines;
  bool cache = false;
  bool bandwidth = false;
  for (const std::string& line : Split(root_schemata, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string name(Trim(line.substr(0, colon)));
    const std::string domains = line.substr(colon + 1);
    if (limits.l3_ways && (name == "L3" || name == "L3CODE" || name == "L3DATA")) {
      const auto value = WaysValue(*limits.l3_ways, ability);
      if (!value) return value.error();
      lines += WithValues(name, domains, *value);
      cache = true;
    }
    if (limits.mb_percent && name == "MB") {
      const auto value = PercentValue(*limits.mb_percent, ability, domains);
      if (!value) return value.error();
      lines += WithValues(name, domains, *value);
      bandwidth = true;
    }
  }
  if (limits.l3_ways && !cache) return WaysValue(0, {}).error();
  if (limits.mb_percent && !bandwidth) return PercentValue(0, {}, "").error();
  return lines;
}

Error GroupError(int error, const fs::path& group) {
  if (error == ENOSPC) {
    return {
        ErrorCode::kNoPmu, "resctrl has no group left: the hardware has so many only",
        "remove one that is not needed: ls -d /sys/fs/resctrl/*/ /sys/fs/resctrl/mon_groups/*/"};
  }
  if (error == EACCES || error == EPERM) {
    return {ErrorCode::kNotPermitted, fmt::format("{}: not permitted", group.string()),
            "run as root"};
  }
  return {ErrorCode::kSystem, fmt::format("{}: {}", group.string(), std::strerror(error)), ""};
}

Result<ResctrlGroup> ResctrlGroup::Make(const fs::path& root, const ResctrlLimits& limits) {
  const fs::path mount = root / "sys/fs/resctrl";
  const auto schemata = ReadText(mount / "schemata");
  if (!schemata) {
    return Error{
        ErrorCode::kNoPmu, "resctrl is not mounted, or this machine has none",
        "sudo mount -t resctrl resctrl /sys/fs/resctrl; `pmubench list sources` says more"};
  }
  RemoveStaleGroups(root);
  std::string lines;
  if (limits.any()) {
    auto wanted = SchemataOf(limits, ReadAbility(mount), *schemata);
    if (!wanted) return wanted.error();
    lines = *std::move(wanted);
  }
  const fs::path folder =
      (limits.any() ? mount : mount / "mon_groups") / fmt::format("{}{}", kPrefix, getpid());
  if (mkdir(folder.c_str(), 0755) != 0) return GroupError(errno, folder);
  ResctrlGroup group(folder);
  if (limits.any() && !WriteLine(folder / "schemata", lines)) {
    const std::string why = ReadText(mount / "info/last_cmd_status").value_or("");
    return Error{ErrorCode::kSystem, fmt::format("resctrl refuses {}: {}", lines, why), ""};
  }
  if (!WriteLine(folder / "tasks", fmt::format("{}\n", getpid()))) {
    return GroupError(errno, folder / "tasks");
  }
  return group;
}

ResctrlGroup::ResctrlGroup(ResctrlGroup&& other) noexcept
    : folder_(std::exchange(other.folder_, {})) {}

ResctrlGroup::~ResctrlGroup() {
  if (!folder_.empty()) RemoveGroup(folder_);
}

std::vector<MemoryFile> ResctrlGroup::FilesInPlaceOf(const std::vector<MemoryFile>& files) const {
  std::vector<MemoryFile> own;
  for (const MemoryFile& file : files) {
    // .../mon_data/mon_L3_00/mbm_total_bytes
    const fs::path below = file.path.parent_path().filename() / file.path.filename();
    own.push_back({folder_ / "mon_data" / below, file.traffic});
    if (!ReadInteger(own.back().path)) return {};
  }
  return own;
}

std::optional<double> ResctrlGroup::CacheOccupancy() const {
  std::optional<double> bytes;
  for (const std::string& domain : ListNames(folder_ / "mon_data")) {
    const auto here = ReadInteger(folder_ / "mon_data" / domain / "llc_occupancy");
    if (here) bytes = bytes.value_or(0) + static_cast<double>(*here);
  }
  return bytes;
}

std::size_t RemoveStaleGroups(const fs::path& root) {
  const fs::path mount = root / "sys/fs/resctrl";
  std::size_t removed = 0;
  for (const fs::path& above : {mount, mount / "mon_groups"}) {
    for (const std::string& name : ListNames(above)) {
      if (!name.starts_with(kPrefix)) continue;
      const auto process = ParseUnsigned(std::string_view(name).substr(kPrefix.size()));
      std::error_code error;
      if (!process || fs::exists(root / "proc" / std::to_string(*process), error)) continue;
      RemoveGroup(above / name);
      ++removed;
    }
  }
  return removed;
}

}  // namespace pmubench
