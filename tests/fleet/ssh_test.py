#!/usr/bin/env python3
"""`fleet submit --launcher ssh`: OpenSSH's client and a real server of the protocol (asyncssh) on loopback.

127.0.0.1 and 127.0.0.2 are two hosts, 127.0.0.3 one where nothing listens. Keys are made in a temporary folder.
"""
import asyncio
import getpass
import os
import shutil
import subprocess
import sys
import threading
import time
import unittest

from fleet_tool import SUITE, TOOL, FleetTest, skip
from slurm_cluster import free_ports

try:
    import asyncssh
except ImportError:
    asyncssh = None

NAMES = {"127.0.0.1": "first", "127.0.0.2": "second"}


class Hosts:
    """The two hosts, in a thread of their own. A command outlives its connection, as with OpenSSH's server."""

    def __init__(self, port, host_key, client_key, environment):
        self.port, self.host_key, self.client_key, self.environment = port, host_key, client_key, environment
        self.connections = {name: [] for name in NAMES.values()}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.servers = [self.wait(self.listen(address)) for address in NAMES]

    def wait(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    async def listen(self, address):
        return await asyncssh.listen(address, self.port, server_host_keys=[self.host_key], line_editor=False,
                                     authorized_client_keys=self.client_key,
                                     process_factory=lambda process: self.run(NAMES[address], process))

    async def run(self, name, process):
        self.connections[name].append(process.channel.get_connection())
        # fleet_suite and the tasks know a virtual node by this variable.
        command = await asyncio.create_subprocess_shell(process.command, env=self.environment | {"SLURMD_NODENAME": name},
                                                        stdin=asyncio.subprocess.DEVNULL,
                                                        stdout=asyncio.subprocess.PIPE,
                                                        stderr=asyncio.subprocess.STDOUT)
        said, _ = await command.communicate()
        process.stdout.write(said.decode(errors="replace"))
        process.exit(command.returncode)

    def break_off(self, name):
        """The network between us and the host is gone."""
        for connection in self.connections[name]:
            self.loop.call_soon_threadsafe(connection.abort)

    def stop(self):
        for server in self.servers:
            self.loop.call_soon_threadsafe(server.close)
        for name in self.connections:
            self.break_off(name)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


class Ssh(FleetTest):
    def setUp(self):
        super().setUp()
        port = free_ports(1)
        for key in ("key", "host_key"):
            self.ran("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
        host_key = (self.folder / "host_key.pub").read_text()
        (self.folder / "known").write_text("".join(f"[{address}]:{port} {host_key}" for address in NAMES))
        self.environment["FLEET_SUITE_PACE_MS"] = "20"
        self.hosts = Hosts(port, str(self.folder / "host_key"), str(self.folder / "key.pub"), self.environment)
        self.addCleanup(self.hosts.stop)
        self.command = (f"ssh -F none -p {port} -i {self.folder}/key -o UserKnownHostsFile={self.folder}/known "
                        "-o BatchMode=yes -o ConnectTimeout=60")

    def start(self, *arguments):
        process = subprocess.Popen(
            [TOOL, "fleet", "submit", SUITE, "--out", "n", "--store", self.store, "--no-canary", "--metrics",
             "page_faults", "--launches", "1", "--launcher", "ssh", "--ssh", self.command, *arguments],
            cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        return process

    def finish(self, process):
        _, err = process.communicate(timeout=180)
        self.assertEqual(process.returncode, 0, f"{err}{self.logs()}")

    def host(self, number):
        return f"{getpass.getuser()}@127.0.0.{number}"

    def tasks(self):
        return [(task["state"], task["class"], task["host"])
                for task in self.json("status", "n", code=None)["tasks"]]

    def test_two_hosts_measure_and_one_that_is_down_loses_nothing(self):
        self.finish(self.start("--shards", "3", "--host", f"a={self.host(3)}", "--host", f"a={self.host(1)}",
                               "--host", f"b={self.host(2)}"))
        self.assertEqual(self.tasks(), 3 * [("done", "a", "first")] + 3 * [("done", "b", "second")])
        self.assertEqual(sorted(run["class"] for run in self.collect("n")["runs"]), ["a", "b"])
        self.assertEqual(len(self.report("n")["classes"]), 2)

    def test_a_connection_that_breaks_gives_its_task_to_the_other_host(self):
        self.environment["FLEET_SUITE_PACE_MS"] = self.hosts.environment["FLEET_SUITE_PACE_MS"] = "200"
        submitting = self.start("--shards", "2", "--host", f"a={self.host(1)}", "--host", f"a={self.host(2)}")
        begin = time.monotonic()
        while not ((self.folder / "n/job.json").exists() and [task[0] for task in self.tasks()] == 2 * ["running"]):
            self.assertLess(time.monotonic() - begin, 60, self.logs())
            time.sleep(0.05)
        self.hosts.break_off("second")
        self.finish(submitting)
        # The command on the host that was lost went on, so either may have been the last to finish that task.
        self.assertEqual([task[0] for task in self.tasks()], 2 * ["done"], self.logs())
        self.assertEqual(len(self.hosts.connections["first"]), 2)
        run, = self.collect("n")["runs"]
        self.assertEqual(run["class"], "a")
        self.assertEqual(len(self.report("n")["classes"][0]["report"]["benchmarks"]), 40)


if __name__ == "__main__":
    if asyncssh is None and sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])  # Debian's modules are its own Python's
    if asyncssh is None or shutil.which("ssh") is None:
        skip("not installed: ssh or asyncssh (Debian: openssh-client python3-asyncssh)")
    unittest.main()
