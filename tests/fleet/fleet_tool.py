"""What the tests of `pmubench fleet` share: the tool, a suite with made times, a folder."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from skipping import may_administer, skip, skip_test  # noqa: E402,F401

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PMUBENCH_BUILD", SOURCE / "build/release"))
TOOL = BUILD / "bin/pmubench"
SUITE = BUILD / "tests/fleet/fleet_suite"


def benchmark(number):
    return f"made/{number}/iterations:1/manual_time"


class FleetTest(unittest.TestCase):
    """A test with a folder and a history of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pmubench-fleet-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = str(self.folder / "history.db")
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith(("FLEET_SUITE", "SLURM", "GITHUB", "GITLAB", "JENKINS"))}

    def ran(self, *command, code=0, **environment):
        """The finished command; its exit code must be `code`, None for any."""
        done = subprocess.run([str(word) for word in command], cwd=self.folder, text=True, capture_output=True,
                              env=self.environment | environment, timeout=240, check=False)
        if code is not None:
            self.assertEqual(done.returncode, code, f"{done.args}\n{done.stdout}{done.stderr}{self.logs()}")
        return done

    def logs(self):
        return "".join(f"\n{log}: {log.read_text(errors='replace')[-2000:]}" for log in self.folder.glob("*/logs/*"))

    def fleet(self, *arguments, code=0, **environment):
        return self.ran(TOOL, "fleet", *arguments, code=code, **environment)

    def json(self, *arguments, code=0):
        return json.loads(self.fleet(*arguments, "--format", "json", code=code).stdout)

    def submit(self, job, *arguments, code=0, **environment):
        """One night of the suite, without the canary: other programs of this machine would move it."""
        return self.fleet("submit", SUITE, "--out", job, "--store", self.store, "--no-canary", "--metrics",
                          "page_faults", *arguments, code=code, **environment)

    def collect(self, job, code=0):
        return self.json("collect", job, "--store", self.store, code=code)

    def report(self, job, code=0):
        return self.json("report", job, "--store", self.store, code=code)

    def states(self, job, code=None):
        return [task["state"] for task in self.json("status", job, code=code)["tasks"]]

    def regressions(self, report):
        """(class, benchmark) of every regression."""
        return [(one["class"], row["name"]) for one in report["classes"] for row in one["report"]["benchmarks"]
                if row["verdict"] == "regression"]
