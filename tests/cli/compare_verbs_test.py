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


# A build without the databases' clients has no history.
NEEDS_HISTORY = unittest.skipUnless("--history" in run("compare", "--help").stdout, "built without the history")


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
        self.assertEqual(answer["schema"], {"name": "pmubench.compare", "version": "1.1"})
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

    @NEEDS_HISTORY
    def test_the_noise_from_night_to_night_is_the_floor(self):
        """12 % slower: news to a program that never differs, none to one whose nights differ by 8 %."""
        base = self.launches("base", [100 + i / 10 for i in range(12)])
        new = self.launches("new", [112 + i / 10 for i in range(12)])
        for store, step in (("calm.db", 0), ("wild.db", 8)):
            nights = self.folder / store[:-3]
            nights.mkdir()
            for night in range(12):
                record = json.loads(result(100 + step * (night % 3 - 1)))
                record["context"]["date"] = f"2026-01-{night + 10}T02:00:00+00:00"
                (nights / f"{night}.json").write_text(json.dumps(record))
            imported = run("history", "import", "--store", store, str(nights), cwd=self.folder)
            self.assertEqual(imported.returncode, 0, imported.stderr)

        def with_history(store):
            return run("compare", base, new, "--history", str(self.folder / store), "--format", "json")

        calm = with_history("calm.db")
        self.assertEqual(calm.returncode, 1, calm.stderr)
        self.assertEqual(json.loads(calm.stdout)["benchmarks"][0]["metrics"][0]["floor"], 0.01)
        wild = with_history("wild.db")
        self.assertEqual(wild.returncode, 0, wild.stderr)
        metric = json.loads(wild.stdout)["benchmarks"][0]["metrics"][0]
        self.assertAlmostEqual(metric["floor"], 3 * metric["historic_noise"])
        self.assertGreater(metric["floor"], 0.12)
        self.assertIn("nights differ by", run("compare", base, new, "--all", "--history",
                                              str(self.folder / "wild.db")).stdout)

    @NEEDS_HISTORY
    def test_a_history_of_another_machine_is_said_to_be_no_help(self):
        night = self.launches("night", [100], machine=64)
        run("history", "import", "--store", "h.db", night, cwd=self.folder)
        base, new = self.launches("base", [100] * 12), self.launches("new", [100] * 12)
        done = run("compare", base, new, "--history", str(self.folder / "h.db"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("no run by this machine", done.stderr)
        self.assertEqual(run("compare", base, new, "--history", str(self.folder / "none.db")).returncode, 2)

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

    def test_what_each_launch_says_is_shown_once_a_side(self):
        side = self.script("side", "echo a note >&2")
        self.assertEqual(run("ab", side, side, *QUICK).stderr.count("a note"), 2)

    def test_a_later_launch_that_fails_says_why(self):
        there = self.folder / "there"
        side = self.script("side", f"[ ! -e {there} ] || {{ echo broken >&2; exit 3; }}; touch {there}")
        done = run("ab", "true", side, *QUICK)
        self.assertEqual(done.returncode, 2)
        self.assertIn("broken", done.stderr)

    @NEEDS_HISTORY
    def test_no_history_knows_a_command(self):
        done = run("ab", "true", "true", *QUICK, "--history", "h.db")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--floor-timing", done.stderr)


class InARepository(InAFolder):
    BUILD = "cp program.in program && chmod +x program"

    def git(self, *arguments):
        environment = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@t",
                           GIT_COMMITTER_NAME="t", GIT_COMMITTER_EMAIL="t@t")
        return subprocess.run(["git", *arguments], cwd=self.folder, env=environment, check=True,
                              capture_output=True, text=True).stdout.strip()

    def commits(self, slow):
        """A commit for each member: a program that is slow where it says so."""
        self.git("init", "--quiet")
        commits = []
        for number, is_slow in enumerate(slow):
            # Long enough to outlast the noise of starting a process on a busy machine.
            turns = 400000 if is_slow else 20000
            body = f"i=0; while [ $i -lt {turns} ]; do i=$((i+1)); done"
            (self.folder / "program.in").write_text(f"#!/bin/sh\n{body}\n# {number}\n")
            self.git("add", ".")
            self.git("commit", "--quiet", "-m", f"change {number}")
            commits.append(self.git("rev-parse", "HEAD"))
        return commits


class AbOfRevisions(InARepository):
    def test_builds_and_compares_two_revisions(self):
        before, _ = self.commits([False, True])
        (self.folder / "program.in").write_text("not committed\n")
        arguments = ["ab", "--git", before, "HEAD", "--run", "program", "--gate", "cpu_time", *QUICK]
        done = run(*arguments, "--build", self.BUILD, "--format", "json", cwd=self.folder)
        self.assertEqual(done.returncode, 1, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["benchmarks"][0]["verdict"], "worse")
        self.assertGreater(answer["benchmarks"][0]["metrics"][0]["ratio"], 3)
        self.assertEqual(self.git("worktree", "list").count("\n"), 0, "no checkout is left behind")
        self.assertEqual((self.folder / "program.in").read_text(), "not committed\n", "the user's tree is as it was")

    def test_says_what_is_wrong(self):
        before, after = self.commits([False, False])
        wrong = {("--build", "exit 7", "--run", "program"): "exit code 7",
                 ("--build", self.BUILD): "--run",
                 ("--build", self.BUILD, "--run", "other"): "exit code 127"}
        for arguments, message in wrong.items():
            done = run("ab", "--git", before, after, *arguments, *QUICK, cwd=self.folder)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(message, done.stderr)
        unknown = run("ab", "--git", before, "no-such-tag", "--run", "program", *QUICK, cwd=self.folder)
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("no-such-tag", unknown.stderr)
        self.assertEqual(self.git("worktree", "list").count("\n"), 0)


class Bisect(InARepository):
    def test_names_the_commit(self):
        commits = self.commits([False, False, False, True, True, True])
        arguments = ["bisect", "--build", self.BUILD, "--run", "program", "--gate", "cpu_time", *QUICK]
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
