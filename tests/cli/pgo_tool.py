"""What the tests of `pmubench pgo` share: the tool, programs to record, and what a test needs."""
import glob
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from skipping import skip, skip_test  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PMUBENCH_BUILD", SOURCE / "build/release"))
TOOL = BUILD / "bin/pmubench"
# A loop with known branches that runs for a given number of milliseconds of CPU time.
TARGET = BUILD / "tests/branches/branch_target"


def llvm_folder():
    """/usr/lib/llvm-NN/bin of the newest LLVM that has all of clang, lld and llvm-profgen; or None."""
    def whole(folder):
        return all(os.path.exists(f"{folder}/{tool}") for tool in ("clang++", "ld.lld", "llvm-profgen"))
    folders = [folder for folder in glob.glob("/usr/lib/llvm-*/bin") if whole(folder)]
    return max(folders, key=lambda f: int(f.split("llvm-")[1].split("/")[0]), default=None)


def ran(*command, **options):
    """The finished command, its output as text."""
    return subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, **{"timeout": 280, **options})


class PgoTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pmubench-pgo-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def pgo(self, *arguments):
        return ran(TOOL, "pgo", *arguments, cwd=self.folder)

    def assert_fine(self, done):
        self.assertEqual(done.returncode, 0, f"{done.args}\n{done.stdout}{done.stderr}")

    def assert_refused(self, done, *words, code=2):
        """Refused with this exit code, and these words on standard error."""
        self.assertEqual(done.returncode, code, f"{done.args}\n{done.stdout}{done.stderr}")
        for word in words:
            self.assertIn(word, done.stderr)

    def assert_recorded(self, done):
        """Fine, or a skip where this machine forbids ptrace."""
        self.skip_without_ptrace(done)
        self.assert_fine(done)

    def skip_without_ptrace(self, done):
        if done.returncode != 0 and re.search("ptrace of .* was refused", done.stderr):
            skip_test(self, done.stderr.strip())

    def recorded(self, program, *arguments, options=()):
        """The path of a profile of `program`."""
        profile = self.folder / "p.branches"
        done = self.pgo("record", "--source", "software", "-o", profile, *options, "--", program, *arguments)
        self.assert_recorded(done)
        return profile


def main(*needed):
    """Runs the tests; skips them all where one of the files or programs is not here, or fails where nothing may skip."""
    for need in needed:
        if need is None or not (os.path.exists(need) or shutil.which(str(need))):
            skip(f"{need or 'clang, lld and llvm-profgen'} is not here (ci/setup pgo)")
    unittest.main(verbosity=2)
