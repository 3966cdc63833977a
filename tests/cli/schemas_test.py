#!/usr/bin/env python3
"""What compare, report and history analyze write as JSON, against the schemas.

schemas_test.py PMUBENCH SCHEMA-FOLDER. Skips where python3-jsonschema is absent.
"""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from skipping import skip  # noqa: E402

try:
    import jsonschema
except ImportError:
    skip("python3-jsonschema is not installed (apt-get install python3-jsonschema)")

SCHEMAS = pathlib.Path(sys.argv.pop())
TOOL = os.path.abspath(sys.argv.pop())


def row(name, time, **more):
    return {"name": name, "real_time": time, "cpu_time": time, "time_unit": "ns", **more}


def launch(number, slower, machine=4):
    """`parse` has its time, counters and top-down shares changed by `slower`; `copy` nothing."""
    time = (100 + number / 10) * (1 + slower)
    counters = {"instructions": 1000 + number / 10, "ipc": (2 + number / 1000) / (1 + slower), "frequency": 3,
                "retiring": 50 - 20 * slower, "bad_speculation": 5, "frontend_bound": 10,
                "backend_bound": 35 + 20 * slower + number / 1000, "llc_mpki": (2 + number / 1000) * (1 + 3 * slower)}
    rows = [row("parse", time, **counters), row("copy\u00ff\x01", 50 + number / 100),
            row("old" if slower == 0 else "young", 7)]
    if slower:
        rows.append({"name": "broken", "error_occurred": True, "error_message": "no data"})
    else:
        rows.append(row("broken", 1))
    return {"context": {"num_cpus": machine, "date": f"2026-01-{number + 1:02}T02:00:00+00:00"}, "benchmarks": rows}


def validator(name):
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class Schemas(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def side(self, name, count, slower, **context):
        (self.folder / name).mkdir()
        for number in range(count):
            file = self.folder / name / f"{number:02}.json"
            file.write_text(json.dumps(launch(number, slower, **context)))
        return name

    def run_json(self, *arguments):
        done = subprocess.run([TOOL, *arguments, "--format", "json"], capture_output=True, text=True, cwd=self.folder,
                              timeout=100)
        self.assertTrue(done.stdout, done.stderr)
        return json.loads(done.stdout)

    def check(self, schema, document):
        errors = [f"{list(e.absolute_path)}: {e.message}" for e in validator(schema).iter_errors(document)]
        self.assertEqual(errors, [])

    def refuses(self, schema, document, *spoilers):
        for number, spoil in enumerate(spoilers):
            bad = copy.deepcopy(document)
            spoil(bad)
            self.assertFalse(validator(schema).is_valid(bad), f"spoilt in way {number}, and accepted")

    def test_a_comparison(self):
        base, new = self.side("base", 12, 0), self.side("new", 12, 0.3)
        answer = self.run_json("compare", base, new)
        self.check("compare-1.0.json", answer)
        worse = next(b for b in answer["benchmarks"] if b["verdict"] == "worse")
        self.assertEqual(worse["explanation"]["topdown"]["metric"], "backend_bound")
        self.assertIn("llc_mpki", worse["explanation"]["movers"])
        self.assertTrue(answer["not_measured"] and answer["added"] and answer["removed"])
        at = answer["benchmarks"].index(worse)
        self.refuses("compare-1.0.json", answer,
                     lambda a: a.pop("exit_code"),
                     lambda a: a["schema"].update(version="2.0"),
                     lambda a: a["benchmarks"][at].update(verdict="slower"),
                     lambda a: a["benchmarks"][at].update(explanation=None),
                     lambda a: a["benchmarks"][at]["metrics"][0].update(q=2),
                     lambda a: a["benchmarks"][at]["metrics"][0].update(ratio="1.3"))

    def test_one_launch_and_other_machines(self):
        base, new = self.side("base", 1, 0), self.side("new", 1, 0.3, machine=8)
        answer = self.run_json("compare", base, new, "--allow-fingerprint-mismatch")
        self.check("compare-1.0.json", answer)
        self.assertEqual(answer["exit_code"], 3)
        self.assertTrue(answer["fingerprint_differences"])

    def test_a_report(self):
        nights = self.side("nights", 12, 0)
        tonight = launch(20, 0.3)
        (self.folder / nights / "tonight.json").write_text(json.dumps(tonight))
        subprocess.run([TOOL, "history", "import", "--store", "h.db", nights], cwd=self.folder, check=True,
                       capture_output=True)
        for verb in (["report"], ["history", "analyze"]):
            answer = self.run_json(*verb, "--store", "h.db")
            self.check("report-1.0.json", answer)
            verdicts = {b["name"]: b["verdict"] for b in answer["benchmarks"]}
            self.assertEqual(verdicts["parse"], "inconclusive")
            self.assertEqual(verdicts["broken"], "not_measured")
        self.refuses("report-1.0.json", answer,
                     lambda a: a.update(canary="dead"),
                     lambda a: a["benchmarks"][0]["metrics"][0].update(rerun="perhaps"),
                     lambda a: a["benchmarks"][0]["metrics"][0].pop("band"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv, verbosity=2)
