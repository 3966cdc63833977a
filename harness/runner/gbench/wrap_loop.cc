// The zero-edit way: the linker's --wrap sends Google Benchmark's calls that start and finish a
// timed loop here; __real_ names the originals.
#include "runner/gbench/hooks.h"
#include "runner/gbench/symbols.h"

namespace hooks = pmubench::gbench;

// NOLINTBEGIN(bugprone-reserved-identifier): the linker prescribes these names.
extern "C" {

void PMUBENCH_REAL(PMUBENCH_GBENCH_START)(benchmark::State*);
void PMUBENCH_REAL(PMUBENCH_GBENCH_FINISH)(benchmark::State*);

void PMUBENCH_WRAP(PMUBENCH_GBENCH_START)(benchmark::State* state) {
  hooks::StartKeepRunning(state, PMUBENCH_REAL(PMUBENCH_GBENCH_START));
}
void PMUBENCH_WRAP(PMUBENCH_GBENCH_FINISH)(benchmark::State* state) {
  hooks::FinishKeepRunning(state, PMUBENCH_REAL(PMUBENCH_GBENCH_FINISH));
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
