// Verdicts of a machine, kept in a file, and what they mean for what is measured there.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "platform/fingerprint.h"
#include "platform/state_folder.h"
#include "pmubench/result.h"
#include "validate/judge.h"

namespace pmubench {

/// What `pmubench validate` found on one machine.
struct Verdicts {
  std::string machine;  ///< MachineFingerprint::id
  std::string core;     ///< of the catalogue
  std::string kernel;   ///< release
  std::string time;     ///< UTC, ISO 8601
  std::vector<EventVerdict> events;
};

/// The file of a machine's core in a folder: a machine may have several kinds of cores.
[[nodiscard]] std::filesystem::path VerdictFile(const std::filesystem::path& folder,
                                                const std::string& machine,
                                                const std::string& core);

[[nodiscard]] std::string ToJson(const Verdicts& verdicts);
/// kBadInput where the text is no such JSON.
[[nodiscard]] Result<Verdicts> VerdictsFromJson(const std::string& text);

/// Writes beside the file and renames. kSystem names what failed.
[[nodiscard]] Result<void> WriteVerdicts(const Verdicts& verdicts,
                                         const std::filesystem::path& folder);

/// The verdicts on `core` of this machine under `root`. kNotFound where it was not validated;
/// kBadInput for a file that cannot be read.
[[nodiscard]] Result<Verdicts> ReadVerdicts(const std::filesystem::path& folder,
                                            const std::filesystem::path& root,
                                            const std::string& core);

/// Event -> why it cannot be believed, of the dead ones and of those that count wrong.
struct Distrust {
  std::map<std::string, std::string> dead;
  std::map<std::string, std::string> wrong;
};
[[nodiscard]] Distrust DistrustOf(const Verdicts& verdicts);

}  // namespace pmubench
