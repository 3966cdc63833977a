#include "bandwidth/located_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/files.h"
#include "platform/fingerprint.h"
#include "platform/state_folder.h"
#include "platform/text.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kSchema = "pmubench.mesh_ports";

Located FromJson(const std::string& pmu, const Json& json) {
  Located located;
  located.confidence = json.at("confidence");
  located.unevenness = json.at("unevenness");
  located.reason = json.at("reason");
  for (const Json& port : json.at("controllers")) {
    located.ports.push_back({pmu, port.at("nodeid"), port.at("port")});
  }
  return located;
}

Json ToJson(const Located& located) {
  Json ports = Json::array();
  for (const MeshPort& port : located.ports) {
    ports.push_back({{"nodeid", port.nodeid}, {"port", port.port}});
  }
  return {{"controllers", ports},
          {"confidence", located.confidence},
          {"unevenness", located.unevenness},
          {"reason", located.reason}};
}

}  // namespace

std::filesystem::path LocatedFile(const BandwidthMachine& machine) {
  return machine.state_folder / fmt::format("mesh-ports-{}.json", ReadFingerprint(machine.root).id);
}

Result<LocatedMeshes> ReadLocated(const BandwidthMachine& machine) {
  LocatedMeshes located;
  if (machine.state_folder.empty()) return located;
  const auto file = LocatedFile(machine);
  const auto text = ReadText(file);
  if (!text) return located;
  try {
    const Json json = Json::parse(*text);
    if (json.at("schema") != kSchema) throw std::invalid_argument("another schema");
    for (const auto& [pmu, mesh] : json.at("meshes").items()) located[pmu] = FromJson(pmu, mesh);
    return located;
  } catch (const std::exception& error) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{}: {}", file.string(), JsonReason(error.what())),
                 "`pmubench bandwidth locate` writes it anew"};
  }
}

Result<void> KeepLocated(const BandwidthMachine& machine, const LocatedMeshes& located) {
  if (machine.state_folder.empty()) {
    return Error{ErrorCode::kSystem, "there is no folder to keep the answer in",
                 "set PMUBENCH_STATE or HOME"};
  }
  // A damaged file is no reason to keep nothing.
  const auto before = ReadLocated(machine);
  LocatedMeshes all = before ? *before : LocatedMeshes();
  for (const auto& [pmu, one] : located) {
    all.erase(pmu);
    if (!one.ports.empty()) all.emplace(pmu, one);
  }
  Json meshes = Json::object();
  for (const auto& [pmu, one] : all) meshes[pmu] = ToJson(one);
  return WriteStateFile(LocatedFile(machine),
                        Json{{"schema", kSchema}, {"meshes", meshes}}.dump(2));
}

}  // namespace pmubench
