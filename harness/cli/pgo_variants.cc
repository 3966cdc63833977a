#include "cli/pgo_variants.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/text.h"

namespace pmubench {

BuildFlags BaseFlags(CompilerFamily family, const LlvmTools& tools) {
  BuildFlags flags;
  flags.compile = "-g1 -ffunction-sections";
  if (family == CompilerFamily::kClang) flags.compile += " -fdebug-info-for-profiling";
  // -B: GCC looks for ld.lld beside its own tools only. The build id ties a profile to its binary.
  flags.link = fmt::format("-B{} -fuse-ld=lld -Wl,--emit-relocs -Wl,--build-id", tools.folder);
  return flags;
}

BuildFlags GenerateFlags(CompilerFamily family, const std::string& raw_folder) {
  if (family == CompilerFamily::kGcc) return {"-fprofile-generate", "-fprofile-generate"};
  return {"-fprofile-generate=" + raw_folder, "-fprofile-generate=" + raw_folder};
}

BuildFlags UseFlags(CompilerFamily family, const std::string& profile) {
  // GCC finds its counts beside the object files of the build before.
  if (family == CompilerFamily::kGcc) return {"-fprofile-use -Wno-missing-profile", ""};
  return {"-fprofile-use=" + profile, ""};
}

BuildFlags SampleFlags(const std::string& profile) {
  return {"-fprofile-sample-use=" + profile, ""};
}

BuildFlags ShuffleFlags(int seed) {
  return {"", fmt::format("-Wl,--shuffle-sections=.text*={}", seed)};
}

BuildFlags Join(const BuildFlags& first, const BuildFlags& second) {
  const auto join = [](const std::string& a, const std::string& b) {
    return b.empty() ? a : a.empty() ? b : a + " " + b;
  };
  return {join(first.compile, second.compile), join(first.link, second.link)};
}

std::string CMakeFlags(const BuildFlags& flags) {
  return fmt::format(
      "separate_arguments(pmubench_compile UNIX_COMMAND [==[{}]==])\n"
      "separate_arguments(pmubench_link UNIX_COMMAND [==[{}]==])\n"
      "foreach(option IN LISTS pmubench_compile)\n"
      "  add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:${{option}}>)\n"
      "endforeach()\n"
      "add_link_options(${{pmubench_link}})\n",
      flags.compile, flags.link);
}

std::string FillIn(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const std::string place = "{" + name + "}";
    for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos;) {
      text.replace(at, place.size(), value);
      at += value.size();
    }
  }
  return text;
}

Result<std::vector<std::string>> ParseVariants(const std::string& list, CompilerFamily family) {
  const std::vector<std::string> known = {"sample", "instrumented", "bolt", "instrumented+bolt"};
  std::vector<std::string> variants;
  for (const std::string& name : SplitList(list)) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Error{ErrorCode::kUsage, fmt::format("there is no variant \"{}\"", name),
                   "choose of sample, instrumented, bolt, instrumented+bolt"};
    }
    if (name == "sample" && family == CompilerFamily::kGcc) {
      return Error{ErrorCode::kUsage,
                   "GCC takes sample profiles through AutoFDO only, and Debian's autofdo 0.19 "
                   "writes files that GCC 12 crashes on",
                   "leave \"sample\" out, or build with clang"};
    }
    if (std::find(variants.begin(), variants.end(), name) == variants.end()) {
      variants.push_back(name);
    }
  }
  if (variants.empty()) {
    return Error{ErrorCode::kUsage, "no variant was asked for", "e.g. --variants sample,bolt"};
  }
  return variants;
}

}  // namespace pmubench
