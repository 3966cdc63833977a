#include "catalogue/match.h"

#include <charconv>
#include <cstdint>
#include <vector>

namespace pmubench {
namespace {

constexpr int kArchScore = 1;
constexpr int kModelScore = 2;
constexpr int kSteppingScore = 3;

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "7" or "0x30..0x3f".
bool InRange(std::string_view text, int value) {
  const std::size_t dots = text.find("..");
  const auto low = ParseNumber(text.substr(0, dots));
  const auto high = dots == std::string_view::npos ? low : ParseNumber(text.substr(dots + 2));
  return low && high && value >= 0 && static_cast<std::uint64_t>(value) >= *low &&
         static_cast<std::uint64_t>(value) <= *high;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<int> MatchMidr(std::string_view text, const CpuIdentity& cpu) {
  const std::uint64_t implementer = (cpu.midr >> 24) & 0xff;
  const std::uint64_t part = (cpu.midr >> 4) & 0xfff;
  const auto wanted = ParseNumber(text);
  if (!wanted || *wanted != (implementer << 12 | part)) return std::nullopt;
  return kModelScore;
}

std::optional<int> MatchCpuid(std::string_view text, const CpuIdentity& cpu) {
  const auto parts = Split(text, '-');
  if (parts.size() < 3 || parts.size() > 4) return std::nullopt;
  if (parts[0] != cpu.vendor || !InRange(parts[1], cpu.family) || !InRange(parts[2], cpu.model)) {
    return std::nullopt;
  }
  if (parts.size() == 3) return kModelScore;
  if (!InRange(parts[3], cpu.stepping)) return std::nullopt;
  return kSteppingScore;
}

}  // namespace

std::optional<int> MatchCore(std::string_view pattern, const CpuIdentity& cpu) {
  if (ArchOfMatch(pattern) != cpu.arch || cpu.arch.empty()) return std::nullopt;
  const std::string_view rest = pattern.substr(pattern.find(':') + 1);
  if (pattern.starts_with("arch:")) return kArchScore;
  return pattern.starts_with("midr:") ? MatchMidr(rest, cpu) : MatchCpuid(rest, cpu);
}

std::string ArchOfMatch(std::string_view pattern) {
  if (pattern.starts_with("arch:")) return std::string(pattern.substr(5));
  if (pattern.starts_with("midr:")) return "arm64";
  if (pattern.starts_with("cpuid:")) return "x86_64";
  return "";
}

}  // namespace pmubench
