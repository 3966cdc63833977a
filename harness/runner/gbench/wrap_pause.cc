// State::PauseTiming and ResumeTiming, wrapped by the linker: what is paused is not counted.
#include "runner/gbench/hooks.h"
#include "runner/gbench/symbols.h"

namespace hooks = pmubench::gbench;

// NOLINTBEGIN(bugprone-reserved-identifier): the linker prescribes these names.
extern "C" {

void PMUBENCH_REAL(PMUBENCH_GBENCH_PAUSE)(benchmark::State*);
void PMUBENCH_REAL(PMUBENCH_GBENCH_RESUME)(benchmark::State*);

void PMUBENCH_WRAP(PMUBENCH_GBENCH_PAUSE)(benchmark::State* state) {
  hooks::PauseTiming(state, PMUBENCH_REAL(PMUBENCH_GBENCH_PAUSE));
}
void PMUBENCH_WRAP(PMUBENCH_GBENCH_RESUME)(benchmark::State* state) {
  hooks::ResumeTiming(state, PMUBENCH_REAL(PMUBENCH_GBENCH_RESUME));
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
