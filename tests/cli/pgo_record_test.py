#!/usr/bin/env python3
"""The ways to record: a running process, a benchmark of a suite, several runs, clock ticks, imported text."""
import collections
import re
import shutil
import subprocess

from pgo_tool import BUILD, TARGET, TOOL, PgoTest, main
from skipping import skip_test, skip_where_counting_is_forbidden

SUITE = BUILD / "bin/pmubench_suite"


def branch_counts(text):
    """Counts by (source, target) of an export for BOLT."""
    counts = collections.Counter()
    for source, target, taken in re.findall(r"(?m)^B (\S+) (\S+) (\d+) \d+$", text):
        counts[source, target] += int(taken)
    return counts


class Record(PgoTest):
    def bolt(self, *profiles):
        done = self.pgo("export", "--for", "bolt", "--binary", TARGET, *profiles)
        self.assert_fine(done)
        return branch_counts(done.stdout)

    def test_runs_add_up_whatever_their_address_layout(self):
        first = self.recorded(TARGET, 100)
        second = first.rename(self.folder / "second")
        first = self.recorded(TARGET, 100)
        counts = [self.bolt(first), self.bolt(second)]
        self.assertEqual(self.bolt(first, second), counts[0] + counts[1])
        # Link-time addresses: the same branch has the same key in both runs.
        busiest = [set(place for place, _ in one.most_common(3)) for one in counts]
        self.assertTrue(busiest[0] & busiest[1], counts)
        self.recorded(TARGET, 50, options=["--append"])
        self.assertGreater(self.bolt(first).total(), counts[0].total())
        self.assertEqual(first.read_text().count("\nimage ") >= 1, True)
        self.assertEqual(first.read_text().count(f" {TARGET}\n"), 1)

    def test_running_process(self):
        target = subprocess.Popen([TARGET, "1500", "2"], stdout=subprocess.PIPE, text=True)
        profile = self.folder / "p.branches"
        done = self.pgo("record", "--source", "software", "--pid", target.pid, "--seconds", "0.7", "-o", profile)
        output = target.communicate(timeout=120)[0]
        self.assert_recorded(done)
        self.assertEqual((output, target.returncode), ("done\n", 0))
        self.assertGreater(self.bolt(profile).total(), 100)

    def test_benchmark_of_a_suite(self):
        if not SUITE.exists():
            skip_test(self, "the bundled suite is not built")
        profile = self.folder / "p.branches"
        for seconds in (1, 4, 16):  # on a busy machine the few stacks of a short run may all be its start's
            done = self.pgo("record", "--source", "software", "--benchmark", "^BM_hash_lookup/1024$", "-o", profile,
                            "--", "suite", f"--benchmark_min_time={seconds}")
            self.assert_recorded(done)
            self.assertIn("BM_hash_lookup/1024", done.stdout)
            self.assertNotIn("BM_dependent_adds", done.stdout)
            done = self.pgo("export", "--for", "text", "--binary", SUITE, profile)
            self.assert_fine(done)
            if "hash_lookup" in done.stdout:
                break
        self.assertIn("hash_lookup", done.stdout)

    def test_unknown_suite(self):
        self.assert_refused(self.pgo("record", "--benchmark", "x", "--", "redsi"), "redsi", "pmubench list workloads")

    def test_clock_ticks_come_with_a_warning(self):
        profile = self.folder / "p.branches"
        done = self.pgo("record", "--source", "cpu-clock", "-o", profile, "--", TARGET, 300)
        skip_where_counting_is_forbidden(self, done)
        self.assert_fine(done)
        self.assertIn("which way branches went is not known", done.stderr)
        for target in ("bolt", "llvm"):
            self.assert_refused(self.pgo("export", "--for", target, "--binary", TARGET, profile),
                                "needs branches", "--source software")
        done = self.pgo("export", "--for", "autofdo", "--force", "--binary", TARGET, profile)
        self.assert_fine(done)
        ranges, samples = done.stdout.splitlines()[:2]
        self.assertEqual(ranges, "0")
        self.assertGreater(int(samples), 0)

    def test_binary_that_is_gone(self):
        program = self.folder / "app"
        shutil.copy(TARGET, program)
        target = subprocess.Popen([program, "1500"], stdout=subprocess.DEVNULL)
        self.addCleanup(target.wait)
        program.unlink()
        done = self.pgo("record", "--source", "software", "--pid", target.pid, "--seconds", "0.3")
        self.skip_without_ptrace(done)
        self.assertIn("in files that cannot be read", done.stdout + done.stderr)

    def test_link_time_addresses_without_mappings(self):
        text = self.folder / "perf.txt"
        work = int(subprocess.run(f"nm '{TARGET}' | awk '$3 == \"Work\" {{ print $1 }}'", shell=True, check=True,
                                  capture_output=True, text=True).stdout, 16)
        text.write_text(f" {work:x} {work + 16:#x}/{work:#x}/P/-/-/0 {work + 16:#x}/{work:#x}/M/-/-/0\n" * 5)
        profile = self.folder / "p.branches"
        self.assert_refused(self.pgo("record", "--import", text, "-o", profile), "no mapping lines", "--binary")
        self.assert_fine(self.pgo("record", "--import", text, "--binary", TARGET, "-o", profile))
        self.assertRegex(profile.read_text(), rf"(?m)^b {work + 16:x} {work:x} 10 5$")
        self.assertRegex(profile.read_text(), rf"(?m)^r {work:x} {work + 16:x} 5$")


if __name__ == "__main__":
    main(TOOL, TARGET, "nm")
