// RunBenchmarks for each way of linking.
#pragma once

namespace pmubench::gbench {

/// As pmubench::RunBenchmarks; `loop_hooked` where the linker wraps StartKeepRunning.
int RunLinked(int argc, char** argv, bool loop_hooked);

}  // namespace pmubench::gbench
