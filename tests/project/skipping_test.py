#!/usr/bin/env python3
"""What cannot run skips, and fails where PMUBENCH_LAB_REQUIRED is set: in Python, within unittest, in shell."""
import os
import pathlib
import subprocess
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
ONE_TEST = """
import unittest, skipping
class One(unittest.TestCase):
    def test(self):
        skipping.skip_test(self, "no tool", provided=%s)
unittest.main()
"""


def code(*command, required):
    """Exit code of a command that is told whether it may skip."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "PMUBENCH_LAB_REQUIRED": "1" if required else ""}
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


class SkippingTest(unittest.TestCase):
    def check(self, *command, skipped, required):
        self.assertEqual(code(*command, required=False), skipped)
        self.assertEqual(code(*command, required=True), required)

    def test_programs(self):
        self.check(sys.executable, "-c", "import skipping; skipping.skip('no tool')", skipped=77, required=1)
        self.check(sys.executable, "-c", "import skipping; skipping.skip('no rights', provided=False)",
                   skipped=77, required=77)
        self.check("sh", "-c", f". {TESTS}/skip.sh; skip 'no tool'", skipped=77, required=1)

    def test_one_test_of_many(self):
        self.check(sys.executable, "-c", ONE_TEST % True, skipped=0, required=1)
        self.check(sys.executable, "-c", ONE_TEST % False, skipped=0, required=0)


if __name__ == "__main__":
    unittest.main()
