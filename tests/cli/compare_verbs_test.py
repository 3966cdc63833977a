#!/usr/bin/env python3
"""compare, ab, bisect and history changepoints as a user calls them.

compare_verbs_test.py PMUBENCH
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.abspath(sys.argv.pop(1))
QUICK = ["--first-look", "5", "--launches", "5", "--floor-timing", "3"]
# Hundreds of times as long: decided on a busy machine too.
FAST = "i=0; while [ $i -lt 10 ]; do i=$((i+1)); done"
SLOW = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"


def run(*arguments, cwd=None):
    return subprocess.run([TOOL, *arguments], capture_output=True, text=True, cwd=cwd, timeout=250)


def result(time, machine=4):
    return json.dumps({"context": {"num_cpus": machine},
                       "benchmarks": [{"name": "a", "real_time": time, "cpu_time": time, "time_unit": "ns"}]})


class InAFolder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def launches(self, side, times, **context):
        (self.folder / side).mkdir()
        for i, time in enumerate(times):
            (self.folder / side / f"{i}.json").write_text(result(time, **context))
        return str(self.folder / side)


class Compare(InAFolder):
    def test_a_regression_has_exit_code_1(self):
        base = self.launches("base", [100 + i / 10 for i in range(12)])
        new = self.launches("new", [110 + i / 10 for i in range(12)])
        done = run("compare", base, new)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("worse", done.stdout)
        self.assertEqual(run("compare", new, base).returncode, 0)
        answer = json.loads(run("compare", base, new, "--format", "json").stdout)
        self.assertEqual(answer["schema"], {"name": "pmubench.compare", "version": "1.0"})
        metric = answer["benchmarks"][0]["metrics"][0]
        self.assertAlmostEqual(metric["ratio"], 1.1, delta=0.01)
        self.assertLess(metric["q"], 0.001)

    def test_one_launch_a_side_is_neither(self):
        base, new = self.launches("base", [100]), self.launches("new", [200])
        self.assertEqual(run("compare", base, new).returncode, 3)

    def test_other_machines_are_refused(self):
        base = self.launches("base", [100] * 12)
        new = self.launches("new", [100] * 12, machine=8)
        done = run("compare", base, new)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--allow-fingerprint-mismatch", done.stderr)
        allowed = run("compare", base, new, "--allow-fingerprint-mismatch")
        self.assertEqual(allowed.returncode, 0, allowed.stderr)
        self.assertIn("DIFFERENT MACHINES", allowed.stdout)

    def test_bad_input_names_the_file(self):
        base = self.launches("base", [100])
        (self.folder / "cut.json").write_text(result(1)[:40])
        done = run("compare", base, str(self.folder / "cut.json"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("cut.json", done.stderr)
        self.assertEqual(run("compare", base, str(self.folder / "none")).returncode, 2)


class Ab(InAFolder):
    def script(self, name, body):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + body + "\n")
        path.chmod(0o755)
        return str(path)

    def test_finds_the_slower_program(self):
        fast, slow = self.script("fast", FAST), self.script("slow", SLOW)
        done = run("ab", fast, slow, *QUICK, "--gate", "wall_time", "--format", "json")
        self.assertEqual(done.returncode, 1, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["benchmarks"][0]["verdict"], "worse")
        self.assertEqual(answer["base_launches"], 5)
        self.assertNotEqual(run("ab", slow, fast, *QUICK).returncode, 1)

    def test_a_side_that_fails_is_no_result(self):
        done = run("ab", "true", "exit 7", *QUICK)
        self.assertEqual(done.returncode, 2)
        self.assertIn("exit code 7", done.stderr)
        self.assertEqual(run("ab", "true", "/no/such/program", *QUICK).returncode, 2)


class Bisect(InAFolder):
    def git(self, *arguments):
        environment = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@t",
                           GIT_COMMITTER_NAME="t", GIT_COMMITTER_EMAIL="t@t")
        return subprocess.run(["git", *arguments], cwd=self.folder, env=environment, check=True,
                              capture_output=True, text=True).stdout.strip()

    def test_names_the_commit(self):
        self.git("init", "--quiet")
        commits = []
        for number in range(6):
            # Long enough to outlast the noise of starting a process on a busy machine.
            turns = 400000 if number >= 3 else 20000
            body = f"i=0; while [ $i -lt {turns} ]; do i=$((i+1)); done"
            (self.folder / "program.in").write_text(f"#!/bin/sh\n{body}\n# {number}\n")
            self.git("add", ".")
            self.git("commit", "--quiet", "-m", f"change {number}")
            commits.append(self.git("rev-parse", "HEAD"))
        arguments = ["bisect", "--build", "cp program.in program && chmod +x program", "--run", "program",
                     "--gate", "cpu_time", *QUICK]
        done = run(*arguments, "--good", commits[0], "--bad", commits[5], cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{commits[3]} is the first bad commit", done.stderr)
        self.assertEqual(self.git("worktree", "list").count("\n"), 0)
        nothing = run(*arguments, "--good", commits[0], "--bad", commits[2], cwd=self.folder)
        self.assertEqual(nothing.returncode, 2)
        self.assertIn("not shown to be worse", nothing.stderr)


class Changepoints(InAFolder):
    def test_the_json_has_the_documented_keys(self):
        file = self.folder / "series.csv"
        file.write_text("index,value\n" + "".join(f"{i},{100 if i < 30 else 110}\n" for i in range(60)))
        answer = json.loads(run("history", "changepoints", str(file), "--format", "json").stdout)
        point, = answer["change_points"]
        self.assertEqual(sorted(point), ["after", "before", "index", "p", "relative_change"])
        self.assertEqual(point["index"], 30)
        self.assertGreaterEqual(answer["seconds"], 0)
        both = run("history", "changepoints", str(file), "--detectors", "clipcusum,otava", "--vote", "2",
                   "--format", "json")
        self.assertEqual(len(json.loads(both.stdout)["change_points"]), 1)
        self.assertEqual(run("history", "changepoints", "none.csv").returncode, 2)
        self.assertEqual(run("history", "changepoints", str(file), "--vote", "2").returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv, verbosity=2)
