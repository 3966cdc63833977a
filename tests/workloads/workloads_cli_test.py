#!/usr/bin/env python3
"""`pmubench list workloads` and `pmubench run NAME` from outside: what is listed runs by its name.

workloads_cli_test.py TOOL
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = sys.argv.pop(1)


def run(*arguments, **environment):
    return subprocess.run([TOOL, *arguments], capture_output=True, text=True, timeout=240,
                          env={**os.environ, **environment})


class List(unittest.TestCase):
    def test_each_says_what_it_is_and_needs(self):
        workloads = json.loads(run("list", "workloads", "--format", "json").stdout)
        self.assertGreaterEqual({w["name"] for w in workloads}, {"suite", "stream"})
        text = run("list", "workloads").stdout
        for workload in workloads:
            self.assertIn(workload["name"], text)
            self.assertIn(workload["stresses"], text)
            for need in workload["needs"]:
                self.assertIn(need["package"], text)
            self.assertTrue(workload["runnable"] or workload["reason"])


class Run(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.record = os.path.join(self.folder.name, "record.json")

    def run_stream(self, which, **environment):
        done = run("run", "stream", "--out", self.record, "--", f"--benchmark_filter={which}",
                   "--benchmark_min_time=0.01", **environment)
        record = pathlib.Path(self.record)
        return done, json.loads(record.read_text()) if record.exists() else None

    def test_by_name(self):
        done, record = self.run_stream("triad/temporal.*threads:1$", PMUBENCH_STREAM_MIB="2")
        self.assertEqual(done.returncode, 0, done.stderr)
        runs = [b for b in record["benchmarks"] if b.get("run_type", "iteration") == "iteration"]
        self.assertTrue(runs)
        for one in runs:
            self.assertGreater(one["bytes_per_second"], 0)
            # Temporal stores: four words for triad where STREAM counts three.
            self.assertAlmostEqual(one["with_write_allocate"] / one["bytes_per_second"], 4 / 3, 2)

    def test_more_threads_than_cpus(self):
        done, _ = self.run_stream("read", PMUBENCH_STREAM_MIB="1", PMUBENCH_STREAM_THREADS="100000")
        self.assertEqual(done.returncode, 2)
        self.assertIn("give 1 to", done.stderr)

    def test_settings_that_are_none(self):
        for name, value in (("ISA", "mmx"), ("MIB", "none"), ("METHOD", "best"), ("PAGES", "tiny"),
                            ("THREADS", "0")):
            done, _ = self.run_stream("read", **{"PMUBENCH_STREAM_" + name: value})
            self.assertEqual(done.returncode, 2, name)
            self.assertIn("PMUBENCH_STREAM_" + name, done.stderr)

    def test_an_array_that_does_not_fit(self):
        done, _ = self.run_stream("write/temporal.*threads:1$", PMUBENCH_STREAM_MIB="99999999")
        self.assertIn("at most", done.stdout + done.stderr)

    def test_a_name_that_is_none(self):
        done = run("run", "straem")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean 'stream'", done.stderr)


if __name__ == "__main__":
    unittest.main()
