#!/usr/bin/env python3
"""`pmubench stat` on real processes, with software events.   stat_test.py TOOL TOUCH_PAGES"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from skipping import skip_where_counting_is_forbidden  # noqa: E402

TOOL, TOUCH = sys.argv[1:3]
PAGES = 2000
# Beside the pages: stacks of threads, the C library's own.
SLACK = 400
# A loaded machine may take long to schedule anybody.
PATIENCE = 60
# Milliseconds that a new thread waits to be found: more where a machine was too busy for that.
LIVES = (300, 5000)


def stat(*arguments, **kwargs):
    return subprocess.run([TOOL, "stat", *arguments], capture_output=True, text=True, timeout=PATIENCE, **kwargs)


def value(metrics, name):
    return next(metric["value"] for metric in metrics if metric["name"] == name)


class Touch:
    """touch_pages, told what to do line by line."""

    def __init__(self, life=LIVES[0]):
        self.process = subprocess.Popen([TOUCH, str(PAGES), str(life)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def do(self, *what):
        for line in what:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            self.process.stdout.readline()

    def end(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Running:
    """`stat` beside a program that runs already: it counts when the first interval is told."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([TOOL, "stat", "--format", "json", "--interval", "50", "--metrics", "page_faults",
                                         *arguments], stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def result(self):
        """Its exit code, and the last line: the whole run."""
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out.splitlines()[-1]


class CommandTest(unittest.TestCase):
    def test_exit_code_of_the_command_is_passed_on(self):
        for code in (0, 1, 7):
            self.assertEqual(stat("--", "sh", "-c", f"exit {code}").returncode, code)
        self.assertEqual(stat("--", "sh", "-c", "kill -TERM $$").returncode, 128 + signal.SIGTERM)

    def test_children_are_counted(self):
        done = stat("--format", "json", "--metrics", "page_faults", "--", TOUCH, str(PAGES), input="old\nchild\nnew\n")
        self.assertEqual(done.returncode, 5)
        self.assertIn("ready", done.stderr, "the command's own output makes room for JSON")
        faults = value(json.loads(done.stdout)["metrics"], "page_faults")
        self.assertGreaterEqual(faults, 3 * PAGES)
        self.assertLess(faults, 3 * PAGES + 2 * SLACK)

    def test_threads_are_counted_each(self):
        # The threads are of a child of the command, and live long enough to be found.
        for life in LIVES:
            done = stat("--per-thread", "--format", "json", "--metrics", "page_faults", "--", "sh", "-c",
                        f"(sleep {life / 300}; echo old; echo new) | {TOUCH} {PAGES} {life}")
            result = json.loads(done.stdout)
            threads = {thread["name"]: value(thread["metrics"], "page_faults") for thread in result["threads"]}
            workers = [threads.get(name, 0) for name in ("old_worker", "new_worker")]
            if min(workers) >= PAGES:
                break
        for name in ("old_worker", "new_worker"):
            self.assertGreaterEqual(threads[name], PAGES)
            self.assertLess(threads[name], PAGES + SLACK)
        self.assertAlmostEqual(sum(value(t["metrics"], "page_faults") for t in result["threads"]),
                               value(result["metrics"], "page_faults"))

    def test_standard_output_is_the_commands_own(self):
        done = stat("--", "echo", "mine")
        self.assertEqual(done.stdout, "mine\n")
        self.assertIn("page_faults", done.stderr)
        self.assertIn("seconds elapsed", done.stderr)

    def test_intervals_are_lines_of_json(self):
        for seconds in ("0.45", "5"):  # one that is woken late reports longer intervals, and fewer
            done = stat("--interval", "100", "--format", "json", "--metrics", "page_faults", "--", "sleep", seconds)
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            intervals = [line["interval"] for line in lines if "interval" in line]
            if len(intervals) >= 4:
                break
        self.assertGreaterEqual(len(intervals), 4)
        self.assertEqual(intervals[0]["from_s"], 0)
        for before, after in zip(intervals, intervals[1:]):
            self.assertEqual(before["to_s"], after["from_s"])
        total = value(lines[-1]["metrics"], "page_faults")
        self.assertEqual(sum(value(i["metrics"], "page_faults") for i in intervals), total)

    def test_what_cannot_be_counted_says_why(self):
        done = stat("--format", "json", "--", "true")
        for metric in json.loads(done.stdout)["metrics"]:
            self.assertTrue(metric["value"] is not None or metric["reason"], metric)

    def test_terminate_ends_the_command_and_prints(self):
        process = subprocess.Popen([TOOL, "stat", "--interval", "50", "--metrics", "page_faults", "--", "sleep", "1000"],
                                   stderr=subprocess.PIPE, text=True)
        process.stderr.readline()  # it counts
        process.send_signal(signal.SIGINT)
        _out, text = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 128 + signal.SIGINT)
        self.assertIn("page_faults", text)
        self.assertIn("interrupted", text)


class AttachTest(unittest.TestCase):
    def setUp(self):
        self.touch = Touch()
        self.addCleanup(self.touch.end)

    def test_all_threads_of_a_process_and_new_ones(self):
        running = Running("--pid", str(self.touch.process.pid))
        self.touch.do("old", "new", "child")
        running.process.send_signal(signal.SIGINT)
        code, text = running.result()
        self.assertEqual(code, 0, "Ctrl-C is how one stops looking at a process")
        faults = value(json.loads(text)["metrics"], "page_faults")
        self.assertGreaterEqual(faults, 3 * PAGES)
        self.assertLess(faults, 3 * PAGES + 2 * SLACK)

    def test_threads_of_a_process_each(self):
        for life in LIVES:
            touch = Touch(life)
            self.addCleanup(touch.end)
            running = Running("--per-thread", "--pid", str(touch.process.pid))
            touch.do("old", "new", "new")
            running.process.send_signal(signal.SIGINT)
            result = json.loads(running.result()[1])
            of_new = [value(thread["metrics"], "page_faults") for thread in result["threads"]
                      if thread["name"] == "new_worker"]
            if len(of_new) == 2 and min(of_new) >= PAGES:
                break
        self.assertEqual(len(of_new), 2)
        for faults in of_new:
            self.assertGreaterEqual(faults, PAGES)
            self.assertLess(faults, PAGES + SLACK)

    def test_the_end_of_the_process_is_the_end(self):
        running = Running("--pid", str(self.touch.process.pid))
        self.touch.do("old")
        self.touch.end()
        code, text = running.result()
        self.assertEqual(code, 0)
        self.assertGreaterEqual(value(json.loads(text)["metrics"], "page_faults"), PAGES)

    def test_a_command_beside_a_process_only_keeps_time(self):
        done = stat("--pid", str(self.touch.process.pid), "--format", "json", "--metrics", "page_faults",
                    "--", "sh", "-c", "sleep 0.2; exit 4")
        self.assertEqual(done.returncode, 4)
        self.assertEqual(value(json.loads(done.stdout)["metrics"], "page_faults"), 0)

    def test_duration(self):
        begin = time.monotonic()
        done = stat("--pid", str(self.touch.process.pid), "--duration", "0.3", "--metrics", "page_faults")
        self.assertEqual(done.returncode, 0)
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)


class MachineTest(unittest.TestCase):
    def test_all_cpus(self):
        done = stat("--all-cpus", "--format", "json", "--metrics", "page_faults", "--",
                    TOUCH, str(PAGES), input="old\n")
        skip_where_counting_is_forbidden(self, done)
        self.assertGreaterEqual(value(json.loads(done.stdout)["metrics"], "page_faults"), PAGES)


class WrongUseTest(unittest.TestCase):
    def check(self, words, *arguments):
        done = stat(*arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(words, done.stderr)
        self.assertEqual(done.stdout, "")

    def test_each(self):
        self.check("nothing to count")
        self.check("exclude each other", "--all-cpus", "--pid", "1", "--", "true")
        self.check("no process 99999999", "--pid", "99999999")
        self.check("cannot run no-such-program", "--", "no-such-program")
        self.check("no-such-metric", "--metrics", "no-such-metric", "--", "true")
        self.check("no-such-cgroup", "--cgroup", "no-such-cgroup", "--duration", "1")
        self.check("--per-thread needs", "--per-thread", "--all-cpus", "--duration", "1")
        self.check("1 to 2147483647;", "--pid", "0")
        self.check("cannot write", "--out", "/no-such-folder/x", "--", "true")
        self.check("--interval", "--interval", "1", "--", "true")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
