// `pmubench report`, `pmubench ci` and `pmubench history analyze`.
#pragma once

namespace CLI {
class App;
}

namespace pmubench {

void AddReportVerb(CLI::App& app, int& exit_code);
void AddCiVerb(CLI::App& app, int& exit_code);
void AddHistoryAnalyzeVerb(CLI::App& history, int& exit_code);

}  // namespace pmubench
