#!/usr/bin/env python3
"""`pmubench list workloads` and `pmubench run NAME` from outside: what is listed runs by its name.

workloads_cli_test.py TOOL
"""
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from skipping import skip_test  # noqa: E402

TOOL = sys.argv.pop(1)


def run(*arguments, **environment):
    return subprocess.run([TOOL, *arguments], capture_output=True, text=True, timeout=240,
                          env={**os.environ, **environment})


def has(workload):
    listed = json.loads(run("list", "workloads", "--format", "json").stdout)
    return any(w["name"] == workload and w["runnable"] for w in listed)


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
        return self.run_workload("stream", which, **environment)

    def run_workload(self, name, which, seconds="0.01", **environment):
        done = run("run", name, "--out", self.record, "--", f"--benchmark_filter={which}",
                   f"--benchmark_min_time={seconds}", **environment)
        record = pathlib.Path(self.record)
        return done, json.loads(record.read_text()) if record.exists() else None

    def test_by_name(self):
        done, record = self.run_stream("triad/temporal.*threads:1$", PMUBENCH_STREAM_MIB="2")
        self.assertEqual(done.returncode, 0, done.stderr)
        runs = [b for b in record["benchmarks"] if b.get("run_type", "iteration") == "iteration"]
        self.assertTrue(runs)
        for one in runs:
            self.assertGreater(one["bytes_per_second"], 0)
            self.assertGreaterEqual(one["others_cpus"], 0)
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
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "PMUBENCH_STREAM_MIB: .* give at most [0-9]+ MiB an array")

    def test_every_library_passes_its_own_check(self):
        done, record = self.run_workload("libraries", "-262144|1048576|level:12/gen|lz4/c.*level:9/gen|medium",
                                         seconds="0.001")
        self.assertEqual(done.returncode, 0, done.stderr)
        names = {b["name"].split("/")[0] for b in record["benchmarks"]}
        self.assertEqual(names - {"x264", "dav1d"}, {"zstd", "lz4", "openssl", "sqlite", "libstdc++"})
        for version in ("zstd_version", "lz4_version", "openssl_version", "sqlite_version"):
            self.assertIn(version, record["context"])

    def test_a_text_that_is_not_there(self):
        done, _ = self.run_workload("libraries", "lz4", PMUBENCH_LIBRARIES_TEXT="/nowhere/text")
        self.assertEqual(done.returncode, 2)
        self.assertIn("PMUBENCH_LIBRARIES_TEXT: no text at /nowhere/text", done.stderr)

    def test_products_of_weights_in_memory_say_their_share_of_what_a_read_reaches(self):
        done, record = self.run_workload("matvec", "/memory/.*threads:1$", PMUBENCH_MATVEC_MIB="4",
                                         PMUBENCH_MATVEC_COLUMNS="512")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(record["benchmarks"])
        for one in record["benchmarks"]:
            weights = one["bytes_per_second"] / (4.5 / 8)
            self.assertAlmostEqual(one["tokens_per_s_of_8b"] * 8e9 / weights, 1, 3)
            self.assertGreater(one["share_of_read"], 0)

    def test_settings_of_products_that_are_none(self):
        for name, value in (("MIB", "99999999"), ("COLUMNS", "65"), ("THREADS", "100000")):
            done, _ = self.run_workload("matvec", "cache", **{"PMUBENCH_MATVEC_" + name: value})
            self.assertEqual(done.returncode, 2, name)
            self.assertIn("PMUBENCH_MATVEC_" + name, done.stderr)
            self.assertNotIn("record:", done.stderr)

    def test_protection_says_whether_nops_were_measured(self):
        done, record = self.run_workload("protection", "deep/16|leaves", seconds="0.001")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(record["context"]["landing_pads"], "^(checked|NOPs)")
        self.assertRegex(record["context"]["return_addresses"], "^(signed|checked|not)")
        self.assertGreaterEqual({b["name"].rsplit("/", 1)[1] for b in record["benchmarks"]}, {"none"})

    def compare_pair(self, pair, *arguments):
        return run("ab", "protection", "--pair", pair, "--first-look", "6", "--launches", "6", "--gate", "cpu_time",
                   "--format", "json", *arguments)

    def test_variants_in_one_program_are_compared_pair_by_pair(self):
        """A chain of 1000 calls against one of 16: some 60 times as long on any machine."""
        done = self.compare_pair("16:1000", "--", "--benchmark_filter=deep/.*/none", "--benchmark_min_time=0.001")
        self.assertEqual(done.returncode, 1, done.stderr)
        answer = json.loads(done.stdout)
        self.assertTrue(answer["paired"])
        self.assertEqual((answer["base_launches"], answer["new_launches"]), (6, 6))
        self.assertTrue(answer["benchmarks"])
        for one in answer["benchmarks"]:
            self.assertRegex(one["name"], "^protection/deep/16:1000/")
            metric = one["metrics"][0]
            self.assertLess(metric["ratio_low"], metric["ratio"])
            self.assertLess(metric["ratio"], metric["ratio_high"])
            self.assertGreater(metric["ratio_low"], 10)

    def test_words_that_pair_nothing(self):
        done = self.compare_pair("none:all")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "would pair by .*none:")
        self.assertEqual(self.compare_pair("none").returncode, 2)
        self.assertEqual(run("ab", "protection", "suite", "--pair", "none:all").returncode, 2)
        self.assertIn("--pair", run("ab", "protection").stderr)
        self.assertEqual(run("ab", "/bin/true", "--pair", "a:b").returncode, 2)

    def test_settings_of_files_that_are_none(self):
        if not has("files"):
            skip_test(self, "pmubench_files was not built")
        for name, value in (("MIB", "0"), ("BLOCK_KIB", "5"), ("COUNT", "many"), ("CACHE", "disk"),
                            ("FOLDER", "/nowhere")):
            done, _ = self.run_workload("files", "stat", **{"PMUBENCH_FILES_" + name: value})
            self.assertEqual(done.returncode, 2, name)
            self.assertIn("PMUBENCH_FILES_" + name, done.stderr)

    @unittest.skipUnless(platform.machine() == "x86_64", "an Arm CPU may have SVE")
    def test_a_vector_length_where_there_is_no_sve(self):
        done, _ = self.run_workload("codec", "quantise", PMUBENCH_CODEC_VECTOR_BITS="256")
        self.assertEqual(done.returncode, 2)
        self.assertIn("PMUBENCH_CODEC_VECTOR_BITS: this CPU has no SVE", done.stderr)

    def test_sizes_are_the_data_of_a_plot(self):
        done, record = self.run_stream("sizes", PMUBENCH_STREAM_MIB="1")
        self.assertEqual(done.returncode, 0, done.stderr)
        sizes = [b["working_set_bytes"] for b in record["benchmarks"]]
        self.assertEqual(sizes[:3], [16 << 10, 24 << 10, 32 << 10])
        self.assertEqual(sizes[-1], 1 << 20)
        self.assertIn("last cache", record["benchmarks"][-1]["label"])

    def test_a_name_that_is_none(self):
        done = run("run", "straem")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean 'stream'", done.stderr)


if __name__ == "__main__":
    unittest.main()
