#include "branches/export.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

namespace pmubench {
namespace {

std::string Demangled(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? std::string(text.get()) : name;
}

// Counts with both ends in the image, as "N" lines after their number: what llvm-profgen and
// AutoFDO share.
std::string Ranges(const ImageProfile& profile, std::uint64_t base) {
  std::string lines;
  std::size_t count = 0;
  for (const auto& [where, times] : profile.ranges) {
    if (where.first < base) continue;
    lines += fmt::format("{:x}-{:x}:{}\n", where.first - base, where.second - base, times);
    ++count;
  }
  return fmt::format("{}\n", count) + lines;
}

std::string Branches(const ImageProfile& profile, std::uint64_t base) {
  std::string lines;
  std::size_t count = 0;
  for (const auto& [where, times] : profile.branches) {
    if (where.first == kOutside || where.second == kOutside) continue;
    if (where.first < base || where.second < base) continue;
    lines += fmt::format("{:x}->{:x}:{}\n", where.first - base, where.second - base, times.taken);
    ++count;
  }
  return fmt::format("{}\n", count) + lines;
}

std::string Samples(const ImageProfile& profile, std::uint64_t base) {
  std::string lines;
  std::size_t count = 0;
  for (const auto& [where, times] : profile.samples) {
    if (where < base) continue;
    lines += fmt::format("{:x}:{}\n", where - base, times);
    ++count;
  }
  return fmt::format("{}\n", count) + lines;
}

std::string ForBolt(const ImageProfile& profile, const ElfImage& image) {
  const auto place = [](std::uint64_t address) {
    return address == kOutside ? std::string("X:0") : fmt::format("{:x}", address);
  };
  std::string text;
  for (const auto& [where, count] : profile.branches) {
    text += fmt::format("B {} {} {} {}\n", place(where.first), place(where.second), count.taken,
                        count.mispredicted);
  }
  // Without these, half of the taken branches stay where they are.
  for (const auto& [where, count] : profile.ranges) {
    // perf2bolt takes stubs of the procedure linkage table for code that does not fit the profile.
    if (image.FunctionAt(where.first) == nullptr && !image.stripped()) continue;
    text += fmt::format("F {:x} {:x} {}\n", where.first, where.second, count);
  }
  return text;
}

struct FunctionWeight {
  std::string name;
  std::uint64_t taken = 0;
  std::vector<std::pair<std::uint64_t, std::string>> lines;
};

std::string ForPeople(const ImageProfile& profile, const ElfImage& image) {
  const auto place = [&](std::uint64_t address) -> std::string {
    if (address == kOutside) return "outside";
    const ElfFunction* function = image.FunctionAt(address);
    if (function == nullptr) return fmt::format("0x{:x}", address);
    return fmt::format("{}+0x{:x}", Demangled(function->name), address - function->address);
  };
  std::map<std::string, FunctionWeight> functions;
  for (const auto& [where, count] : profile.branches) {
    const std::uint64_t owner = where.first == kOutside ? where.second : where.first;
    const ElfFunction* function = image.FunctionAt(owner);
    const std::string name = function == nullptr ? "(no symbol)" : Demangled(function->name);
    FunctionWeight& weight = functions[name];
    weight.name = name;
    weight.taken += count.taken;
    std::string line =
        fmt::format("  {:>10}  {} -> {}", count.taken, place(where.first), place(where.second));
    if (count.mispredicted != 0) line += fmt::format("  ({} mispredicted)", count.mispredicted);
    weight.lines.emplace_back(count.taken, std::move(line));
  }
  std::vector<FunctionWeight> order;
  for (auto& [name, weight] : functions) order.push_back(std::move(weight));
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.taken > b.taken; });
  const std::uint64_t total = std::max<std::uint64_t>(profile.TakenTotal(), 1);
  std::string text = fmt::format("# {} ({})\n# build id {}\n# {} taken branches, {} ranges\n",
                                 profile.path, ToString(profile.machine), profile.build_id,
                                 profile.TakenTotal(), profile.RangeTotal());
  for (FunctionWeight& function : order) {
    text += fmt::format("{:5.1f} %  {}\n",
                        100.0 * static_cast<double>(function.taken) / static_cast<double>(total),
                        function.name);
    std::stable_sort(function.lines.begin(), function.lines.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [taken, line] : function.lines) text += line + "\n";
  }
  return text;
}

}  // namespace

Result<ExportFormat> ExportFormatFromName(const std::string& name) {
  if (name == "llvm") return ExportFormat::kLlvm;
  if (name == "bolt") return ExportFormat::kBolt;
  if (name == "autofdo") return ExportFormat::kAutofdo;
  if (name == "text") return ExportFormat::kText;
  return Error{ErrorCode::kUsage, fmt::format("there is no profile format \"{}\"", name),
               "choose llvm, bolt, autofdo or text"};
}

std::string ExportProfile(const ImageProfile& profile, const ElfImage& image, ExportFormat format) {
  switch (format) {
    case ExportFormat::kLlvm:
      return Ranges(profile, image.FirstExecutableBase()) +
             Branches(profile, image.FirstExecutableBase());
    case ExportFormat::kBolt:
      return ForBolt(profile, image);
    case ExportFormat::kAutofdo:
      return Ranges(profile, image.FirstLoadBase()) + Samples(profile, image.FirstLoadBase()) +
             Branches(profile, image.FirstLoadBase());
    case ExportFormat::kText:
      break;
  }
  return ForPeople(profile, image);
}

}  // namespace pmubench
