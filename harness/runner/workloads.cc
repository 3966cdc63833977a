#include "runner/workloads.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cassert>
#include <nlohmann/json.hpp>

#include "platform/text.h"

namespace pmubench {

extern const std::string_view kBundledWorkloads;  // workloads.json, made at build time

namespace {

Error Wrong(std::string_view name, std::string_view what) {
  return {ErrorCode::kBadInput, fmt::format("workloads.json, entry '{}': {}", name, what), ""};
}

}  // namespace

Result<std::vector<Workload>> ParseWorkloads(std::string_view text) {
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("workloads") || !json["workloads"].is_array()) {
    return Error{ErrorCode::kBadInput, "workloads.json holds no list of workloads", ""};
  }
  std::vector<Workload> workloads;
  for (const auto& entry : json["workloads"]) {
    Workload workload;
    if (!entry.is_object()) return Wrong("", "not an object");
    for (const auto& [key, value] : entry.items()) {
      const auto text_into = [&, &field = value](std::string& target) {
        if (field.is_string()) target = field.get<std::string>();
      };
      if (key == "name") text_into(workload.name);
      if (key == "binary") text_into(workload.binary);
      if (key == "summary") text_into(workload.summary);
      if (key == "stresses") text_into(workload.stresses);
      if (key == "built_with") text_into(workload.built_with);
      if (key == "metrics") text_into(workload.metrics);
      if (key == "needs" || key == "knobs") {
        if (!value.is_object()) return Wrong(workload.name, key + " is not an object");
        for (const auto& [first, second] : value.items()) {
          if (!second.is_string()) return Wrong(workload.name, key + " holds something not text");
          if (key == "needs") workload.needs.push_back({first, second.get<std::string>()});
          if (key == "knobs") workload.knobs.push_back({first, second.get<std::string>()});
        }
      }
    }
    if (workload.name.empty() || workload.binary.empty() || workload.summary.empty()) {
      return Wrong(workload.name, "needs a name, a binary and a summary");
    }
    workloads.push_back(std::move(workload));
  }
  return workloads;
}

const std::vector<Workload>& BundledWorkloads() {
  static const std::vector<Workload> workloads = [] {
    auto parsed = ParseWorkloads(kBundledWorkloads);
    assert(parsed.ok());
    return parsed.ok() ? *std::move(parsed) : std::vector<Workload>{};
  }();
  return workloads;
}

Result<Workload> FindWorkload(std::string_view name) {
  std::vector<std::string> names;
  for (const Workload& workload : BundledWorkloads()) {
    if (workload.name == name) return workload;
    names.push_back(workload.name);
  }
  const std::string nearest = Nearest(name, names);
  return Error{ErrorCode::kNotFound, fmt::format("no workload '{}'", name),
               nearest.empty() ? fmt::format("bundled are {}", fmt::join(names, ", "))
                               : fmt::format("did you mean '{}'?", nearest)};
}

std::filesystem::path FindProgram(std::string_view name, std::string_view path) {
  std::vector<std::string> folders = SplitList(path, ':');
  folders.insert(folders.end(), {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"});
  for (const std::string& folder : folders) {
    const auto program = std::filesystem::path(folder) / name;
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

Result<std::filesystem::path> LocateWorkload(const Workload& workload,
                                             const std::filesystem::path& folder,
                                             std::string_view path) {
  for (const Workload::Need& need : workload.needs) {
    if (FindProgram(need.program, path).empty()) {
      return Error{
          ErrorCode::kNotFound,
          fmt::format("workload '{}' needs {}, which is not here", workload.name, need.program),
          fmt::format("apt-get install {}", need.package)};
    }
  }
  auto binary = folder / workload.binary;
  if (access(binary.c_str(), X_OK) == 0) return binary;
  return Error{
      ErrorCode::kNotFound,
      fmt::format("workload '{}' was not built: no {}", workload.name, binary.string()),
      workload.built_with.empty()
          ? "configure with -DPMUBENCH_BUILD_WORKLOADS=ON and see what CMake says is missing"
          : fmt::format("apt-get install {}, then configure with "
                        "-DPMUBENCH_BUILD_WORKLOADS=ON and build again",
                        workload.built_with)};
}

}  // namespace pmubench
