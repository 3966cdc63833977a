"""Runs one guest from boot to power-off: passes its output on, keeps the time, tells what failed."""
import collections
import contextlib
import ctypes
import dataclasses
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

from . import cpio, guest
from .errors import GuestFailed, SetupFailed, TimedOut, WrongUse

_LINES_KEPT = 400
_LOOK_EVERY_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1


@dataclasses.dataclass
class Finished:
    """status: the command's exit code. result: an open file, the tar archive from the guest."""

    status: int
    result: object
    seconds: float


class Tail:
    """The last lines of a stream of bytes."""

    def __init__(self):
        self._lines = collections.deque(maxlen=_LINES_KEPT)
        self._open = b""

    def add(self, data):
        *whole, self._open = (self._open + data).split(b"\n")
        self._lines.extend(whole)

    def lines(self):
        texts = (raw.decode(errors="replace").strip() for raw in [*self._lines, self._open])
        return [text for text in texts if text]


class Outputs:
    """What the guest and QEMU write, each into a file; the command's own output is passed on.

    Files, not pipes: QEMU drops what a full pipe has not taken when the guest powers off.
    """

    def __init__(self, verbose, stdout=None, stderr=None):
        followed = ("console", "qemu", "stdout", "stderr")
        self.tails = {name: Tail() for name in followed}
        self._files = {name: tempfile.TemporaryFile() for name in (*followed, "result")}
        self._passed_on = dict.fromkeys(followed, 0)
        self._sinks = {"stdout": stdout or sys.stdout.buffer, "stderr": stderr or sys.stderr.buffer}
        if verbose:
            self._sinks["console"] = self._sinks["qemu"] = self._sinks["stderr"]

    def descriptor(self, name):
        return self._files[name].fileno()

    @property
    def result(self):
        return self._files["result"]

    def pass_on(self):
        """Passes on what was written since the last call."""
        for name in self.tails:
            # pread: QEMU's own output shares the file's offset.
            while data := os.pread(self.descriptor(name), 1 << 16, self._passed_on[name]):
                self._passed_on[name] += len(data)
                self.tails[name].add(data)
                if name in self._sinks:
                    self._sinks[name].write(data)
                    self._sinks[name].flush()

    def lines(self, name):
        return self.tails[name].lines()

    def last_printed(self):
        """Where the guest was: the last line that it printed, of the command if it got so far."""
        for name in ("stdout", "stderr", "console"):
            if self.lines(name):
                return f"last printed ({name}): {self.lines(name)[-1]}"
        return "it printed nothing"

    @property
    def started(self):
        return guest.STARTED in self.lines("console")


def diagnose(qemu_status, console, qemu_lines):
    """Why a guest ended without a result: a GuestFailed that says what to do."""
    panic = next((line for line in console if "Kernel panic" in line), None)
    memory = next((line for line in console if "Out of memory" in line or "out of memory" in line
                   or "write error" in line), None)
    if qemu_status:
        said = "\n".join(qemu_lines[-5:]) or "it said nothing"
        return GuestFailed(f"QEMU failed with status {qemu_status}: {said}")
    if memory or (panic and "No working init found" in panic):
        return GuestFailed(f"the guest ran out of memory: {memory or panic}",
                           "give it more with --mem MIB")
    if panic:
        return GuestFailed("the guest's kernel panicked: " + panic,
                           "the whole console: run again with --verbose")
    said = console[-1] if console else "it printed nothing"
    return GuestFailed(f"the guest ended before the command had finished; last printed: {said}",
                       "the whole console: run again with --verbose")


def memory_needed(archive_bytes):
    """MiB of memory that a guest needs at the least: the archive, its unpacked files, the kernel."""
    return (2 * archive_bytes >> 20) + 192 + -(2 * archive_bytes >> 20) % 64


def _die_with_parent():
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _supervise(command_for, outputs, deadline, descriptors):
    """Starts QEMU and stays until it ended. Returns its status, None when the time was up."""
    writers = [outputs.descriptor(name) for name in ("console", *guest.PORTS)]
    process = subprocess.Popen(command_for(writers[0], writers[1:]), pass_fds=[*writers, *descriptors],
                               stdin=subprocess.DEVNULL, stdout=outputs.descriptor("qemu"),
                               stderr=subprocess.STDOUT, preexec_fn=_die_with_parent)
    try:
        while process.poll() is None and time.monotonic() < deadline:
            outputs.pass_on()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_EVERY_SECONDS)
        return process.returncode
    finally:
        process.kill()
        process.wait()
        outputs.pass_on()


def run(machine, kernel, files, timeout=120.0, verbose=False, stdout=None, stderr=None):
    """Boots the machine with these files and returns Finished once the guest has powered off.

    timeout: seconds of the host, from the start of QEMU. Raises TimedOut, SetupFailed and GuestFailed.
    """
    begin = time.monotonic()
    outputs = Outputs(verbose, stdout, stderr)
    archive = cpio.write(files)
    needed = memory_needed(len(archive))
    if needed > machine.mem_mib:
        raise WrongUse(f"the guest's files, {len(archive) >> 20} MiB, do not fit {machine.mem_mib} MiB of memory",
                       f"use --mem {needed}")
    devices = machine.uncore or contextlib.nullcontext()
    with devices, tempfile.NamedTemporaryFile(prefix="pmubench-lab-") as initrd:
        initrd.write(archive)
        initrd.flush()
        status = _supervise(lambda console, ports: machine.command(kernel, initrd.name, console, ports),
                            outputs, begin + timeout, machine.descriptors)
    if status is None:
        doing = "running the command" if outputs.started else "booting"
        raise TimedOut(f"the guest was still {doing} after {timeout:g} s; {outputs.last_printed()}",
                       "allow more with --timeout SECONDS")
    code = result_status(outputs.result)
    if code is None:
        raise diagnose(status, outputs.lines("console"), outputs.lines("qemu"))
    return Finished(code, outputs.result, time.monotonic() - begin)


def result_status(result):
    """The command's exit code from the guest's archive, None where the guest sent no whole one.

    Raises SetupFailed where the command was not run."""
    result.seek(0)
    try:
        with tarfile.open(fileobj=result) as archive:
            member = archive.extractfile(guest.STATUS_FILE)
            *whose, code = member.read().decode().split()
            code = int(code)
    except (tarfile.TarError, AttributeError, KeyError, ValueError):
        return None
    if whose == [guest.SETUP_FAILED]:
        raise SetupFailed(f"the guest's setup ended with {code}, the command was not run",
                          "its messages are above; correct the text of --setup")
    return code
