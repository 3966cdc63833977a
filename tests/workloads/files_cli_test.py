#!/usr/bin/env python3
"""`pmubench run files` from outside: where FUSE is permitted, where it is not, and after a kill.

files_cli_test.py TOOL
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TOOL = pathlib.Path(sys.argv.pop(1)).resolve()
BINARY = TOOL.parent / "pmubench_files"
SMALL = {"PMUBENCH_FILES_MIB": "1", "PMUBENCH_FILES_COUNT": "50"}
NOBODY = 65534
# Bytes that a server has read once the load does: more than all of its files, and its own libraries.
SERVED = 20 << 20


def text_of(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def server_below(ancestor):
    """The pid of the passthrough that a process or its children started; None without one."""
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        if "(pmubench_files_" not in text_of(entry / "stat"):
            continue
        pid = int(entry.name)
        while pid > 1 and pid != ancestor:
            fields = text_of(f"/proc/{pid}/stat").rpartition(")")[2].split()
            pid = int(fields[1]) if fields else 0
        if pid == ancestor:
            return int(entry.name)
    return None


def taken_bytes(pid):
    """What a process has read, of files and from the kernel."""
    found = re.search("^rchar: ([0-9]+)", text_of(f"/proc/{pid}/io"), re.MULTILINE)
    return int(found[1]) if found else 0


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pmubench-files-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.record = self.folder / "record.json"
        # Every temporary folder of this test lies here, so that what stays behind is seen.
        self.work = self.folder / "work"
        self.work.mkdir()
        self.environment = {**os.environ, **SMALL, "TMPDIR": str(self.work)}

    def command(self, which, seconds="0.002"):
        return [str(TOOL), "run", "files", "--out", str(self.record), "--",
                f"--benchmark_filter={which}", f"--benchmark_min_time={seconds}"]

    def run_files(self, which, before=(), **environment):
        done = subprocess.run([*before, *self.command(which)], capture_output=True, text=True,
                              timeout=240, env={**self.environment, **environment})
        record = json.loads(self.record.read_text()) if self.record.exists() else None
        return done, record

    def rows(self, record):
        return {b["name"]: b for b in record["benchmarks"]
                if b.get("run_type", "iteration") == "iteration"}

    def assert_nothing_stays(self):
        for _ in range(6000):
            if str(self.work) not in text_of("/proc/self/mountinfo"):
                return
            time.sleep(0.01)
        self.fail("a mount stays below " + str(self.work))

    def test_both_ways_side_by_side(self):
        done, record = self.run_files(".")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = self.rows(record)
        kinds = {name.split("/")[1] for name in rows}
        self.assertEqual(kinds, {"sequential_read", "sequential_write", "random_read",
                                 "random_write", "small_create", "small_read", "small_unlink",
                                 "stat", "readdir", "rename"})
        self.assertEqual(list(self.work.iterdir()), [])
        self.assert_nothing_stays()
        if "files_fuse" in record["context"]:
            self.skipTest(record["context"]["files_fuse"])
        for kind in kinds:
            ways = {name.split("/")[2]: row for name, row in rows.items()
                    if name.split("/")[1] == kind}
            self.assertEqual(set(ways), {"direct", "fuse"})
            self.assertNotIn("requests_per_op", ways["direct"])
            self.assertGreaterEqual(ways["fuse"]["requests_per_op"], 0.9)
            if "system_calls_per_op" in ways["direct"]:
                # The readings at both ends of a run are calls too, and here a run is short.
                slack = 40 / ways["direct"]["iterations"]
                self.assertGreater(ways["fuse"]["system_calls_per_op"] + slack,
                                   ways["direct"]["system_calls_per_op"])
                self.assertGreater(ways["fuse"]["server_system_calls_per_op"],
                                   ways["fuse"]["requests_per_op"])

    def test_where_fuse_is_not_permitted(self):
        hide = ["unshare", "--mount", "sh", "-c", 'mount --bind /dev/null /dev/fuse && exec "$@"',
                "sh"]
        if not os.path.exists("/dev/fuse"):
            hide = []
        elif subprocess.run([*hide, "true"], capture_output=True).returncode != 0:
            self.skipTest("/dev/fuse is there and cannot be hidden from a program")
        done, record = self.run_files("stat|random_read", before=hide)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("files/*/fuse SKIPPED: /dev/fuse is not there", done.stderr)
        self.assertIn("--device /dev/fuse", done.stderr)
        self.assertIn("SKIPPED: /dev/fuse", record["context"]["files_fuse"])
        self.assertEqual({name.split("/")[2] for name in self.rows(record)}, {"direct"})

    def become_nobody(self):
        """What to put before a command; its files go to this test's folder."""
        if os.getuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("takes root and setpriv")
        user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        if subprocess.run([*user, "test", "-x", str(BINARY)]).returncode != 0:
            self.skipTest(f"that user cannot run {BINARY}")
        for path in (self.folder, self.work):
            os.chown(path, NOBODY, NOBODY)
        self.environment["HOME"] = str(self.folder)
        return user

    def test_as_a_user_without_privileges(self):
        done, record = self.run_files("random_read", before=self.become_nobody())
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = self.rows(record)
        self.assertTrue(any("/direct/" in name for name in rows))
        context = record["context"]
        self.assertTrue(any("/fuse/" in name for name in rows) or "SKIPPED" in context["files_fuse"])
        for row in rows.values():  # counted, or missing with a reason: never a wrong 0
            if "system_calls_per_op" not in row:
                self.assertIn("system_calls", context["files_not_counted"])
            if "context_switches_per_op" not in row:
                self.assertIn("context_switches", context["files_not_counted"])
            elif "/fuse/" in row["name"]:
                self.assertGreater(row["context_switches_per_op"], 0)
        self.assert_nothing_stays()

    def start(self, command):
        """A run through FUSE, and the pid of its server once it serves reads."""
        one = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=self.environment)
        server = None
        while (server is None or taken_bytes(server) < SERVED) and one.poll() is None:
            time.sleep(0.05)
            server = server_below(one.pid)
        if one.poll() is not None:
            self.skipTest(one.communicate()[1])
        return one, server

    def kill_the_server(self, before=()):
        one, server = self.start([*before, *self.command("random_read/fuse", "30")])
        os.kill(server, signal.SIGKILL)
        out, err = one.communicate(timeout=120)
        if "SKIPPED" in err:
            self.skipTest(err)
        self.assertEqual(one.returncode, 1, err)
        self.assertIn("the passthrough's server ended", out + err)
        self.assert_nothing_stays()
        self.assertEqual(list(self.work.iterdir()), [])

    def test_a_killed_server_ends_it_and_says_so(self):
        self.kill_the_server()

    def test_so_it_does_for_a_user_without_privileges(self):
        self.kill_the_server(self.become_nobody())

    def kill_the_load(self, before=()):
        one, server = self.start([*before, str(BINARY), "--benchmark_filter=random_read/fuse",
                                  "--benchmark_min_time=30"])
        one.kill()
        one.communicate()
        for _ in range(6000):
            if "(pmubench_files_" not in text_of(f"/proc/{server}/stat"):
                break
            time.sleep(0.01)
        self.assertNotIn("(pmubench_files_", text_of(f"/proc/{server}/stat"))
        self.assert_nothing_stays()

    def test_a_killed_load_leaves_no_mount(self):
        self.kill_the_load()

    def test_nor_does_that_of_a_user_without_privileges(self):
        self.kill_the_load(self.become_nobody())


class Passthrough(unittest.TestCase):
    def test_says_what_it_is_for(self):
        program = str(TOOL.parent / "pmubench_files_passthrough")
        done = subprocess.run([program, "--help"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)
        self.assertIn("usage: pmubench_files_passthrough FOLDER MOUNT-POINT", done.stdout)
        self.assertEqual(subprocess.run([program], capture_output=True).returncode, 2)
        wrong = subprocess.run([program, "/nowhere", "/nowhere/m"], capture_output=True, text=True)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("no folder /nowhere", wrong.stderr)


if __name__ == "__main__":
    unittest.main()
