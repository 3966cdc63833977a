"""A real Slurm of two virtual nodes in a folder: munged, slurmctld, a slurmd each; on loopback, as root, no systemd.

Everything that is started is stopped by its own process id.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo")

CONFIGURATION = """
ClusterName=pmubench
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={controller}
SlurmdPort={daemon}
SrunPortRange={first}-{last}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmctldTimeout=60
SlurmdTimeout=60
"""


def missing():
    """Why there can be no cluster here; "" where there can."""
    if os.geteuid() != 0:
        return "virtual nodes of Slurm need root"
    absent = [name for name in PROGRAMS if shutil.which(name, path=path()) is None]
    return f"not installed: {', '.join(absent)} (Debian: slurmctld slurmd slurm-client munge)" if absent else ""


def path():
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


_held = []


def free_ports(count):
    """Ports that are free now, next to each other. Other programs that ask here get others while this one runs."""
    for first in range(21000, 32000, 97):
        sockets = []
        try:
            # A name that is free again when this program ends, on whatever way.
            name = socket.socket(socket.AF_UNIX)
            sockets.append(name)
            name.bind(f"\0pmubench-ports-{first}")
            for port in range(first, first + count):
                one = socket.socket()
                sockets.append(one)
                one.bind(("127.0.0.1", port))
            sockets.remove(name)
            _held.append(name)
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError("no free ports")


def processes():
    """(pid, parent, name) of all processes."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        yield int(entry.name), int(rest.split()[1]), name


def processes_below(pid):
    """The process and all its descendants."""
    children = {}
    for one, parent, _ in processes():
        children.setdefault(parent, []).append(one)
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo.extend(children.get(one, ()))
    return found


class Cluster:
    """`nodes`: feature by name of node."""

    def __init__(self, folder, nodes):
        self.folder = pathlib.Path(folder)
        self.nodes = nodes
        self.environment = os.environ | {"PATH": path(), "SLURM_CONF": str(self.folder / "slurm.conf")}
        self.daemons = {}  # name: pid

    def start(self):
        (self.folder / "state").mkdir(parents=True)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        port = free_ports(30)
        host = socket.gethostname()
        text = CONFIGURATION.format(folder=self.folder, host=host, controller=port, daemon=port + 1, first=port + 10,
                                    last=port + 29)
        for i, (node, feature) in enumerate(self.nodes.items()):
            text += (f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port + 2 + i} CPUs=1 "
                     f"RealMemory=500 Features={feature} State=UNKNOWN\n")
        text += f"PartitionName=bench Nodes={','.join(self.nodes)} Default=YES MaxTime=60 State=UP OverSubscribe=EXCLUSIVE\n"
        (self.folder / "slurm.conf").write_text(text)
        self.run("munged", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
                 f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log",
                 f"--seed-file={self.folder}/munged.seed")
        self.daemons["munged"] = self.pid("munged")
        self.run("slurmctld", "-f", self.folder / "slurm.conf", "-c")
        self.daemons["slurmctld"] = self.pid("slurmctld")
        for node in self.nodes:
            self.start_node(node)
        self.wait_for(lambda: all(self.node_state(node) == "IDLE" for node in self.nodes), "both nodes idle")

    def start_node(self, node):
        # The file of a daemon that was killed names nobody any more, or somebody else.
        (self.folder / f"slurmd-{node}.pid").unlink(missing_ok=True)
        self.run("slurmd", "-f", self.folder / "slurm.conf", "-N", node)
        self.daemons[node] = self.pid(f"slurmd-{node}")

    def kill_node(self, node):
        """As when its power fails: the daemon, its step daemons and all that they run, at once."""
        victims = set(processes_below(self.daemons.pop(node)))
        all_processes = {pid: (parent, name) for pid, parent, name in processes()}
        for pid, (parent, _) in all_processes.items():
            try:
                environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            except OSError:
                continue
            here = f"SLURM_CONF={self.folder}/slurm.conf".encode() in environment
            if here and f"SLURMD_NODENAME={node}".encode() in environment:
                victims.add(pid)
                # A step daemon has left its parent: what it runs tells which node it is of.
                if all_processes.get(parent, (0, ""))[1].startswith("slurmstepd"):
                    victims.add(parent)
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return victims

    def is_ours(self, pid):
        try:
            return str(self.folder).encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    def stop(self):
        for pid in filter(self.is_ours, reversed(list(self.daemons.values()))):
            for one in processes_below(pid):
                try:
                    os.kill(one, signal.SIGKILL if one != pid else signal.SIGTERM)
                except ProcessLookupError:
                    pass
            self.wait_for(lambda gone=pid: not pathlib.Path(f"/proc/{gone}").exists(), f"end of {pid}", limit=20,
                          strict=False)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.daemons.clear()

    def run(self, *command, check=True):
        done = subprocess.run([str(word) for word in command], env=self.environment, text=True, capture_output=True,
                              timeout=60, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{done.args}: {done.stdout}{done.stderr}")
        return done.stdout

    def pid(self, daemon):
        file = self.folder / f"{daemon}.pid"
        self.wait_for(lambda: file.exists() and file.read_text().strip().isdigit(), f"{daemon}'s process id")
        return int(file.read_text())

    def node_state(self, node):
        text = self.run("scontrol", "-o", "show", "node", node, check=False)
        fields = dict(word.split("=", 1) for word in text.split() if "=" in word)
        return fields.get("State", "")

    def wait_for(self, what, name, limit=120, strict=True):
        begin = time.monotonic()
        while time.monotonic() - begin < limit:
            if what():
                return True
            time.sleep(0.1)
        if strict:
            raise RuntimeError(f"after {limit} s there is no {name}\n{self.tails()}")
        return False

    def tails(self):
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in self.folder.glob("*.log"))
