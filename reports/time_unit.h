// Units of time as Google Benchmark writes them.
#pragma once

#include <optional>
#include <string_view>

namespace pmubench {

/// Of one `unit`; "" is ns. nullopt for what is no unit of time.
[[nodiscard]] constexpr std::optional<double> NanosecondsPer(std::string_view unit) {
  if (unit == "ns" || unit.empty()) return 1;
  if (unit == "us") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  return std::nullopt;
}

}  // namespace pmubench
