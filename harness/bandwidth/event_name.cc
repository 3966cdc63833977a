#include "bandwidth/event_name.h"

#include <charconv>

#include "platform/files.h"

namespace pmubench {

std::optional<std::uint64_t> EventName::number(std::string_view term) const {
  const auto found = terms.find(std::string(term));
  if (found == terms.end()) return std::nullopt;
  return ParseUnsigned(found->second);
}

EventName ParseEventName(std::string_view text) {
  EventName name;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) {
    name.terms.emplace(std::string(text.substr(0, text.find(':'))), "");
    return name;
  }
  name.pmu = std::string(Trim(text.substr(0, slash)));
  text.remove_prefix(slash + 1);
  for (const std::string& term : Split(text.substr(0, text.find('/')), ',')) {
    if (term.empty()) continue;
    const auto equals = term.find('=');
    name.terms.emplace(term.substr(0, equals),
                       equals == std::string::npos ? "" : term.substr(equals + 1));
  }
  return name;
}

std::optional<int> TrailingNumber(std::string_view pmu) {
  const auto last = pmu.find_last_not_of("0123456789");
  const auto digits = pmu.substr(last == std::string_view::npos ? 0 : last + 1);
  int number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || parsed.ec != std::errc{}) return std::nullopt;
  return number;
}

}  // namespace pmubench
