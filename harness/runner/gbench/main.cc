// The main of pmubench::gbench_main: the benchmarks stay as they are.
#include "runner/gbench/run_benchmarks.h"

int main(int argc, char** argv) {
  return pmubench::gbench::RunLinked(argc, argv, /*loop_hooked=*/true);
}
