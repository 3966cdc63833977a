#include "branches/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace pmubench {
namespace {

double Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void CheckBinary(const ElfImage& image, ExportFormat format, ProfileCheck& check) {
  const auto wrong = [&](const std::string& what, const std::string& remedy) {
    check.errors.push_back({ErrorCode::kBadInput, image.path() + " " + what, remedy});
  };
  if (image.machine() == Machine::kUnknown) {
    wrong("is for another architecture than x86-64 and aarch64", "");
  }
  if (format == ExportFormat::kText) return;
  if (image.stripped()) {
    wrong("is stripped: its functions are not known",
          "profile the binary before `strip`; profile data of it fits the stripped one too");
  }
  if (format == ExportFormat::kBolt) {
    if (image.made_by_bolt()) {
      wrong("was written by BOLT, which cannot rewrite its own output",
            "record the binary from before BOLT");
    }
    if (!image.has_relocations()) {
      check.warnings.push_back(
          "no relocations in the binary: BOLT will not move functions; link with -Wl,-q "
          "(--emit-relocs)");
    }
    return;
  }
  if (!image.has_line_table() || image.dwarf_version() == 0) {
    wrong("has no debug information: counts cannot be brought to source lines",
          "compile with -g1 -fdebug-info-for-profiling (clang) or -g (GCC) and record again; "
          "optimisation stays the same");
  } else if (format == ExportFormat::kAutofdo && image.dwarf_version() >= 5) {
    // autofdo 0.19 writes an empty profile then, and exits with 0.
    wrong("has DWARF 5 debug information, which autofdo 0.19 cannot read",
          "compile with -gdwarf-4 and record again");
  }
}

void CheckCounts(const ImageProfile& profile, const ElfImage& image, ProfileCheck& check) {
  std::set<std::uint64_t> functions;
  std::uint64_t inside = 0;
  std::uint64_t branches = 0;
  std::uint64_t in_functions = 0;
  std::uint64_t outside = 0;
  for (const auto& [where, count] : profile.branches) {
    check.taken += count.taken;
    if (where.first == kOutside || where.second == kOutside) outside += count.taken;
    if (where.first == kOutside) continue;
    inside += count.taken;
    if (Decode(image.machine(), image.BytesAt(where.first, 16)).is_branch()) {
      branches += count.taken;
    }
    if (const ElfFunction* function = image.FunctionAt(where.first)) {
      in_functions += count.taken;
      functions.insert(function->address);
    }
  }
  std::uint64_t crossing = 0;
  for (const auto& [where, count] : profile.ranges) {
    check.ranges += count;
    if (image.FunctionAt(where.first) != image.FunctionAt(where.second)) crossing += count;
  }
  check.branch_share = Share(branches, inside);
  check.function_share = Share(in_functions, inside);
  check.crossing_share = Share(crossing, check.ranges);
  check.outside_share = Share(outside, check.taken);
  check.functions_seen = static_cast<int>(functions.size());
  check.functions_known = static_cast<int>(image.functions().size());
}

}  // namespace

ProfileCheck CheckProfile(const ImageProfile& profile, const ElfImage& image, ExportFormat format,
                          const std::string& source) {
  ProfileCheck check;
  CheckBinary(image, format, check);
  CheckCounts(profile, image, check);
  const auto wrong = [&](const std::string& what, const std::string& remedy) {
    check.errors.push_back({ErrorCode::kBadInput, what, remedy});
  };
  if (profile.machine != image.machine()) {
    wrong(fmt::format("the profile is of {}, the binary of {}", ToString(profile.machine),
                      ToString(image.machine())),
          "record on the architecture that the binary is for");
  }
  if (profile.build_id != image.build_id()) {
    wrong(fmt::format("the profile is of build {}, the binary is build {}", profile.build_id,
                      image.build_id()),
          "the binary was changed since the recording: record again");
  }
  if (check.taken == 0 && !profile.samples.empty()) {
    check.warnings.push_back(
        "the profile has addresses only, no branches: function hotness is known, the way through "
        "functions is not. BOLT without branches (-nl) may make the program slower");
    if (format == ExportFormat::kLlvm || format == ExportFormat::kBolt) {
      wrong("this format needs branches, and the profile has none",
            "record with --source software");
    }
    return check;
  }
  if (check.taken < kFewestBranches) {
    wrong(fmt::format("the profile has {} taken branches in {}, too few to be a profile",
                      check.taken, image.path()),
          "run it longer, on work like that of every day, or with a shorter --interval");
    return check;
  }
  if (check.ranges == 0) {
    wrong("the profile has no straight-line ranges",
          "record all branch types (perf record -j any,u), not calls only");
  }
  if (check.branch_share < 0.95) {
    wrong(fmt::format("{:.1f} % of the branch sources are no branches in {}",
                      100 * (1 - check.branch_share), image.path()),
          "the profile is of another build, or its mappings are missing: record again, or import "
          "with --show-mmap-events");
  }
  if (format != ExportFormat::kText && check.function_share < 0.8) {
    wrong(fmt::format("only {:.0f} % of the branches lie in functions of the symbol table",
                      100 * check.function_share),
          "keep the symbol table (no -s, no strip)");
  }
  if (check.crossing_share > 0.02) {
    check.warnings.push_back(fmt::format(
        "{:.1f} % of the ranges run from one function into another", 100 * check.crossing_share));
  }
  if (check.taken < kManyBranches) {
    check.warnings.push_back(
        fmt::format("{} taken branches are few: record longer for a steadier result", check.taken));
  }
  if (source == "cpu-clock") {
    check.warnings.push_back("recorded by clock ticks: where branches went is not known");
  }
  return check;
}

Result<const ImageProfile*> PartOf(const BranchProfile& profile, const ElfImage& image) {
  if (const auto it = profile.images.find(image.build_id()); it != profile.images.end()) {
    return &it->second;
  }
  if (profile.images.empty()) {
    return Error{ErrorCode::kBadInput, "the profile is empty: no branch in any binary was seen",
                 "run the program longer; code that is generated at run time (JIT) has no binary "
                 "and cannot be profiled this way"};
  }
  const std::filesystem::path path(image.path());
  std::string there;
  for (const auto& [build_id, part] : profile.images) {
    if (std::filesystem::path(part.path).filename() == path.filename()) {
      if (part.machine != image.machine()) {
        return Error{ErrorCode::kBadInput,
                     fmt::format("the profile of {} is of {}, {} is for {}", part.path,
                                 ToString(part.machine), image.path(), ToString(image.machine())),
                     "record on the architecture that the binary is for"};
      }
      return Error{ErrorCode::kBadInput,
                   fmt::format("{} was changed since the recording: the profile is of build {}, "
                               "the binary is build {}",
                               image.path(), part.build_id, image.build_id()),
                   "record again with this binary"};
    }
    there += fmt::format("{}{} ({}, {} branches)", there.empty() ? "" : ", ", part.path,
                         ToString(part.machine), part.TakenTotal());
  }
  return Error{ErrorCode::kBadInput,
               fmt::format("the profile holds nothing of {}; it holds {}", image.path(), there),
               "name the binary that ran with --binary"};
}

}  // namespace pmubench
