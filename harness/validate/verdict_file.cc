#include "validate/verdict_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "platform/files.h"
#include "platform/text.h"
#include "platform/whole_file.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "pmubench.verdicts";

std::optional<EventVerdictKind> KindOf(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(EventVerdictKind::kNotMeasured); ++i) {
    const auto kind = static_cast<EventVerdictKind>(i);
    if (name == VerdictName(kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace

fs::path VerdictFile(const fs::path& folder, const std::string& machine, const std::string& core) {
  std::string name = core;
  // A user's own core may have any name.
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '.'; }, '_');
  return folder / fmt::format("validate-{}-{}.json", machine, name);
}

std::string ToJson(const Verdicts& verdicts) {
  Json events = Json::array();
  for (const EventVerdict& verdict : verdicts.events) {
    Json json = {{"event", verdict.event},
                 {"quantity", verdict.quantity},
                 {"verdict", VerdictName(verdict.kind)},
                 {"detail", verdict.detail}};
    if (verdict.kind != EventVerdictKind::kNotMeasured) {
      json["expected"] = verdict.expected;
      json["measured"] = verdict.measured;
      json["error"] = verdict.error;
    }
    if (verdict.kind == EventVerdictKind::kExact) json["constant"] = verdict.constant;
    events.push_back(std::move(json));
  }
  return Json{{"schema", kSchema},     {"machine", verdicts.machine},
              {"core", verdicts.core}, {"kernel", verdicts.kernel},
              {"time", verdicts.time}, {"events", std::move(events)}}
      .dump(2);
}

Result<Verdicts> VerdictsFromJson(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("schema") != kSchema) throw std::invalid_argument("another schema");
    Verdicts verdicts{json.at("machine"), json.at("core"), json.at("kernel"), json.at("time"), {}};
    for (const Json& item : json.at("events")) {
      const auto kind = KindOf(item.at("verdict"));
      if (!kind) throw std::invalid_argument("an unknown verdict");
      EventVerdict& verdict = verdicts.events.emplace_back();
      verdict.event = item.at("event");
      verdict.quantity = item.at("quantity");
      verdict.kind = *kind;
      verdict.detail = item.at("detail");
      verdict.expected = item.value("expected", 0.0);
      verdict.measured = item.value("measured", 0.0);
      verdict.error = item.value("error", 0.0);
      verdict.constant = item.value("constant", 0.0);
    }
    return verdicts;
  } catch (const std::exception& error) {
    return Error{ErrorCode::kBadInput, fmt::format("no verdicts: {}", JsonReason(error.what())),
                 "`pmubench validate` writes them anew"};
  }
}

Result<void> WriteVerdicts(const Verdicts& verdicts, const fs::path& folder) {
  return WriteStateFile(VerdictFile(folder, verdicts.machine, verdicts.core), ToJson(verdicts));
}

Result<Verdicts> ReadVerdicts(const fs::path& folder, const fs::path& root,
                              const std::string& core) {
  const Error unknown{ErrorCode::kNotFound, "this machine was not validated",
                      "run `pmubench validate`"};
  std::error_code error;
  if (folder.empty() || !fs::is_directory(folder, error)) return unknown;
  const fs::path file = VerdictFile(folder, ReadFingerprint(root).id, core);
  const auto text = ReadWhole(file);
  if (!text) return text.error().code == ErrorCode::kNotFound ? unknown : text.error();
  auto verdicts = VerdictsFromJson(*text);
  if (verdicts) return verdicts;
  return Error{ErrorCode::kBadInput, fmt::format("{}: {}", file.string(), verdicts.error().message),
               verdicts.error().remedy};
}

Distrust DistrustOf(const Verdicts& verdicts) {
  Distrust distrust;
  for (const EventVerdict& verdict : verdicts.events) {
    if (!verdict.dead() && !verdict.wrong()) continue;
    auto& reasons = verdict.dead() ? distrust.dead : distrust.wrong;
    reasons[verdict.event] = fmt::format("{} here: {} (pmubench validate, {})", verdict.event,
                                         verdict.detail, verdicts.time);
  }
  return distrust;
}

}  // namespace pmubench
