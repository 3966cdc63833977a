// What a process has changed of a machine's settings, kept in a file while it is so.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "platform/control_plan.h"

namespace pmubench {

/// run/pmubench under the root.
[[nodiscard]] std::filesystem::path ControlFolder(const std::filesystem::path& root);
[[nodiscard]] std::filesystem::path ControlJournal(const std::filesystem::path& root);

/// Empty where nothing is changed.
[[nodiscard]] std::vector<ControlStep> ReadControlJournal(const std::filesystem::path& root);

/// On the disk before it returns; false, with errno, where it cannot be.
[[nodiscard]] bool WriteControlJournal(const std::filesystem::path& root,
                                       const std::vector<ControlStep>& steps);

/// "turbo=0", each setting once, in order: for the fingerprint.
[[nodiscard]] std::vector<std::string> ControlledSettings(const std::filesystem::path& root);

}  // namespace pmubench
