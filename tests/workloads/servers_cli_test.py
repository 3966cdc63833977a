#!/usr/bin/env python3
"""`pmubench run server` and `run redis` from outside: what is counted is the server's, all of it.

servers_cli_test.py TOOL KNOWN_SERVER EXAMPLES
"""
import functools
import glob
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from skipping import skip_test  # noqa: E402

TOOL, KNOWN, EXAMPLES = (os.path.abspath(path) for path in sys.argv[1:4])
del sys.argv[1:4]
PATIENCE = 120
# Page faults of a request to known_server: in a new thread, in an old one, in a child process.
FAULTS = 3 + 4 + 5
SOCKET = ("--start", f"{KNOWN} serve {{folder}}/s", "--answers", "{folder}/s", "--name", "known")


def needs(program):
    """Skips a test where the program is not installed; fails it where ci/test has seen to that."""
    def wrap(test):
        @functools.wraps(test)
        def run_test(self):
            if shutil.which(program) is None:
                skip_test(self, f"{program} is not installed")
            test(self)
        return run_test
    return wrap


def gone(pid):
    """Whether a process is no more; a zombie that nobody has taken counts as gone."""
    try:
        return ") Z" in pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.record = os.path.join(self.folder.name, "record.json")
        self.environment = {**os.environ, "TMPDIR": self.folder.name}

    def run_tool(self, name, *arguments, metrics="page_faults,context_switches", **environment):
        done = subprocess.run([TOOL, "run", name, "--out", self.record, "--metrics", metrics, "--", *arguments],
                              capture_output=True, text=True, timeout=PATIENCE,
                              env={**self.environment, **environment})
        record = pathlib.Path(self.record)
        return done, json.loads(record.read_text()) if record.exists() else None

    def left_behind(self):
        return glob.glob(os.path.join(self.folder.name, "pmubench-server-*"))


class KnownServer(Case):
    def test_threads_old_and_new_and_children_are_counted_by_request(self):
        for requests in (300, 3000):
            done, record = self.run_tool("server", *SOCKET, "--load", f"{KNOWN} load {{folder}}/s {requests}",
                                         "--requests-from", "requests: ([0-9]+)", "--figure", "half=half: ([0-9.]+)",
                                         "--repetitions", "2")
            self.assertEqual(done.returncode, 0, done.stderr)
            rows = [row for row in record["benchmarks"] if row["run_type"] == "iteration"]
            self.assertEqual(len(rows), 2)
            for row in rows:
                self.assertEqual(row["iterations"], requests)
                self.assertEqual(row["half"], requests / 2)
            # The benchmark's time is the load's and what a busy machine lets pass around it: less of a longer one.
            around = [row["requests_per_s"] * row["real_time"] * 1e-6 for row in rows]
            self.assertGreater(min(around), 0.99)
            if max(around) < 3:
                break
        self.assertLess(max(around), 3)
        faults = record["pmubench"]["results"][0]["metrics"]["page_faults"]
        self.assertGreaterEqual(faults["value"], FAULTS)
        self.assertLess(faults["value"], FAULTS + 0.5)
        self.assertEqual(faults["sampling_ratio"], 1)
        self.assertIn("known_server serve", record["context"]["counted"])
        self.assertFalse(self.left_behind())

    def test_without_a_number_of_requests_an_iteration_is_a_load(self):
        done, record = self.run_tool("server", *SOCKET, "--load", f"{KNOWN} load {{folder}}/s 100",
                                     "--benchmark_min_time=0.01")
        self.assertEqual(done.returncode, 0, done.stderr)
        faults = record["pmubench"]["results"][0]["metrics"]["page_faults"]["value"]
        self.assertGreaterEqual(faults, 100 * FAULTS)
        self.assertLess(faults, 100 * (FAULTS + 1))

    def test_memory_has_figures_or_says_why_not(self):
        _, record = self.run_tool("server", *SOCKET, "--load", f"{KNOWN} load {{folder}}/s 100", "--requests", "100")
        memory = [value for name, value in record["pmubench"]["results"][0]["metrics"].items()
                  if name.startswith("memory_")]
        self.assertTrue(memory)
        for value in memory:
            self.assertTrue(value["value"] is not None or "list sources" in value["reason"], value)

    def test_a_server_that_is_killed(self):
        done, _ = self.run_tool("server", *SOCKET, "--load", f"{KNOWN} load {{folder}}/s kill")
        self.assertEqual(done.returncode, 1)
        self.assertIn("known has ended", done.stderr)
        self.assertFalse(self.left_behind())

    def test_a_crash_of_ours_leaves_no_server_behind(self):
        # The shell stays as the parent of the server: its group has to end too.
        pid_file, load_file = (os.path.join(self.folder.name, name) for name in ("pid", "load"))
        start = f"sh -c 'echo $$ >{pid_file}; {KNOWN} serve {{folder}}/s; true'"
        binary = os.path.join(os.path.dirname(TOOL), "pmubench_server")
        ours = subprocess.Popen([binary, "--start", start, "--answers", "{folder}/s",
                                 "--load", f"sleep 100 & echo $! >{load_file}; wait"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment)
        self.assertTrue(wait_until(lambda: glob.glob(os.path.join(self.folder.name, "pmubench-server-*/s"))))
        shell = int(pathlib.Path(pid_file).read_text())
        servers = [int(child) for child in
                   pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()]
        self.assertTrue(servers)
        self.assertTrue(wait_until(lambda: os.path.exists(load_file) and os.path.getsize(load_file) > 0))
        ours.send_signal(signal.SIGKILL)
        ours.wait()
        load = int(pathlib.Path(load_file).read_text())
        self.assertTrue(wait_until(lambda: all(gone(pid) for pid in [shell, *servers, load])))
        self.assertTrue(wait_until(lambda: not self.left_behind()))


class BadInput(Case):
    LOAD = ("--load", "true")

    def check(self, code, message, *arguments):
        done, _ = self.run_tool("server", *arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(message, done.stderr)
        self.assertFalse(self.left_behind())

    def test_help_teaches(self):
        done, record = self.run_tool("server", "--help")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("--requests-from TEXT"), 1)
        self.assertIn("\n  pmubench run server --kernel -- --start 'memcached", done.stdout)
        self.assertIsNone(record)

    def test_says_what_is_missing(self):
        self.check(2, "no --start was given")
        self.check(2, "no --load was given", "--start", "sleep 100")
        self.check(2, "nothing says when the server is ready", "--start", "sleep 100", *self.LOAD)
        self.check(2, "no-such-server is not installed", "--start", "no-such-server {port}", *self.LOAD)
        self.check(2, "there is no /nowhere/server", "--start", "/nowhere/server {port}", *self.LOAD)
        self.check(2, "has no group", *SOCKET, *self.LOAD, "--requests-from", "requests: [0-9]+")
        self.check(2, "has no name", *SOCKET, *self.LOAD, "--figure", "p99 ([0-9]+)")

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.check(2, f"port {port} is in use", "--start", "sleep {port}", "--port", str(port), *self.LOAD)

    def test_a_server_that_does_not_start(self):
        self.check(2, "ended while it started: no luck", "--start", "sh -c 'echo no luck; exit 3'", "--ready", "false",
                   *self.LOAD)
        self.check(2, "was not ready after 0.3 s", "--start", "sleep 100", "--ready", "false", "--ready-seconds",
                   "0.3", *self.LOAD)

    def test_a_load_that_fails(self):
        self.check(1, "ended with exit code 7: it broke", *SOCKET, "--load", "echo it broke; exit 7")
        self.check(1, "is nowhere in the load's output, which ends: done", *SOCKET, "--load", "echo done",
                   "--requests-from", "requests: ([0-9]+)")
        self.check(1, "took longer than 0.3 s", *SOCKET, "--load", "sleep 100", "--load-seconds", "0.3")
        self.check(2, "--prepare 'exit 4' ended with exit code 4", *SOCKET, "--prepare", "exit 4", *self.LOAD)


class RealServers(Case):
    def check(self, *arguments):
        done, record = self.run_tool("server", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        metrics = record["pmubench"]["results"][0]["metrics"]
        self.assertGreater(metrics["context_switches"]["value"], 0)
        self.assertFalse(self.left_behind())
        return record["benchmarks"][0]

    @needs("memcached")
    def test_memcached(self):
        row = self.check("--start", "memcached -u nobody -l 127.0.0.1 -p {port}",
                         "--load", f"{EXAMPLES}/memcached-load 127.0.0.1 {{port}} --requests 20000",
                         "--requests-from", "requests: ([0-9]+)", "--figure", "p99_us=p99_us: ([0-9.]+)")
        self.assertEqual(row["name"], "server/memcached/iterations:2/real_time")
        self.assertEqual(row["iterations"], 20000)
        self.assertGreater(row["p99_us"], 0)
        self.assertGreater(row["server_cpu_us_per_request"], 0)

    @needs("memcached")
    def test_a_crash_of_ours_ends_a_server_that_changed_its_user(self):
        # Where this runs as root, memcached becomes nobody, and the kernel's signal for our end is lost.
        pid_file = os.path.join(self.folder.name, "pid")
        binary = os.path.join(os.path.dirname(TOOL), "pmubench_server")
        ours = subprocess.Popen([binary, "--start", "memcached -u nobody -l 127.0.0.1 -p {port}",
                                 "--load", f"echo {{pid}} >{pid_file}; sleep 100"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment)
        self.assertTrue(wait_until(lambda: os.path.exists(pid_file) and os.path.getsize(pid_file) > 0))
        server = int(pathlib.Path(pid_file).read_text())
        self.assertEqual(pathlib.Path(f"/proc/{server}/comm").read_text(), "memcached\n")
        ours.send_signal(signal.SIGKILL)
        ours.wait()
        self.assertTrue(wait_until(lambda: gone(server)))

    def test_a_web_server(self):
        get = ("import urllib.request as r; [r.urlopen('http://127.0.0.1:{port}/').read() for _ in range(50)]; "
               "print('requests: 50')")
        row = self.check("--start", f"{sys.executable} -m http.server --bind 127.0.0.1 --directory {{folder}} {{port}}",
                         "--name", "http", "--load", f'{sys.executable} -c "{get}"',
                         "--requests-from", "requests: ([0-9]+)")
        self.assertEqual(row["iterations"], 50)


class Redis(Case):
    FILTER = "--benchmark_filter=redis/get/closed/pipeline:1/"
    KNOBS = {"PMUBENCH_REDIS_KEYS": "1000"}

    def fake(self, text):
        program = os.path.join(self.folder.name, "redis-server")
        pathlib.Path(program).write_text(f"#!/bin/sh\necho '{text}'\n")
        os.chmod(program, 0o755)
        return {"PATH": f"{self.folder.name}:{os.environ['PATH']}"}

    def answered_gets(self):
        for path in glob.glob(os.path.join(self.folder.name, "pmubench-server-*/s")):
            try:
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.connect(path)
                    connection.sendall(b"INFO commandstats\r\n")
                    found = re.search(rb"cmdstat_get:calls=([0-9]+)", connection.recv(1 << 16))
                    return int(found.group(1)) if found else 0
            except OSError:
                pass
        return 0

    @needs("redis-server")
    def test_what_is_counted_is_the_server(self):
        done, record = self.run_tool("redis", self.FILTER, "--benchmark_min_time=0.3", metrics="server", **self.KNOBS)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(record["context"]["redis_version"], r"[0-9]+\.[0-9]+")
        self.assertIn("redis-server", record["context"]["counted"])
        row = record["benchmarks"][0]
        for name in ("requests_per_s", "p50_us", "p99_us", "p99.9_us", "server_cpu_us_per_request"):
            self.assertGreater(row[name], 0, name)
        metrics = record["pmubench"]["results"][0]["metrics"]
        for name in ("ipc", "backend_stalled_cycles", "l1i_mpki", "l1d_misses", "branch_misses", "memory_read"):
            if name in metrics:
                self.assertTrue(metrics[name]["value"] is not None or metrics[name]["reason"], name)
        self.assertEqual({"instructions", "cycles", "ipc", "page_faults"} - set(metrics), set())

    @needs("redis-server")
    def test_the_cpu_time_of_metrics_is_the_servers(self):
        # As /proc has it; and of a run that a busy machine cut to a few requests a large part is
        # the connections' coming and going, which the benchmark's own figure leaves out.
        ratios = []
        for seconds in (0.3, 0.6, 1.2, 2.4, 4.8):
            done, record = self.run_tool("redis", self.FILTER, f"--benchmark_min_time={seconds}",
                                         metrics="server", **self.KNOBS)
            self.assertEqual(done.returncode, 0, done.stderr)
            row = record["benchmarks"][0]
            quantities = row["pmubench"]["counts"][0]["quantities"]
            cpu_us = quantities["cpu_ns"] * 1e-3 / quantities["iterations"]
            ratios.append(cpu_us / row["server_cpu_us_per_request"])
            if 0.9 < ratios[-1] < 1.1:
                return
        self.fail(f"the CPU time of metrics is {ratios} of the server's")

    @needs("redis-server")
    def test_a_redis_that_is_killed_fails_its_benchmark_alone(self):
        program = os.path.join(self.folder.name, "redis-server")
        pids = os.path.join(self.folder.name, "pids")
        # A question for the version has one argument.
        pathlib.Path(program).write_text(f"#!/bin/sh\n[ $# -gt 1 ] && echo $$ >>{pids}\n"
                                         f"exec {shutil.which('redis-server')} \"$@\"\n")
        os.chmod(program, 0o755)
        ours = subprocess.Popen(
            [TOOL, "run", "redis", "--out", self.record, "--metrics", "page_faults", "--",
             "--benchmark_filter=redis/(get|set)/closed/pipeline:1/", "--benchmark_min_time=1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**self.environment, **self.KNOBS, "PATH": f"{self.folder.name}:{os.environ['PATH']}"})
        # Filling it takes no GET: some say that the benchmark is under way.
        self.assertTrue(wait_until(lambda: self.answered_gets() > 200))
        os.kill(int(pathlib.Path(pids).read_text().split()[0]), signal.SIGKILL)
        _, messages = ours.communicate(timeout=PATIENCE)
        self.assertEqual(ours.returncode, 1, messages)
        rows = json.loads(pathlib.Path(self.record).read_text())["benchmarks"]
        failed = [row["error_message"] for row in rows if row.get("error_occurred")]
        self.assertEqual((len(rows), len(failed)), (2, 1), messages)
        # The second where it was killed between two of the load's connections.
        self.assertRegex(failed[0], "the server went away|cannot connect to .*/s: Connection refused")

    def test_a_redis_that_is_too_old(self):
        done, record = self.run_tool("redis", self.FILTER, **self.fake("Redis server v=5.0.14 sha=0:0 malloc=libc"))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("has version '5.0.14'; version 6 or newer is needed", done.stderr)
        self.assertIsNone(record)

    @needs("redis-server")
    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            done, _ = self.run_tool("redis", self.FILTER, PMUBENCH_REDIS_PORT=port)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(f"port {port} is in use", done.stderr)


if __name__ == "__main__":
    unittest.main()
