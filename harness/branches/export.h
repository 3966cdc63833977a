// A profile of one binary in the text formats of the tools that apply it.
#pragma once

#include <string>

#include "branches/elf_image.h"
#include "branches/profile.h"

namespace pmubench {

enum class ExportFormat {
  kLlvm,     ///< llvm-profgen --unsymbolized-profile: offsets from the first executable segment
  kBolt,     ///< perf2bolt -pa: link-time addresses, branches and fall-throughs
  kAutofdo,  ///< create_gcov --profiler=text: offsets from the first PT_LOAD
  kText,     ///< for people: functions and their branches, by weight
};

/// "llvm", "bolt", "autofdo", "text"; anything else is kUsage.
[[nodiscard]] Result<ExportFormat> ExportFormatFromName(const std::string& name);

/// Pure. Entries outside the image's code are left out where the format has no word for them.
[[nodiscard]] std::string ExportProfile(const ImageProfile& profile, const ElfImage& image,
                                        ExportFormat format);

}  // namespace pmubench
