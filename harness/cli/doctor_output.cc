// The doctor's report as text and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/doctor.h"

namespace pmubench {
namespace {

struct Sign {
  const char* name;
  const char* mark;
  const char* colour;
};

Sign SignOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kYes:
      return {"yes", "ok  ", "\x1b[32m"};
    case Verdict::kLimited:
      return {"limited", "part", "\x1b[33m"};
    case Verdict::kNo:
      return {"no", "no  ", "\x1b[31m"};
    case Verdict::kFact:
      break;
  }
  return {"fact", "    ", ""};
}

}  // namespace

std::string DoctorText(const DoctorReport& report, bool colour) {
  const char* bold = colour ? "\x1b[1m" : "";
  const char* plain = colour ? "\x1b[0m" : "";
  std::size_t width = 0;
  for (const Finding& finding : report.findings) width = std::max(width, finding.what.size());
  std::string text;
  std::string section;
  for (const Finding& finding : report.findings) {
    if (finding.section != section) {
      section = finding.section;
      text += fmt::format("{}{}{}{}\n", text.empty() ? "" : "\n", bold, section, plain);
    }
    const Sign sign = SignOf(finding.verdict);
    const bool shown = colour && *sign.colour != '\0';
    text += fmt::format("  {}{}{}  {:<{}}  {}\n", shown ? sign.colour : "", sign.mark,
                        shown ? plain : "", finding.what, width, finding.detail);
    if (!finding.remedy.empty()) {
      text += fmt::format("  {:4}  {:<{}}  -> {}\n", "", "", width, finding.remedy);
    }
  }
  if (!report.fitness.empty()) {
    text += fmt::format("\n{}for benchmarks this machine is {}{}\n", bold, report.fitness, plain);
  }
  return text;
}

std::string DoctorJson(const DoctorReport& report) {
  using Json = nlohmann::ordered_json;
  Json findings = Json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back({{"section", finding.section},
                        {"what", finding.what},
                        {"verdict", SignOf(finding.verdict).name},
                        {"detail", finding.detail},
                        {"remedy", finding.remedy.empty() ? Json(nullptr) : Json(finding.remedy)}});
  }
  Json pmus = Json::array();
  for (const PmuDevice& pmu : report.pmus) {
    pmus.push_back({{"name", pmu.name}, {"type", pmu.type}, {"core", pmu.is_core()}});
  }
  Json json = {{"machine", Json::parse(MachineJson(report.machine))},
               {"pmus", std::move(pmus)},
               {"findings", std::move(findings)}};
  if (!report.fitness.empty()) json["fitness"] = report.fitness;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pmubench
