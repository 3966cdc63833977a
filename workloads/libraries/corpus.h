// What is compressed and encrypted: text made from a fixed seed, and a real one of this machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "pmubench/result.h"

namespace pmubench::libraries {

/// `bytes` of words, some much more frequent than others, in lines. The same on every machine.
[[nodiscard]] std::string GeneratedText(std::size_t bytes);

/// The file PMUBENCH_LIBRARIES_TEXT, or a licence of Debian's base-files, as it is.
/// kNotFound where it is not there, kBadInput where it is empty.
[[nodiscard]] Result<std::string> RealText();

/// Ends the program as RefuseSetting does where PMUBENCH_LIBRARIES_TEXT is set and cannot be read.
void RefuseWrongText();

/// FNV-1a, to know a text again.
[[nodiscard]] std::uint64_t Fingerprint(const std::string& text);

}  // namespace pmubench::libraries
