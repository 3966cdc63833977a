#!/usr/bin/env python3
"""A fleet of one machine: no Slurm, the history in a file; and what goes wrong there."""
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

from fleet_tool import SUITE, TOOL, FleetTest, benchmark, may_administer, skip_test

LATE = 60


class Nights(FleetTest):
    def test_a_regression_from_one_night_to_the_next(self):
        self.submit("n1", "--shards", 2, "--commit", "c1")
        self.assertEqual(self.states("n1", code=0), ["done", "done"])
        self.assertEqual([run["outcome"] for run in self.collect("n1")["runs"]], ["added"])
        first = self.report("n1")
        self.assertEqual(first["regressions"], 0)
        self.assertIn("nothing was compared", json.dumps(first))

        self.submit("n2", "--shards", 2, "--commit", "c2", FLEET_SUITE_SLOWER="made/7 on laptop",
                    SLURMD_NODENAME="laptop")
        self.assertEqual([run["outcome"] for run in self.collect("n2")["runs"]], ["added"])
        self.assertEqual([run["outcome"] for run in self.collect("n2")["runs"]], ["already there"])
        second = self.report("n2", code=1)
        self.assertEqual(self.regressions(second), [("local", benchmark(7))])
        row = second["classes"][0]["report"]["benchmarks"][0]
        self.assertAlmostEqual(row["metrics"][0]["change"], 0.25, delta=0.02)
        # Its task saw it, and launched it again alone.
        logs = "".join(log.read_text() for log in (self.folder / "n2/logs").iterdir())
        self.assertIn("measuring 1 of 20 benchmarks again", logs)
        for page in ("fleet.html", "fleet.md", "fleet.json", "local/report.html", "local/junit.xml"):
            self.assertTrue((self.folder / "n2/report" / page).stat().st_size > 0, page)
        self.assertIn("| made/7/", (self.folder / "n2/report/fleet.md").read_text())
        # The first night is still told from the nights before it, not by those after it.
        self.assertEqual(self.report("n1")["regressions"], 0)

    def test_shards_follow_the_times_of_the_last_run(self):
        self.submit("n1", "--launches", 1)
        self.collect("n1")
        self.submit("n2", "--launches", 1, "--shards", 4)
        tasks = self.json("status", "n2", code=None)["tasks"]
        planned = [task["expected_seconds"] for task in tasks]
        self.assertEqual(len(planned), 4)
        # Made benchmarks take next to no time: nothing of the guess for unknown ones is left.
        self.assertLess(sum(planned), 0.7 * 40)
        self.assertLess(max(planned), 1.34 * sum(planned) / 4 + max(planned) / 10)


class Trouble(FleetTest):
    def status_file(self, job, task):
        return self.folder / job / "tasks" / str(task) / "status.json"

    def test_a_task_that_is_killed_and_run_again_counts_once(self):
        self.submit("n", "--shards", 2, "--print-script", "sh", "--launches", 3)
        slow = subprocess.Popen([TOOL, "fleet", "task", self.folder / "n", "0"], cwd=self.folder,
                                env=self.environment | {"FLEET_SUITE_PACE_MS": "100"}, start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        begin = time.monotonic()
        while not self.status_file("n", 0).exists() and time.monotonic() - begin < LATE:
            time.sleep(0.02)
        os.killpg(slow.pid, signal.SIGKILL)
        slow.wait()
        self.assertEqual(self.states("n"), ["running", "waiting"])
        an_hour_ago = time.time() - 3600
        os.utime(self.status_file("n", 0), (an_hour_ago, an_hour_ago))
        self.assertIn("no sign of it for 60 min", self.fleet("status", "n").stdout)
        self.assertEqual(self.collect("n", code=3)["runs"], [])

        self.fleet("task", "n", "1")
        partial = self.collect("n")
        self.assertEqual((partial["runs"][0]["measured"], partial["runs"][0]["benchmarks"]), (20, 40))
        self.assertIn("20 benchmarks are missing", json.dumps(partial["notes"]))
        report = self.report("n", code=3)
        self.assertIn("still running", json.dumps(report["notes"]))

        self.fleet("task", "n", "0")
        self.assertEqual(json.loads(self.status_file("n", 0).read_text())["attempt"], 2)
        whole = self.collect("n")["runs"]
        self.assertEqual([(run["measured"], run["outcome"]) for run in whole], [(40, "completed")])
        self.assertEqual(whole[0]["run"], partial["runs"][0]["run"])
        self.assertIn("begun 2 times", json.dumps(self.report("n")["notes"]))
        # What is done is not done again.
        self.assertIn("done already", self.fleet("task", "n", "0").stderr)
        runs = self.ran(TOOL, "history", "list", "--store", self.store, "--format", "json").stdout
        self.assertEqual(runs.count(whole[0]["run"]), 1)

    def test_a_lost_task_is_submitted_again(self):
        # The task kills itself: its tool is a script that dies.
        tool = self.folder / "dies"
        tool.write_text("#!/bin/sh\nkill -9 $$\n")
        tool.chmod(0o755)
        self.submit("n", "--shards", 2, "--launches", 1, "--tool", tool, code=1)
        self.assertEqual(self.states("n", code=1), ["lost", "lost"])
        self.fleet("submit", "--again", "--out", "n", "--store", self.store)
        self.assertEqual(self.states("n", code=0), ["done", "done"])

    def test_a_machine_that_cannot_measure_says_so(self):
        self.submit("n1", "--launches", 1)
        self.collect("n1")
        self.submit("n2", "--launches", 1, "--shards", 2, "--print-script", "sh")
        self.fleet("task", "n2", "0", code=3, FLEET_SUITE_CANNOT="1")
        self.fleet("task", "n2", "1")
        self.assertEqual(self.states("n2", code=3), ["cannot measure", "done"])
        self.collect("n2")
        report = self.report("n2", code=3)
        missing = [row for row in report["classes"][0]["report"]["benchmarks"] if row["verdict"] == "not_measured"]
        self.assertEqual(len(missing), 20)
        self.assertIn("cannot measure", json.dumps(report["notes"]))

    def test_a_full_disk_loses_nothing(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
        if mounted.returncode != 0:
            skip_test(self, f"no tmpfs for a full disk: {mounted.stderr.decode().strip()}", provided=may_administer())
        self.addCleanup(subprocess.run, ["umount", disk], check=False)
        self.submit("disk/n", "--shards", 2, "--launches", 2, "--print-script", "sh")
        self.fleet("task", "disk/n", "1")
        filler = disk / "filler"
        with open(filler, "wb", buffering=0) as stream:
            try:
                while stream.write(bytes(4096)):
                    pass
            except OSError:
                pass
        self.fleet("task", "disk/n", "0", code=2)
        before = self.collect("disk/n")
        self.assertEqual(before["runs"][0]["measured"], 20)
        filler.unlink()
        self.fleet("task", "disk/n", "0")
        self.assertEqual(self.states("disk/n", code=0), ["done", "done"])
        after = self.collect("disk/n")["runs"][0]
        self.assertEqual((after["measured"], after["outcome"], after["run"]),
                         (40, "completed", before["runs"][0]["run"]))

    def test_a_wrong_clock_moves_no_run(self):
        self.submit("n", "--launches", 1, "--print-script", "sh")
        # The submitting machine is 5 hours ahead of the task's: the same as a task's clock behind.
        job = json.loads((self.folder / "n/job.json").read_text())
        job["submitted_ms"] += 5 * 3600 * 1000
        (self.folder / "n/job.json").write_text(json.dumps(job))
        self.fleet("task", "n", "0")
        self.assertIn("clock", json.dumps(self.json("status", "n")["clocks"]))
        self.assertIn("behind", json.dumps(self.collect("n")["notes"]))
        self.assertIn("5.0 h behind", json.dumps(self.report("n")["notes"]))
        listed = json.loads(self.ran(TOOL, "history", "list", "--store", self.store, "--format", "json").stdout)
        submitted = datetime.datetime.fromtimestamp(job["submitted_ms"] // 1000, datetime.timezone.utc)
        self.assertEqual([run["started"] for run in listed["runs"]], [submitted.strftime("%Y-%m-%dT%H:%M:%SZ")])

    def test_bad_input_is_explained(self):
        for arguments, word in (
                (["submit", "no-such-suite", "--out", "x"], "neither a bundled workload nor a file"),
                (["submit", SUITE, "--out", "x", "--class", "../up"], "no machine class"),
                (["submit", SUITE, "--out", "x", "--launcher", "ssh", "--host", "zen4"], "CLASS=HOST"),
                (["submit", SUITE, "--out", "x", "--launcher", "slurm"], "--class"),
                (["submit", "--again"], "--out"),
                (["status", "nothing"], "holds no job"),
                (["task", "nothing", "0"], "holds no job"),
                (["collect", "nothing"], "holds no job"),
        ):
            done = self.fleet(*arguments, code=2)
            self.assertIn(word, done.stderr, arguments)
        self.submit("n", "--launches", 1, "--print-script", "sh")
        self.assertIn("holds a job already", self.submit("n", code=2).stderr)
        self.assertIn("no such task", self.fleet("task", "n", "7", code=2).stderr)
        (self.folder / "n/tasks/0/status.json").write_text("{")
        self.assertEqual(self.states("n"), ["failed"])
        (self.folder / "n/job.json").write_text("{")
        self.assertIn("this is no job", self.fleet("status", "n", code=2).stderr)


class Ssh(FleetTest):
    """With a program in place of ssh that runs the command here, or does not reach the host."""

    def setUp(self):
        super().setUp()
        self.ssh = self.folder / "ssh"
        self.ssh.write_text('#!/bin/sh\n[ "$1" != down ] || exit 255\nSLURMD_NODENAME=$1 exec sh -c "$2"\n')
        self.ssh.chmod(0o755)

    def test_what_one_host_does_not_do_another_does(self):
        self.submit("n", "--launches", 1, "--shards", 3, "--launcher", "ssh", "--ssh", self.ssh, "--host", "a=down",
                    "--host", "a=up1", "--host", "b=up2")
        tasks = self.json("status", "n")["tasks"]
        self.assertEqual([(task["class"], task["host"]) for task in tasks], 3 * [("a", "up1")] + 3 * [("b", "up2")])
        self.assertEqual(sorted(run["class"] for run in self.collect("n")["runs"]), ["a", "b"])
        self.assertEqual(len(self.report("n")["classes"]), 2)

    def test_where_no_host_is_left_tasks_are_lost(self):
        done = self.submit("n", "--launches", 1, "--shards", 2, "--launcher", "ssh", "--ssh", self.ssh, "--host",
                           "a=down", code=1)
        self.assertIn("2 of 2 tasks are not done", done.stderr)
        self.assertEqual(self.states("n", code=1), ["lost", "lost"])


class Scripts(FleetTest):
    def test_the_printed_script_runs_every_task(self):
        script = self.submit("n", "--launches", 1, "--shards", 3, "--print-script", "sh").stdout
        (self.folder / "task.sh").write_text(script)
        for task in range(3):
            self.ran("sh", "task.sh", task)
        self.assertEqual(self.states("n", code=0), 3 * ["done"])

    def test_shells_and_yaml_take_the_others(self):
        for kind in ("slurm", "jenkins", "buildkite", "kubernetes"):
            with self.subTest(kind):
                text = self.submit(kind, "--class", "n1", "--class", "zen4=zen4&big", "--print-script", kind).stdout
                self.assertIn("zen4", text)
                if kind == "slurm":
                    (self.folder / "all.sh").write_text(text)
                    self.ran("sh", "-n", "all.sh")


if __name__ == "__main__":
    os.chdir(pathlib.Path(__file__).parent)
    sys.exit(unittest.main())
