// `pmubench pgo`: would profile-guided optimisation pay here, and does it?
#include "cli/pgo.h"

#include "cli/verb.h"

namespace pmubench {

void AddPgoVerb(CLI::App& app, int& exit_code) {
  auto* pgo = app.add_subcommand(
      "pgo", "Is PGO worth it here; record branches; write the profile; prove the gain");
  pgo->require_subcommand(1);
  pgo->footer(R"(
  pmubench pgo advise RECORD.json                 would layout or compiler PGO pay, and why
  pmubench pgo record -o p.branches -- ./app ARGS   branch stacks, by the best source there is
  pmubench pgo export --for llvm --binary ./app p.branches -o p.unsym
  pmubench pgo run --build '...' --run '...'      build, record, rebuild, compare: one command
)");
  AddPgoAdvise(*pgo, exit_code);
  AddPgoRecord(*pgo, exit_code);
  AddPgoExport(*pgo, exit_code);
  AddPgoRun(*pgo, exit_code);
}

}  // namespace pmubench
