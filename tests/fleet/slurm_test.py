#!/usr/bin/env python3
"""Two nights on a real Slurm with two classes of machines, the history in a real PostgreSQL.

In the second night one node is killed in the middle, and one benchmark is slower on one class.
"""
import json
import os
import socket
import subprocess
import sys
import time
import unittest

import postgres
import slurm_cluster
from fleet_tool import SUITE, TOOL, FleetTest, benchmark, skip

LATE = 200


class TwoNights(FleetTest):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.cluster = slurm_cluster.Cluster(self.folder / "slurm", {"bench1": "modelA", "bench2": "modelB"})
        self.addCleanup(self.cluster.stop)
        self.cluster.start()
        self.database = postgres.Postgres(self.folder / "pg")
        self.addCleanup(self.database.stop)
        self.database.start()
        self.store = self.database.store
        self.environment |= self.cluster.environment

    def submit_night(self, job, **environment):
        self.submit(job, "--launcher", "slurm", "--class", "A=modelA", "--class", "B=modelB", "--shards", 2,
                    "--commit", job, **environment)

    def tasks(self, job):
        return self.json("status", job, code=None)["tasks"]

    def wait_until(self, job, what, name):
        begin = time.monotonic()
        while time.monotonic() - begin < LATE:
            tasks = self.tasks(job)
            if what(tasks):
                return tasks
            time.sleep(0.3)
        self.fail(f"{job}: after {LATE} s not {name}: {tasks}\n{self.logs()}\n{self.cluster.tails()}")

    def test_one_node_killed_one_regression_found(self):
        self.submit_night("n1")
        waited = self.fleet("status", "n1", "--wait", "--timeout", LATE, code=None)
        self.assertEqual(waited.returncode, 0, waited.stdout + self.logs() + self.cluster.tails())
        self.assertEqual({(task["class"], task["host"]) for task in self.tasks("n1")}, {("A", "bench1"), ("B", "bench2")})
        self.assertEqual([run["outcome"] for run in self.collect("n1")["runs"]], ["added", "added"])

        # Slow enough to be killed in the middle of it.
        self.submit_night("n2", FLEET_SUITE_SLOWER="made/23 on bench2", FLEET_SUITE_PACE_MS="20")
        self.wait_until("n2", lambda tasks: any(task["class"] == "B" and task["state"] == "running" and
                                                task["launches"] > 0 for task in tasks), "measuring on B")
        self.assertTrue(self.cluster.kill_node("bench2"))
        self.cluster.run("scontrol", "update", "NodeName=bench2", "State=DOWN", "Reason=power")
        after = self.wait_until("n2", lambda tasks: all(task["state"] != "running" for task in tasks
                                                        if task["class"] == "B"), "taken back into the queue")
        self.assertTrue(all(task["state"] == "waiting" for task in after if task["class"] == "B"), after)

        # What is there goes into the history already; the rest is said to be missing.
        self.wait_until("n2", lambda tasks: all(task["state"] == "done" for task in tasks if task["class"] == "A"), "A done")
        early = self.collect("n2")
        self.assertEqual([(run["class"], run["measured"]) for run in early["runs"]], [("A", 40)])
        self.assertIn("B: nothing was measured", early["notes"])

        self.cluster.start_node("bench2")
        self.cluster.wait_for(lambda: self.cluster.node_state("bench2").startswith("IDLE"), "bench2 back")
        # Slurm holds the jobs of a lost node for two minutes; an administrator may shorten that.
        held = self.cluster.run("squeue", "-h", "-r", "-t", "PD", "-o", "%i").split()
        for job in held:
            # One that began meanwhile is refused.
            self.cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now", check=False)
        waited = self.fleet("status", "n2", "--wait", "--timeout", LATE, code=None)
        self.assertEqual(waited.returncode, 0, waited.stdout + self.logs() + self.cluster.tails())
        self.assertEqual(max(task["attempt"] for task in self.tasks("n2")), 2)

        self.collect_while_the_server_restarts("n2")
        again = self.collect("n2")
        self.assertEqual([(run["measured"], run["outcome"]) for run in again["runs"]], 2 * [(40, "already there")])
        self.assertEqual(self.database.query("SELECT count(*) FROM pmubench.runs"), "4")
        self.assertEqual(self.database.query("SELECT count(*) FROM pmubench.results"), "160")
        self.ran(TOOL, "history", "check", "--store", self.store)

        report = self.report("n2", code=1)
        self.assertEqual(self.regressions(report), [("B", benchmark(23))], json.dumps(report["notes"]))
        self.assertEqual(report["regressions"], 1)
        self.assertIn("begun 2 times", json.dumps(report["notes"]))
        quiet = {row["verdict"] for one in report["classes"] for row in one["report"]["benchmarks"]
                 if row["name"] != benchmark(23)}
        self.assertEqual(quiet, {"unchanged"})

    def collect_while_the_server_restarts(self, job):
        """The server goes away before the collect and comes back while that waits; its runs are added once."""
        self.database.stop()
        with socket.socket(socket.AF_UNIX) as in_its_place:
            in_its_place.settimeout(LATE)
            in_its_place.bind(str(self.database.socket))
            in_its_place.listen()
            collecting = subprocess.Popen([TOOL, "fleet", "collect", job, "--store", self.store, "--format", "json"],
                                          cwd=self.folder, env=self.environment, text=True, stdout=subprocess.PIPE,
                                          stderr=subprocess.PIPE)
            in_its_place.accept()[0].close()  # it has asked, and got no answer
        self.database.socket.unlink()
        self.assertIsNone(collecting.poll(), "it waits")
        self.database.begin()
        out, err = collecting.communicate(timeout=LATE)
        self.assertEqual(collecting.returncode, 0, err)
        self.assertGreater(json.loads(out)["reconnects"], 0)
        self.assertIn("anew", err)


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    why_not = slurm_cluster.missing() or ("" if postgres.programs() else "not installed: postgresql")
    if why_not:
        skip(why_not, provided=os.geteuid() == 0)
    sys.exit(unittest.main())
