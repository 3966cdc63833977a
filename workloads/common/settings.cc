#include "common/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "common/cpus.h"
#include "platform/files.h"
#include "platform/text.h"

namespace pmubench {

std::string Setting(const char* name, const std::string& standard) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : standard;
}

std::uint64_t NumberSetting(const char* name, std::uint64_t standard, std::uint64_t least,
                            std::uint64_t most) {
  const std::string text = Setting(name, std::to_string(standard));
  const auto number = ParseUnsigned(text);
  if (!number || *number < least || *number > most) {
    RefuseSetting(fmt::format("{}={}: give a whole number of {} to {}", name, text, least, most));
  }
  return *number;
}

std::vector<int> ThreadsSetting(const char* name) {
  std::vector<int> counts;
  for (const std::string& text : SplitList(Setting(name, ""))) {
    counts.push_back(static_cast<int>(ParseUnsigned(text).value_or(0)));
  }
  if (counts.empty()) counts = {1, static_cast<int>(AllowedCpus().size())};
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  for (const int threads : counts) {
    if (const auto cpus = CpusForThreads(threads); !cpus) {
      RefuseSetting(fmt::format("{}: {}", name, cpus.error().ToString()));
    }
  }
  return counts;
}

void RefuseSetting(const std::string& message) {
  fmt::print(stderr, "{}\n", message);
  std::exit(2);
}

}  // namespace pmubench
