#!/usr/bin/env python3
"""list, plan, stat --replay and validate as a user calls them, on whatever machine this is; what is said of metrics
whose events are dead or count wrong, wherever metrics appear.   catalogue_verbs_test.py PMUBENCH SUITE

SUITE: a Google Benchmark linked with pmubench::gbench_main.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest

TOOL, SUITE = (os.path.abspath(argument) for argument in sys.argv[1:3])
# Seconds of CPU time: bad input is refused in milliseconds, on a loaded machine too.
QUICKLY = 10
SETS = ("basic", "caches", "topdown", "mix", "all")


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class InAFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        # No files of this machine's user.
        self.environment = dict(os.environ, XDG_CONFIG_HOME=str(self.folder / "config"),
                                PMUBENCH_STATE=str(self.folder / "state"))

    def run_tool(self, *arguments, timeout=120):
        return subprocess.run([TOOL, *arguments], capture_output=True, text=True, timeout=timeout, cwd=self.folder,
                              env=self.environment)

    def json_of(self, *arguments, code=0):
        done = self.run_tool(*arguments, "--format", "json")
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)


class List(InAFolder):
    def test_metrics_stand_by_group_with_formula_events_and_cores(self):
        text = self.run_tool("list", "metrics", "--cpu", "neoverse-n1").stdout
        self.assertIn("\ncaches\n", text)
        metric = text[text.index("  l1d_mpki "):text.index("  l1d_miss_ratio ")]
        self.assertIn("[misses/1000 instructions]", metric)
        self.assertIn("= L1D_CACHE_REFILL * 1000 / INST_RETIRED", metric)
        self.assertIn("events: L1D_CACHE_REFILL, INST_RETIRED", metric)
        self.assertIn("on: ", metric)

    def test_every_core_has_every_set(self):
        for core in self.json_of("list", "cores"):
            if core["name"] == "software":
                continue
            metrics = self.json_of("list", "metrics", "--cpu", core["name"])["metrics"]
            sets = {name for metric in metrics for name in metric["sets"]} | {"all"}
            self.assertLessEqual(set(SETS), sets, core["name"])

    def test_an_unknown_core_suggests_the_nearest(self):
        done = self.run_tool("list", "metrics", "--cpu", "neoverse-n11")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("did you mean 'neoverse-n1'?", done.stderr)


class OwnFiles(InAFolder):
    def write(self, text):
        (self.folder / "mine.json").write_text(text)

    def error_of(self, text):
        self.write(text)
        begin = cpu_seconds()
        done = self.run_tool("list", "metrics", "--cpu", "neoverse-n1", "--catalogue", "mine.json")
        self.assertLess(cpu_seconds() - begin, QUICKLY)
        self.assertEqual(done.returncode, 2, done.stderr[-500:])
        self.assertLess(len(done.stderr), 1000)
        return done.stderr

    def test_adds_a_metric_that_can_be_listed_and_planned(self):
        self.write('{"metrics": {"refills": {"formula": "L1D_CACHE_REFILL / iterations", "title": "Refills",'
                   ' "unit": "accesses/iteration", "group": "mine", "sets": ["mine"]}}}')
        listed = self.json_of("list", "metrics", "--cpu", "neoverse-n1", "--catalogue", "mine.json")
        self.assertIn("refills", [metric["name"] for metric in listed["metrics"]])
        planned = self.run_tool("plan", "--cpu", "neoverse-n1", "--metrics", "mine", "--catalogue", "mine.json")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertIn("refills", planned.stdout)

    def test_the_users_folder_counts_for_every_verb(self):
        (self.folder / "config" / "pmubench").mkdir(parents=True)
        (self.folder / "config" / "pmubench" / "extra.json").write_text('{"metrics": {"ipc": null}}')
        listed = self.json_of("list", "metrics", "--cpu", "neoverse-n1")
        self.assertNotIn("ipc", [metric["name"] for metric in listed["metrics"]])

    def test_bad_files_are_refused_with_their_place(self):
        deep = "(" * 5000 + "CPU_CYCLES" + ")" * 5000
        for text, place in (
                ('{"metrics": {\n "a": "b",\n "b": "a"}}', "mine.json:2:7"),
                ('{"metrics": {\n "a": "NO_SUCH_EVENT"}}', "mine.json:2:7: formula of metric 'a': no event"),
                ('{"metrics": {"a": "CPU_CYCLES / 0"}}', "mine.json:1:19: formula of metric 'a': division by 0"),
                ('{"metrics": {"a": "CPU_CYCLES / (1 - 1)"}}', "mine.json:1:19"),
                ('{"events": {"A": {"code": "0x10000"}}}', "mine.json:1:27: event 'A': 'code' is 0x10000, out of range"),
                ('{"metrics": {"a": "%s"}}' % deep, "mine.json:1:19: formula of metric 'a': column 65: nested"),
                ("{" + '"a": {' * 100000, "mine.json:1:"),
                ('{\n  "metrcs": {}}', "mine.json:2:3: a catalogue has no field 'metrcs'; did you mean 'metrics'?")):
            with self.subTest(text[:60]):
                self.assertIn(place, self.error_of(text))

    def test_a_file_of_100_mb_is_refused(self):
        with open(self.folder / "mine.json", "wb") as file:
            file.truncate(100 << 20)
        begin = cpu_seconds()
        done = self.run_tool("list", "metrics", "--catalogue", "mine.json")
        self.assertLess(cpu_seconds() - begin, QUICKLY)
        self.assertEqual(done.returncode, 2)
        self.assertIn("mine.json", done.stderr)


class Replay(InAFolder):
    # A second in which much ran, and one in which little ran.
    RECORDING = ("1.0\tCPU0\t900000\t\tcycles\t1000\t100.00\t\t\n1.0\tCPU0\t600000\t\tinstructions\t1000\t100.00\t\t\n"
                 "2.0\tCPU0\t1000\t\tcycles\t1000\t100.00\t\t\n2.0\tCPU0\t4000\t\tinstructions\t1000\t100.00\t\t\n")

    def test_value_is_the_ratio_of_sums_beside_the_mean_of_intervals(self):
        (self.folder / "perf.txt").write_text(self.RECORDING)
        replay = self.json_of("stat", "--replay", "perf.txt", "--cpu", "ice-lake-sp", "--metrics", "ipc,loads_pki")
        self.assertEqual((replay["core"], replay["intervals"], replay["cpus"]), ("ice-lake-sp", 2, 1))
        ipc, loads = replay["metrics"]
        self.assertAlmostEqual(ipc["value"], 604 / 901)
        self.assertAlmostEqual(ipc["mean_of_intervals"], (600 / 900 + 4) / 2)
        self.assertIsNone(loads["value"])
        self.assertIn("MEM_INST_RETIRED.ALL_LOADS was not counted", loads["reason"])
        text = self.run_tool("stat", "--replay", "perf.txt", "--cpu", "ice-lake-sp", "--metrics", "ipc,loads_pki")
        self.assertIn("no value: loads_pki", text.stdout + text.stderr)

    def test_what_is_no_recording_is_refused(self):
        (self.folder / "perf.txt").write_text("1.0\tCPU0\t900000\t\tcycles\t1000\t100.00\nhello\n")
        done = self.run_tool("stat", "--replay", "perf.txt", "--cpu", "ice-lake-sp")
        self.assertEqual(done.returncode, 2)
        self.assertIn("perf.txt:2", done.stderr)
        self.assertEqual(self.run_tool("stat", "--replay", "absent", "--cpu", "ice-lake-sp").returncode, 2)


class Validate(InAFolder):
    def setUp(self):
        super().setUp()
        done = self.run_tool("validate", "--format", "json")
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        self.verdicts = json.loads(done.stdout)
        (self.file,) = (self.folder / "state").glob("validate-*.json")

    def test_page_faults_are_exact_on_any_machine(self):
        (faults,) = (event for event in self.verdicts["events"] if event["event"] == "PAGE_FAULTS")
        self.assertEqual((faults["verdict"], faults["error"]), ("exact", 0))
        self.assertEqual(faults["measured"], faults["expected"])
        self.assertEqual(json.loads(self.file.read_text())["events"], self.verdicts["events"])
        for event in self.verdicts["events"]:
            self.assertTrue(event["detail"], event)

    def distrust(self):
        """Keeps verdicts that this machine would not get: MINOR_FAULTS dead, PAGE_FAULTS wrong."""
        verdicts = json.loads(self.file.read_text())
        verdicts["events"] = [
            {"event": "MINOR_FAULTS", "quantity": "page_faults", "verdict": "dead", "detail": "dead: made up"},
            {"event": "PAGE_FAULTS", "quantity": "page_faults", "verdict": "over-counts",
             "detail": "over-counts by a factor of 2", "expected": 768, "measured": 1536, "error": 1}]
        self.file.write_text(json.dumps(verdicts))

    DEAD = "no value: minor_faults: MINOR_FAULTS here: dead: made up"
    WRONG = "not to be trusted: page_faults: PAGE_FAULTS here: over-counts by a factor of 2"

    def check_metrics(self, metrics):
        self.assertIsNone(metrics["minor_faults"]["value"])
        self.assertIn("MINOR_FAULTS here: dead: made up", metrics["minor_faults"]["reason"])
        self.assertIsNotNone(metrics["page_faults"]["value"])
        self.assertIn("PAGE_FAULTS here: over-counts by a factor of 2", metrics["page_faults"]["note"])

    def check_text(self, text):
        self.assertIn(self.DEAD, text)
        self.assertIn(self.WRONG, text)

    def test_list_and_stat_say_which_events_not_to_believe(self):
        self.distrust()
        listed = self.run_tool("list", "metrics").stdout
        self.assertIn("here: no value: MINOR_FAULTS here: dead: made up", listed)
        self.assertIn("here: not to be trusted: PAGE_FAULTS here", listed)
        names = "page_faults,minor_faults,major_faults"
        done = self.run_tool("stat", "--metrics", names, "--format", "json", "--", "true")
        # 3: a metric that was asked for by its name cannot be measured.
        self.assertIn(done.returncode, (0, 3), done.stderr)
        self.check_metrics({metric["name"]: metric for metric in json.loads(done.stdout)["metrics"]})
        text = self.run_tool("stat", "--metrics", names, "--", "true").stderr
        self.assertIn("not measured: minor_faults: MINOR_FAULTS here: dead: made up", text)
        self.assertIn(self.WRONG, text)

    def test_records_and_what_reads_them_say_so_too(self):
        self.distrust()
        done = self.run_tool("run", SUITE, "--metrics", "page_faults,minor_faults", "--out", "record.json", "--",
                             "--benchmark_filter=BM_keep_running$", "--benchmark_min_time=0.001")
        self.assertIn(done.returncode, (0, 3), done.stderr)
        self.assertIn("not measured: minor_faults: MINOR_FAULTS here: dead: made up", done.stderr)
        self.assertIn(self.WRONG, done.stderr)
        record = json.loads((self.folder / "record.json").read_text())
        for result in record["pmubench"]["results"]:
            self.check_metrics(result["metrics"])

        self.check_text(self.run_tool("analyze", "record.json").stdout)
        analysed = self.json_of("analyze", "record.json")[0]
        self.assertIn("dead: made up", analysed["no_value"]["minor_faults"])
        self.assertIn("over-counts", analysed["not_to_be_trusted"]["page_faults"])
        self.check_text(self.run_tool("analyze", "record.json", "record.json").stdout)
        self.check_text(self.run_tool("compare", "record.json", "record.json").stdout)
        self.assertIn(self.WRONG, self.run_tool("pgo", "advise", "record.json").stdout)

        if "history" not in self.run_tool("--help").stdout:
            return
        self.assertEqual(self.run_tool("history", "import", "--store", "h.db", "record.json").returncode, 0)
        self.check_text(self.run_tool("report", "--store", "h.db").stdout)
        self.assertIn(self.WRONG, "\n".join(self.json_of("report", "--store", "h.db")["warnings"]))
        self.assertEqual(self.run_tool("history", "export", "--store", "h.db", "--out", "runs").returncode, 0)
        (bundle,) = (self.folder / "runs").glob("*.json")
        for result in json.loads(bundle.read_text())["pmubench"]["results"]:
            self.check_metrics(result["metrics"])
        name = record["pmubench"]["results"][0]["run_name"]
        self.assertIn(self.WRONG, self.run_tool("history", "show", "--store", "h.db", name).stdout)


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main(verbosity=2)
