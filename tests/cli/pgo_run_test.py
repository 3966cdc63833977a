#!/usr/bin/env python3
"""`pmubench pgo run` on one bundled program, small: the counts that sample PGO has to change, and the report."""
import json

from pgo_tool import SOURCE, TOOL, PgoTest, llvm_folder, main

BUILD = "{cxx} -std=c++20 -O2 {cflags} {ldflags} " + str(SOURCE / "workloads/pgo/json.cc") + " -o {out}"


class Run(PgoTest):
    def test_json_parser(self):
        done = self.pgo("run", "--build", BUILD, "--train", "{binary} 400", "--interval", 500, "--branches", 2500,
                        "--run", "{binary} 4", "--count", "{binary} 6",
                        "--variants", "sample,instrumented", "--rounds", 2, "--floor", 0, "--cpu", "-1",
                        "--format", "json", "--markdown", "table.md")
        if "ptrace" in done.stderr or "libclang-rt" in done.stderr:
            self.skipTest(done.stderr.strip())
        self.assert_fine(done)
        report = json.loads(done.stdout)
        self.assertEqual(report["source"], "software")
        self.assertEqual(report["layout_floor"], [])
        base = report["base_counts"]
        self.assertGreater(base["instructions"], 1_000_000, report["notes"])
        variants = {variant["name"]: variant for variant in report["variants"]}
        self.assertEqual(set(variants), {"sample", "instrumented"}, report["notes"])
        for variant in variants.values():
            self.assertTrue(variant["same_output"])
            self.assertIn("verdict", variant)
            self.assertLess(variant["interval"][0], variant["interval"][1] + 1e-12)
        gain = {name: 1 - variant["counts"]["taken_branches"] / base["taken_branches"]
                for name, variant in variants.items()}
        # Counted, so the same on any machine, however loaded. ci/bench/pgo asks for 0.8, of a profile of 12,000.
        self.assertGreater(gain["instrumented"], 0.2)
        self.assertGreater(gain["sample"], 0.5 * gain["instrumented"])
        self.assertIn("| sample |", (self.folder / "table.md").read_text())


if __name__ == "__main__":
    main(TOOL, llvm_folder(), "valgrind")
