#include "platform/cpu_list.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <set>

#include "platform/files.h"

namespace pmubench {
namespace {

// No kernel is built for more (NR_CPUS); it keeps "0-999999999999" from eating the memory.
constexpr std::uint64_t kMostCpus = 65536;

std::optional<std::uint64_t> CpuNumber(std::string_view text) {
  const auto number = ParseUnsigned(Trim(text));
  return number && *number < kMostCpus ? number : std::nullopt;
}

// One element: "8", "0-3" or "0-63:2/4".
bool AddElement(std::string_view element, std::set<int>* cpus) {
  std::uint64_t used = 1;
  std::uint64_t stride = 1;
  const auto colon = element.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view steps = element.substr(colon + 1);
    const auto slash = steps.find('/');
    if (slash == std::string_view::npos) return false;
    const auto first = CpuNumber(steps.substr(0, slash));
    const auto second = CpuNumber(steps.substr(slash + 1));
    if (!first || !second || *first == 0 || *first > *second) return false;
    used = *first;
    stride = *second;
    element = element.substr(0, colon);
  }
  const auto dash = element.find('-');
  const auto from = CpuNumber(element.substr(0, dash));
  const auto to = dash == std::string_view::npos ? from : CpuNumber(element.substr(dash + 1));
  if (!from || !to || *to < *from) return false;
  for (std::uint64_t cpu = *from; cpu <= *to; ++cpu) {
    if ((cpu - *from) % stride < used) cpus->insert(static_cast<int>(cpu));
  }
  return true;
}

}  // namespace

Result<std::vector<int>> ParseCpuList(std::string_view text) {
  text = Trim(text);
  if (text.empty()) return std::vector<int>{};
  std::set<int> cpus;
  for (const std::string& element : Split(text, ',')) {
    if (!AddElement(element, &cpus)) {
      return Error{ErrorCode::kBadInput, fmt::format("'{}' is not a CPU list", text),
                   "write it as in 0-3,8"};
    }
  }
  return std::vector<int>(cpus.begin(), cpus.end());
}

std::string FormatCpuList(const std::vector<int>& cpus) {
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += last == i ? fmt::format("{}", cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace pmubench
