"""The driver of Arm's DMC-620 for the guest's kernel: Debian builds it not, but has its source.

Built unchanged, outside the kernel's tree, against Debian's own headers, and kept in the cache beside the kernel.
"""
import os
import re
import subprocess
import sys
import tempfile

from . import debian
from .errors import MachineCannot

_NAME = "arm_dmc620_pmu"


def _run(command, **more):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
    except FileNotFoundError as e:
        raise MachineCannot(f"{command[0]} is not here: it takes it to build a kernel module",
                            "run ci/setup lab, or as root: apt-get install make gcc-aarch64-linux-gnu xz-utils") from e
    if done.returncode:
        raise MachineCannot(f"cannot build {_NAME}.ko: {command[0]} failed:\n" + done.stdout.strip()[-2000:])


def _build(release, work):
    """The path of the module."""
    abi = release.removesuffix("-arm64")
    series = re.match(r"\d+\.\d+", release).group(0)
    packages = [f"linux-headers-{release}:arm64", f"linux-headers-{abi}-common", f"linux-kbuild-{series}",
                f"linux-source-{series}"]
    print(f"lab: fetching {' '.join(packages)} (150 MB) to build {_NAME}.ko", file=sys.stderr)
    debian.download(packages, work)
    root = os.path.join(work, "root")
    for name in sorted(os.listdir(work)):
        if name.endswith(".deb"):
            _run(["dpkg", "-x", os.path.join(work, name), root])
    headers = f"{root}/usr/src/linux-headers-{release}"
    # The headers name their common part by an absolute path.
    makefile = os.path.join(headers, "Makefile")
    with open(makefile, encoding="utf-8") as file:
        text = file.read()
    with open(makefile, "w", encoding="utf-8") as file:
        file.write(text.replace("include /usr/src/", f"include {root}/usr/src/"))
    module = os.path.join(work, "module")
    os.makedirs(module)
    _run(["tar", "-xf", f"{root}/usr/src/linux-source-{series}.tar.xz", "-C", module, "--strip-components=3",
          f"linux-source-{series}/drivers/perf/{_NAME}.c"])
    with open(os.path.join(module, "Kbuild"), "w", encoding="ascii") as file:
        file.write(f"obj-m := {_NAME}.o\n")
    _run(["make", "-C", headers, f"M={module}", "ARCH=arm64", "CROSS_COMPILE=aarch64-linux-gnu-",
          "CC=aarch64-linux-gnu-gcc", "modules"])
    built = os.path.join(module, _NAME + ".ko")
    _run(["aarch64-linux-gnu-strip", "-g", built])
    return built


def module(fetched):
    """The module's file in the cache, built first where it is not there."""
    path = fetched.module(_NAME)
    if os.path.exists(path):
        return path
    cache = os.path.dirname(fetched.folder)
    with debian.locked(cache):
        if not os.path.exists(path):
            with tempfile.TemporaryDirectory(prefix="building-", dir=cache) as work:
                os.replace(_build(fetched.release, work), path)
    return path
