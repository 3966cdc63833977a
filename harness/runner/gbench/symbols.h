// The four private symbols of Google Benchmark that bracket a timed loop. The Itanium ABI mangles
// them alike on x86-64 and arm64; a check at the start finds out whether they do what they did.
#pragma once

#define PMUBENCH_GBENCH_START _ZN9benchmark5State16StartKeepRunningEv
#define PMUBENCH_GBENCH_FINISH _ZN9benchmark5State17FinishKeepRunningEv
#define PMUBENCH_GBENCH_PAUSE _ZN9benchmark5State11PauseTimingEv
#define PMUBENCH_GBENCH_RESUME _ZN9benchmark5State12ResumeTimingEv

#define PMUBENCH_JOIN_(a, b) a##b
#define PMUBENCH_JOIN(a, b) PMUBENCH_JOIN_(a, b)

/// Names that the linker's --wrap gives the original and its replacement.
#define PMUBENCH_REAL(symbol) PMUBENCH_JOIN(__real_, symbol)
#define PMUBENCH_WRAP(symbol) PMUBENCH_JOIN(__wrap_, symbol)
