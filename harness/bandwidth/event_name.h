// Event names as perf spells them: "pmu/term,key=value,.../modifiers".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pmubench {

/// A name taken apart. Without a PMU ("cycles:D") `pmu` is empty and the name is the only term.
struct EventName {
  std::string pmu;
  std::map<std::string, std::string> terms;  ///< "event" -> "0x04"; a term alone -> ""

  [[nodiscard]] bool has(std::string_view term) const { return terms.contains(std::string(term)); }
  /// The term's value as a number; nullopt where it is not there or not a number.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view term) const;
};

[[nodiscard]] EventName ParseEventName(std::string_view text);

/// The number at the end of a PMU's name ("arm_cmn_1" -> 1); nullopt where there is none.
[[nodiscard]] std::optional<int> TrailingNumber(std::string_view pmu);

}  // namespace pmubench
