"""The guest's file system: busybox, an init that runs one command, and the caller's files."""
import os
import shlex

from . import cpio, programs
from .errors import WrongUse

# Ports of the virtio console, in the order of QEMU's options: /dev/vport0p1 and on.
PORTS = ("stdout", "stderr", "result")
STATUS_FILE = "lab/status"
# What stands before the number there where it is the setup's, and the command was not run.
SETUP_FAILED = "setup"
# printk's line when init has the file system: what comes before is the kernel's.
STARTED = "lab: init started"
MODULES = ("virtio_mmio", "virtio_console")

_INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /bin /dev /proc /sys /tmp /root
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root LD_LIBRARY_PATH=/lib TERM=dumb LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/shm
mount -t tmpfs shm /dev/shm
mount -t debugfs debug /sys/kernel/debug
hostname lab
echo {started}
for m in {modules}; do insmod /lab/$m.ko || echo "lab: cannot load $m"; done
# The kernel makes a port's node before the port is ready: an open between them ends with ENXIO.
until [ -c /dev/vport0p{last} ] && {{ true >/dev/vport0p{last}; }} 2>/dev/null; do sleep 0.01; done
if sh -e /lab/setup >/dev/vport0p2 2>&1; then
  cd /root
  sh /lab/command </dev/null >/dev/vport0p1 2>/dev/vport0p2
  echo $? >/{status}
else
  echo {setup_failed} $? >/{status}
fi
cd /
set -- {status}
for f in {gets}; do [ -e "$f" ] && set -- "$@" "${{f#/}}"; done
tar -cf /dev/vport0p3 "$@"
poweroff -f
"""


def _collect(host, guest, files):
    """Adds a file or a whole folder of the host."""
    if os.path.isdir(host):
        files[guest] = cpio.folder()
        for name in sorted(os.listdir(host)):
            _collect(os.path.join(host, name), f"{guest}/{name}", files)
        return
    try:
        with open(host, "rb") as f:
            files[guest] = cpio.file(f.read(), os.access(host, os.X_OK))
    except OSError as e:
        raise WrongUse(f"cannot read {host}: {e.strerror}") from e


def relative(path):
    """A guest path as the archive wants it; relative ones are below the command's folder."""
    absolute = os.path.normpath(os.path.join("/root", path))
    if absolute == "/":
        raise WrongUse(f"{path!r} is not a file of the guest")
    return absolute.lstrip("/")


def split_pair(pair):
    """("A", "B") of A:B."""
    left, colon, right = pair.partition(":")
    if not (left and colon and right):
        raise WrongUse(f"{pair!r} is not a pair of paths", "write HOST:GUEST or GUEST:HOST")
    return left, right


def files(fetched, command, puts=(), program_files=(), gets=(), setup="", uncore=None):
    """{path: cpio.Entry} of the whole file system.

    command: list of words. puts: pairs (host, guest). gets: guest paths that the result carries.
    setup: shell text that runs before the command, its output in the command's standard error; where a
    line of it fails, the command is not run.
    uncore: devices whose drivers are loaded before that.
    """
    exports = "".join(f"export {key}={shlex.quote(value)}\n"
                      for key, value in (uncore.environment() if uncore else {}).items())
    drivers = uncore.modules(fetched) if uncore else {}
    if uncore:
        setup = uncore.setup() + "\n" + setup
    init = _INIT.format(started=STARTED, modules=" ".join(MODULES), last=len(PORTS),
                        status=STATUS_FILE, setup_failed=SETUP_FAILED,
                        gets=" ".join(shlex.quote("/" + relative(g)) for g in gets))
    out = {"init": cpio.file(init.encode(), executable=True),
           "lab/setup": cpio.file(setup.encode()),
           "lab/command": cpio.file((exports + "exec " + shlex.join(command) + "\n").encode())}
    out.update({path: cpio.folder() for path in ("bin", "dev", "proc", "sys", "tmp", "root", "lib")})
    # Programs that are built for Debian look for its folders.
    out["usr/lib"] = cpio.link("../lib")
    out["usr/bin"] = cpio.link("../bin")
    with open(fetched.busybox, "rb") as f:
        out["bin/busybox"] = cpio.file(f.read(), executable=True)
    for name, path in {**{module: fetched.module(module) for module in MODULES}, **drivers}.items():
        with open(path, "rb") as f:
            out[f"lab/{name}.ko"] = cpio.file(f.read())
    for path in program_files:
        out.update(programs.files_of(path))
    for host, guest in puts:
        _collect(host, relative(guest), out)
    return out
