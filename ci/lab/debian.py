"""Fetches the guest's kernel and busybox from Debian into a cache folder shared by all users."""
import contextlib
import dataclasses
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from .errors import MachineCannot

BUSYBOX = "busybox-static:arm64"
KERNEL = "linux-image-arm64:arm64"
# Kernel modules that are kept: of a 400 MB package, under 1 MB. drivers/perf holds the uncore PMUs.
MODULES = ("drivers/virtio/virtio_mmio.ko", "drivers/char/virtio_console.ko", "drivers/perf/*.ko")
_DONE = "complete.json"
_ADD_ARM64 = "as root: dpkg --add-architecture arm64 && apt-get update"


@dataclasses.dataclass(frozen=True)
class Guest:
    """One complete set of fetched files."""

    folder: str
    release: str

    @property
    def kernel(self):
        return os.path.join(self.folder, "vmlinuz")

    @property
    def busybox(self):
        return os.path.join(self.folder, "busybox")

    def module(self, name):
        return os.path.join(self.folder, "modules", name + ".ko")


def cache_folder():
    chosen = os.environ.get("PMUBENCH_LAB_CACHE")
    if chosen:
        return os.path.abspath(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "pmubench-lab")


def _number(release):
    return [int(n) for n in re.findall(r"\d+", release)]


def cached(cache):
    """The newest complete Guest in the cache, or None."""
    found = []
    for name in os.listdir(cache) if os.path.isdir(cache) else []:
        folder = os.path.join(cache, name)
        # A folder gets its name last, by an atomic rename: one that has the name is complete.
        if name.startswith("guest-") and os.path.exists(os.path.join(folder, _DONE)):
            found.append(Guest(folder, name.removeprefix("guest-")))
    return max(found, key=lambda g: _number(g.release), default=None)


@contextlib.contextmanager
def locked(cache):
    """One at a time over all users of the cache."""
    try:
        os.makedirs(cache, exist_ok=True)
        handle = open(os.path.join(cache, "lock"), "w", encoding="ascii")
    except OSError as e:
        raise MachineCannot(f"cannot use the cache folder {cache}: {e.strerror}",
                            "set PMUBENCH_LAB_CACHE to a folder that can be written") from e
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("lab: waiting for another fetch into " + cache, file=sys.stderr)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _ask(*command):
    """The output of a command, "" where it fails; a missing command is the host's fault."""
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=False).stdout
    except FileNotFoundError as e:
        raise MachineCannot(f"{command[0]} is not here: the lab's kernel is a Debian package",
                            "use Debian 12, or fill $PMUBENCH_LAB_CACHE there and copy it") from e


def kernel_package():
    """The name of the package that holds Debian's current arm64 kernel."""
    architectures = _ask("dpkg", "--print-architecture") + _ask("dpkg", "--print-foreign-architectures")
    if "arm64" not in architectures.split():
        raise MachineCannot("dpkg does not know the architecture arm64", _ADD_ARM64)
    depends = _ask("apt-cache", "depends", KERNEL)
    found = re.search(r"Depends: (linux-image-\d[^\s:]*)", depends)
    if not found:
        raise MachineCannot(f"apt knows no package {KERNEL}", _ADD_ARM64)
    return found.group(1) + ":arm64"


def download(packages, folder):
    """Fetches the packages' files into the folder, by apt."""
    # apt's own sandbox user cannot write into a private folder and would only warn.
    command = ["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", *packages]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if done.returncode:
        raise MachineCannot("cannot download " + " ".join(packages) + ":\n" + done.stdout.strip(),
                            "check the network, then as root: apt-get update")


def _extract(deb, folder, patterns):
    """Unpacks only what matches: the rest of a kernel package is 400 MB."""
    reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", folder, "--no-same-owner", "--wildcards", *patterns],
                   stdin=reader.stdout, stderr=subprocess.DEVNULL, check=False)
    reader.stdout.close()
    if reader.wait():
        raise MachineCannot(f"{os.path.basename(deb)} is damaged", "run `ci/lab/lab fetch` again")


def _fill(cache, image):
    """Fetches into a private folder, which then takes its name at once."""
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=cache) as work:
        print(f"lab: fetching {image} and {BUSYBOX} (60 MB) into {cache}", file=sys.stderr)
        download([image, BUSYBOX], work)
        debs = sorted(f for f in os.listdir(work) if f.endswith(".deb"))
        root, ready = os.path.join(work, "root"), os.path.join(work, "ready")
        os.makedirs(root)
        os.makedirs(os.path.join(ready, "modules"))
        for deb in debs:
            _extract(os.path.join(work, deb), root,
                     ["./boot/vmlinuz-*", "./boot/config-*", "./bin/busybox",
                      *("*/kernel/" + m for m in MODULES)])
        release = image.removeprefix("linux-image-").removesuffix(":arm64")
        moves = [(f"boot/vmlinuz-{release}", "vmlinuz"), (f"boot/config-{release}", "config"),
                 ("bin/busybox", "busybox")]
        for source, target in moves:
            if not os.path.exists(os.path.join(root, source)):
                raise MachineCannot(f"the Debian packages lack {source}: " + ", ".join(debs))
            os.rename(os.path.join(root, source), os.path.join(ready, target))
        for folder, _folders, names in os.walk(os.path.join(root, "lib")):
            for name in names:
                os.rename(os.path.join(folder, name), os.path.join(ready, "modules", name))
        with open(os.path.join(ready, _DONE), "w", encoding="ascii") as f:
            json.dump({"release": release, "packages": debs}, f, indent=1)
        target = os.path.join(cache, "guest-" + release)
        if os.path.exists(target):
            shutil.rmtree(target)
        os.rename(ready, target)


def fetch(cache=None, update=False):
    """The Guest of the cache, fetched first where it is not there (or, with update, not newest)."""
    cache = cache or cache_folder()
    found = cached(cache)
    if found and not update:
        return found
    with locked(cache):
        found = cached(cache)
        if found and not update:
            return found
        image = kernel_package()
        if not found or f"linux-image-{found.release}:arm64" != image:
            _fill(cache, image)
        return cached(cache)
