// The subcommands of `pmubench pgo`, one file each.
#pragma once

namespace CLI {
class App;
}

namespace pmubench {

void AddPgoAdvise(CLI::App& pgo, int& exit_code);
void AddPgoRecord(CLI::App& pgo, int& exit_code);
void AddPgoExport(CLI::App& pgo, int& exit_code);
void AddPgoRun(CLI::App& pgo, int& exit_code);

}  // namespace pmubench
