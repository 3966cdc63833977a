#!/usr/bin/env python3
"""A real PostgreSQL that is restarted again and again in the middle of a collect of many runs."""
import json
import os
import shutil
import subprocess
import sys
import time
import unittest

import postgres
from fleet_tool import TOOL, FleetTest, skip

CLASSES = 150
LATE = 120


class Restart(FleetTest):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.database = postgres.Postgres(self.folder / "pg")
        self.addCleanup(self.database.stop)
        self.database.start()
        self.store = self.database.store

    def measured_job(self):
        """A job of many classes: one task is measured, and stands for all."""
        classes = [word for i in range(CLASSES) for word in ("--class", f"c{i}")]
        self.submit("n", "--launches", 3, "--print-script", "sh", *classes)
        self.fleet("task", "n", "0")
        for i in range(1, CLASSES):
            shutil.copytree(self.folder / "n/tasks/0", self.folder / f"n/tasks/{i}", dirs_exist_ok=True)

    def count(self, table):
        return int(self.database.query(f"SELECT count(*) FROM pmubench.{table}"))

    def test_nothing_is_lost_and_nothing_double(self):
        self.measured_job()
        collecting = subprocess.Popen([TOOL, "fleet", "collect", "n", "--store", self.store, "--format", "json"],
                                      cwd=self.folder, env=self.environment, text=True, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE)
        self.addCleanup(collecting.kill)
        between = []
        for wanted in (1, CLASSES // 3, 2 * CLASSES // 3):
            begin = time.monotonic()
            while time.monotonic() - begin < LATE and collecting.poll() is None:
                there = self.database.query("SELECT to_regclass('pmubench.runs') IS NOT NULL") == "t"
                if there and self.count("runs") >= wanted:
                    break
                time.sleep(0.01)
            if collecting.poll() is not None:
                break
            self.database.stop()
            self.database.begin()
            between.append(self.count("runs"))
        out, err = collecting.communicate(timeout=LATE)
        self.assertEqual(collecting.returncode, 0, err)
        outcome = json.loads(out)
        self.assertTrue(any(0 < count < CLASSES for count in between), f"restarted in the middle: {between}")
        self.assertGreater(outcome["reconnects"], 0)
        self.assertEqual(len(outcome["runs"]), CLASSES)
        self.assertEqual(self.count("runs"), CLASSES)
        self.assertEqual(self.count("results"), 40 * CLASSES)
        self.ran(TOOL, "history", "check", "--store", self.store)
        again = self.collect("n")
        self.assertEqual({run["outcome"] for run in again["runs"]}, {"already there"})

    def test_a_server_that_stays_away_is_an_error(self):
        self.measured_job()
        self.database.stop()
        done = self.fleet("collect", "n", "--store", self.store, "--patience", 1, code=2)
        self.assertIn("cannot reach the PostgreSQL history", done.stderr)


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    if not postgres.programs():
        skip("not installed: postgresql")
    sys.exit(unittest.main())
