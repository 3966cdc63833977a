#!/usr/bin/env python3
"""Sample PGO by the software recorder reaches 80 % of what instrumented PGO gains: ci/bench/pgo, counts alone."""
from pgo_tool import SOURCE, TOOL, PgoTest, llvm_folder, main, ran


class Gains(PgoTest):
    def test_bundled_programs(self):
        done = ran(SOURCE / "ci/bench/pgo", "--quick", "--pmubench", TOOL, "--work", self.folder, timeout=2980)
        self.assert_recorded(done)
        for program in ("interp", "sort", "json", "bigcode"):
            for build in ("sample", "instrumented", "bolt"):
                self.assertIn(f"| {program} | {build} |", done.stdout)


if __name__ == "__main__":
    main(TOOL, llvm_folder(), llvm_folder() and f"{llvm_folder()}/llvm-bolt", "valgrind", "cmake", "make")
