// `pmubench control`, and what other verbs do with --control.
#pragma once

#include <optional>
#include <string>

#include "pmubench/result.h"
#include "runner/machine_control.h"

namespace CLI {
class App;
}

namespace pmubench {

/// Changes this machine's settings until the value goes; nothing where `text` is empty. Says on
/// standard error what was changed, what was not and why. kUsage for what is no setting.
[[nodiscard]] Result<std::optional<MachineControl>> ControlMachine(const std::string& text);

void AddControlVerb(CLI::App& app, int& exit_code);

}  // namespace pmubench
