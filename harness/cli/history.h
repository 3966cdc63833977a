// `pmubench history` and its subcommands, one file each.
#pragma once

namespace CLI {
class App;
}

namespace pmubench {

/// Adds `history` with all its subcommands.
void AddHistoryVerb(CLI::App& app, int& exit_code);

void AddHistoryChangepointsVerb(CLI::App& history, int& exit_code);

}  // namespace pmubench
