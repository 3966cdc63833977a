#include "platform/control_journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace pmubench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Json StepJson(const ControlStep& step) {
  return {{"setting", step.setting},
          {"kind", static_cast<int>(step.kind)},
          {"path", step.path.string()},
          {"before", step.before},
          {"after", step.after}};
}

}  // namespace

fs::path ControlFolder(const fs::path& root) { return root / "run/pmubench"; }
fs::path ControlJournal(const fs::path& root) { return ControlFolder(root) / "control.json"; }

std::vector<ControlStep> ReadControlJournal(const fs::path& root) {
  std::ifstream stream(ControlJournal(root));
  const Json json = Json::parse(stream, nullptr, false);
  std::vector<ControlStep> steps;
  if (!json.is_object() || !json.contains("steps")) return steps;
  for (const Json& one : json["steps"]) {
    steps.push_back({one.value("setting", ""), static_cast<ControlStep::Kind>(one.value("kind", 0)),
                     one.value("path", ""), one.value("before", ""), one.value("after", "")});
  }
  return steps;
}

bool WriteControlJournal(const fs::path& root, const std::vector<ControlStep>& steps) {
  Json json = {{"pid", getpid()}, {"steps", Json::array()}};
  for (const ControlStep& step : steps) json["steps"].push_back(StepJson(step));
  const fs::path temporary = ControlFolder(root) / fmt::format("control.{}.tmp", getpid());
  const std::string text = json.dump(1) + "\n";
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  const bool whole =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  close(fd);
  return whole && rename(temporary.c_str(), ControlJournal(root).c_str()) == 0;
}

std::vector<std::string> ControlledSettings(const fs::path& root) {
  std::vector<std::string> settings;
  std::set<std::string> known;
  for (const ControlStep& step : ReadControlJournal(root)) {
    if (step.kind != ControlStep::Kind::kWrite || step.after.starts_with('+')) continue;
    if (known.insert(step.setting).second) {
      settings.push_back(fmt::format("{}={}", step.setting, step.after));
    }
  }
  return settings;
}

}  // namespace pmubench
