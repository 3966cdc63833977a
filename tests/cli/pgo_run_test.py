#!/usr/bin/env python3
"""`pmubench pgo run` on a small project of its own: flags, presets, outputs, counts under a script, and the report.
What PGO gains is ci/bench/pgo's to show."""
import json
import os

from pgo_tool import PgoTest, TOOL, llvm_folder, main
from skipping import skip_test

# Three of four turns go to the far end of the function; the last line differs from run to run.
PROGRAM = r"""
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

__attribute__((noinline)) unsigned long step(unsigned long i, unsigned long sum) {
  if (i % 4 == 0) return sum * 3 + i / 7;
  if (i % 1000003 == 1) { for (int k = 0; k < 9; ++k) sum = sum * 33 + (i ^ sum >> k); return sum; }
  return sum + i;
}

int main(int argc, char** argv) {
  const unsigned long turns = (argc > 1 ? strtoul(argv[1], 0, 10) : 1) * 100000;
  unsigned long sum = 1;
  for (unsigned long i = 0; i < turns; ++i) sum = step(i, sum);
  printf("answer %d, sum %lu\n", ANSWER, sum);
  printf("spent: %ld us\n", (long)(clock() * 1000000.0 / CLOCKS_PER_SEC) + 1);
}
"""
CMAKE = """cmake_minimum_required(VERSION 3.25)
project(small LANGUAGES C)
add_executable(small small.c)
"""
PRESETS = {"version": 6, "configurePresets": [
    {"name": "mine", "binaryDir": "${sourceDir}/build",
     "cacheVariables": {"CMAKE_BUILD_TYPE": "Release", "CMAKE_C_FLAGS": "-DANSWER=42"}}]}
BUILD = "{cc} -O2 -DANSWER=42 {cflags} {ldflags} small.c -o {out}"
MEASURE = ("--rounds", 6, "--floor", 1, "--cpu", -1, "--value", r"spent: (\d+) us", "--source", "software",
           "--interval", 500, "--branches", 2000, "--format", "json", "--markdown", "table.md")


class Run(PgoTest):
    def setUp(self):
        super().setUp()
        (self.folder / "small.c").write_text(PROGRAM)
        (self.folder / "CMakeLists.txt").write_text(CMAKE)
        (self.folder / "CMakePresets.json").write_text(json.dumps(PRESETS))

    def report(self, *options):
        done = self.pgo("run", *options, *MEASURE)
        if done.returncode != 0 and "libclang-rt" in done.stderr:
            skip_test(self, done.stderr.strip())
        self.assert_recorded(done)
        report = json.loads(done.stdout)
        for variant in report["variants"]:
            self.assertTrue(variant["same_output"], variant)
            low, high = variant["interval"]
            self.assertLessEqual(low, variant["time_ratio"])
            self.assertLessEqual(variant["time_ratio"], high)
        return report, {variant["name"]: variant for variant in report["variants"]}

    def test_build_command(self):
        # A script that starts the binary is counted as the binary.
        script = self.folder / "count.sh"
        script.write_text('#!/bin/sh\necho counting "$1"\n"$1" 1\n')
        os.chmod(script, 0o755)
        report, variants = self.report("--build", BUILD, "--train", "{binary} 500", "--run", "{binary} 20",
                                       "--count", f"{script} {{binary}}", "--variants", "sample,instrumented")
        self.assertEqual(report["source"], "software")
        self.assertEqual(report["measure"], "the value in the output")
        self.assertEqual(len(report["layout_floor"]), 1)
        self.assertEqual(set(variants), {"sample", "instrumented"}, report["notes"])
        base = report["base_counts"]
        self.assertGreater(base["instructions"], 500_000, report["notes"])
        for variant in variants.values():
            self.assertLess(variant["counts"]["taken_branches"], base["taken_branches"])
        self.assertTrue(report["base_pmu_metrics"] or any("no PMU metrics" in note for note in report["notes"]))
        table = (self.folder / "table.md").read_text()
        self.assertIn("| sample |", table)
        self.assertIn("in 1 random function orders", table)

    def test_cmake_preset_keeps_its_own_flags(self):
        report, variants = self.report("--cmake", self.folder, "--preset", "mine", "--target", "small", "--train",
                                       "{binary} 500", "--run", "{binary} 20", "--variants", "bolt")
        self.assertEqual(set(variants), {"bolt"}, report["notes"])

    def test_other_output_is_no_gain(self):
        # "bolt" is not in the way here: the build itself is made to differ by the profile's flag.
        build = BUILD.replace("-DANSWER=42", "$(echo '{cflags}' | grep -q sample-use && echo -DANSWER=7 || echo -DANSWER=42)")
        done = self.pgo("run", "--build", build, "--train", "{binary} 500", "--run", "{binary} 1", "--variants", "sample",
                        *MEASURE)
        self.skip_without_ptrace(done)
        self.assertEqual(done.returncode, 1, done.stderr)
        variant = json.loads(done.stdout)["variants"][0]
        self.assertFalse(variant["same_output"])
        self.assertIn("output differs", variant["verdict"])

    def test_builds_that_fail_say_which_command(self):
        self.assert_refused(self.pgo("run", "--build", "false {cflags}", "--run", "{binary}"),
                            "building base failed", "false ", "run the command by hand")
        self.assert_refused(self.pgo("run", "--build", "true", "--run", "{binary}"), "did not write", "{out}")
        self.assert_refused(self.pgo("run", "--cmake", self.folder, "--target", "nothing", "--run", "{binary}"),
                            "building failed", "--target 'nothing'")


if __name__ == "__main__":
    main(TOOL, llvm_folder(), "valgrind", "cmake")
