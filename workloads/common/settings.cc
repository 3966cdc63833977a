#include "common/settings.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "platform/files.h"

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

void RefuseSetting(const std::string& message) {
  fmt::print(stderr, "{}\n", message);
  std::exit(2);
}

}  // namespace pmubench
