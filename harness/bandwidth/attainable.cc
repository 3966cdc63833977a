#include "bandwidth/attainable.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "platform/files.h"
#include "platform/fingerprint.h"
#include "platform/state_folder.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kSchema = "pmubench.attainable_bandwidth";

std::filesystem::path FileOf(const BandwidthMachine& machine) {
  return machine.state_folder / fmt::format("bandwidth-{}.json", ReadFingerprint(machine.root).id);
}

Json ReadAll(const BandwidthMachine& machine) {
  const auto text = machine.state_folder.empty() ? std::nullopt : ReadText(FileOf(machine));
  const Json json = Json::parse(text.value_or(""), nullptr, false);
  const bool ours = json.is_object() && json.value("schema", "") == kSchema;
  return ours && json.contains("sources") && json["sources"].is_object() ? json["sources"]
                                                                         : Json::object();
}

std::optional<double> NumberOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

Json ToJson(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

void RaiseOne(std::optional<double>& value, const std::optional<double>& more) {
  if (more) value = std::max(value.value_or(0), *more);
}

}  // namespace

void Attainable::Raise(const Rates& more) {
  RaiseOne(rates.read, more.read);
  RaiseOne(rates.write, more.write);
  RaiseOne(rates.total, more.total);
}

std::optional<double> Attainable::PeakFor(const Rates& measured) const {
  const auto peak = measured.total ? rates.total : measured.read ? rates.read : std::nullopt;
  return peak && *peak > 0 ? peak : std::nullopt;
}

std::optional<double> Attainable::ShareOf(const Rates& measured) const {
  const auto peak = PeakFor(measured);
  if (!peak) return std::nullopt;
  return measured.total.value_or(measured.read.value_or(0)) / *peak;
}

Attainable ReadAttainable(const BandwidthMachine& machine, const std::string& source) {
  const Json all = ReadAll(machine);
  const auto found = all.find(source);
  if (found == all.end() || !found->is_object()) return {};
  Attainable attainable;
  attainable.rates = {NumberOf(*found, "read_bytes_per_s"), NumberOf(*found, "write_bytes_per_s"),
                      NumberOf(*found, "total_bytes_per_s")};
  const auto time = found->find("time");
  if (time != found->end() && time->is_string()) attainable.time = *time;
  return attainable;
}

Result<void> KeepAttainable(const BandwidthMachine& machine, const std::string& source,
                            const Attainable& attainable) {
  if (machine.state_folder.empty()) {
    return Error{ErrorCode::kSystem, "there is no folder to keep it in",
                 "set PMUBENCH_STATE or HOME"};
  }
  Json all = ReadAll(machine);
  all[source] = {{"read_bytes_per_s", ToJson(attainable.rates.read)},
                 {"write_bytes_per_s", ToJson(attainable.rates.write)},
                 {"total_bytes_per_s", ToJson(attainable.rates.total)},
                 {"time", attainable.time}};
  return WriteStateFile(FileOf(machine), Json{{"schema", kSchema}, {"sources", all}}.dump(2));
}

}  // namespace pmubench
