// `pmubench history`: what the records of many nights say.
#include "cli/history.h"

#include "cli/verb.h"
#ifdef PMUBENCH_HAS_STORE
#include "cli/history_store.h"
#include "cli/report.h"
#endif

namespace pmubench {

void AddHistoryVerb(CLI::App& app, int& exit_code) {
  CLI::App* history =
      app.add_subcommand("history", "Keep the records of many nights, and ask them");
  history->require_subcommand(1);
  AddHistoryChangepointsVerb(*history, exit_code);
#ifdef PMUBENCH_HAS_STORE
  history->footer(R"--(Each night:
  pmubench run --out run.json
  pmubench history import --branch main --commit "$(git rev-parse HEAD)" run.json

Then `pmubench history list` and `pmubench history show BENCHMARK` tell what is there.)--");
  AddHistoryStoreVerbs(*history, exit_code);
  AddHistoryAnalyzeVerb(*history, exit_code);
#endif
}

}  // namespace pmubench
