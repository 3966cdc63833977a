"""Meshes and memory controllers of the emulated machine, which Linux' own drivers believe in.

Their registers are ordinary memory at the top of the guest's, reserved by the device tree; it is shared with
tools/player, which moves the counters. Layout: the guest's RAM, 64 MiB a mesh, 64 KiB a controller, the mailbox.
"""
import dataclasses
import mmap
import os
import shutil
import signal
import struct
import subprocess
import tempfile

from . import device_tree, dmc620, mesh
from .errors import MachineCannot, WrongUse

_RAM_BASE = 0x40000000  # of QEMU's machine "virt"
_FIRST_INTERRUPT = 80  # its shared interrupts 80 to 111 are free; none is ever raised
_CONTROLLER_BYTES = 0x10000
_MAILBOX_BYTES = 1 << 20
_PAGES = 1 << 21
_DDRC_VERSION = (0x710, 0x30)  # of DDRC v2


@dataclasses.dataclass(frozen=True)
class ControllerKind:
    """offset: where its registers begin in its block."""

    driver: str
    offset: int
    size: int
    properties: tuple


# The drivers' ids are ACPI's: with a device tree they bind once driver_override names them.
KINDS = {
    "dmc620": ControllerKind("arm_dmc620_pmu", 0xA00, 0x200, ()),
    "ddrc1": ControllerKind("hisi_ddrc_pmu", 0, 0x1000, ("hisilicon,ch-id", "hisilicon,scl-id")),
    "ddrc2": ControllerKind("hisi_ddrc_pmu", 0, 0x1000, ("hisilicon,ch-id", "hisilicon,scl-id", "hisilicon,sub-id")),
}


def _tool(name):
    """A program of the native build: $PMUBENCH_LAB_TOOLS, else build/release/lab."""
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    folder = os.environ.get("PMUBENCH_LAB_TOOLS") or os.path.join(source, "build", "release", "lab")
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        raise MachineCannot(f"{path} is not built",
                            "cmake --build --preset release --target pmubench_lab_player pmubench_lab_cache_model")
    return path


class Uncore:
    """Devices of one guest. A context manager: shares the memory and runs the player while it is open."""

    def __init__(self, mem_mib, meshes=(), controllers=(), traffic=(), cache_kib=0):
        unknown = [kind for kind in controllers if kind not in KINDS]
        if unknown:
            raise WrongUse(f"no memory controller {unknown[0]!r}", "there are: " + ", ".join(KINDS))
        self.meshes = [mesh.named(name) if isinstance(name, str) else name for name in meshes]
        self.controllers, self.traffic, self.cache_kib = list(controllers), list(traffic), cache_kib
        self._mesh_at = [(mem_mib << 20) + i * mesh.REGION for i in range(len(self.meshes))]
        at = (mem_mib << 20) + len(self.meshes) * mesh.REGION
        self._controller_at = [at + i * _CONTROLLER_BYTES for i in range(len(self.controllers))]
        self._mailbox = at + _PAGES
        self.bytes = self._mailbox + _MAILBOX_BYTES + -(self._mailbox + _MAILBOX_BYTES) % _PAGES
        if len(self._controller_at) * _CONTROLLER_BYTES > _PAGES or len(self.meshes) + len(self.controllers) > 32:
            raise WrongUse("at most 32 meshes and controllers")
        self._memory = self._player = self._folder = None

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="pmubench-lab-")
        self._memory = os.memfd_create("pmubench-lab")
        os.ftruncate(self._memory, self.bytes)
        self._fill()
        self._start_player()
        return self

    def __exit__(self, *_exception):
        if self._player:
            self._player.send_signal(signal.SIGTERM)
            self._player.wait()
        os.close(self._memory)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _fill(self):
        with mmap.mmap(self._memory, self.bytes) as memory:
            for at, one in zip(self._mesh_at, self.meshes):
                one.fill(memory, at)
            for at, kind in zip(self._controller_at, self.controllers):
                if kind == "ddrc2":
                    struct.pack_into("<I", memory, at + _DDRC_VERSION[0], _DDRC_VERSION[1])

    def _start_player(self):
        path = os.path.join(self._folder, "traffic.txt")
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(self.traffic) + "\n")
        command = [_tool("pmubench_lab_player"), self.memory_path, str(self._mailbox), path]
        for at, one in zip(self._mesh_at, self.meshes):
            command += ["mesh", str(at), str(one.root_offset)]
        for at, kind in zip(self._controller_at, self.controllers):
            command += [kind, str(at + KINDS[kind].offset)]
        self._player = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[self._memory])

    @property
    def memory_path(self):
        return f"/proc/self/fd/{self._memory}"

    @property
    def descriptors(self):
        """What QEMU has to inherit."""
        return (self._memory,)

    def qemu_options(self):
        """Without the device tree, which these options are needed to make."""
        options = ["-object", f"memory-backend-file,id=ram,share=on,size={self.bytes},mem-path={self.memory_path}"]
        if self.cache_kib:
            options += ["-plugin", f"{_tool('pmubench_lab_cache_model.so')},memory={self.memory_path},"
                        f"mailbox={self._mailbox},kib={self.cache_kib}"]
        return options

    def device_tree(self, blob):
        """The machine's own tree with the devices added; the path of the file."""
        root, reserved, boot_cpu = device_tree.read(blob)
        cells, cells64 = device_tree.cells, device_tree.cells64
        kept = root.add("reserved-memory", ranges=b"")
        kept.properties.update({"#address-cells": cells(2), "#size-cells": cells(2)})

        def reserve(name, offset, size):
            base = _RAM_BASE + offset
            kept.add(f"{name}@{base:x}", reg=cells64(base, size), no_map=b"")
            return base

        reserve("mailbox", self._mailbox, _MAILBOX_BYTES)
        interrupt = _FIRST_INTERRUPT
        for at, one in zip(self._mesh_at, self.meshes):
            base = reserve("mesh", at, mesh.REGION)
            node = root.add(f"pmu@{base:x}", compatible=device_tree.strings(one.compatible),
                            reg=cells64(base, mesh.REGION), interrupts=cells(0, interrupt, 4))
            if one.root_offset:
                node.properties["arm,root-node"] = cells(one.root_offset)
            interrupt += 1
        for i, (at, kind) in enumerate(zip(self._controller_at, self.controllers)):
            about = KINDS[kind]
            base = reserve("controller", at, _CONTROLLER_BYTES) + about.offset
            node = root.add(f"{kind}@{base:x}", compatible=device_tree.strings("pmubench-lab," + kind),
                            reg=cells64(base, about.size), interrupts=cells(0, interrupt, 4))
            for name in about.properties:
                node.properties[name] = cells(i if name == "hisilicon,ch-id" else 0)
            interrupt += 1
        path = os.path.join(self._folder, "tree.dtb")
        with open(path, "wb") as file:
            file.write(device_tree.write(root, reserved, boot_cpu))
        return path

    def modules(self, fetched):
        """{name: file} of the drivers that the kernel has not built in."""
        wanted = {"arm-cmn": fetched.module("arm-cmn")} if self.meshes else {}
        if "dmc620" in self.controllers:
            wanted["arm_dmc620_pmu"] = dmc620.module(fetched)
        return wanted

    def setup(self):
        """Shell text for the guest: loads the drivers and binds them."""
        lines = []
        if self.meshes:
            lines.append("insmod /lab/arm-cmn.ko")
        if "dmc620" in self.controllers:
            lines.append("insmod /lab/arm_dmc620_pmu.ko")
        for kind in dict.fromkeys(self.controllers):
            lines.append(f"for d in /sys/bus/platform/devices/*.{kind}; do"
                         f" echo {KINDS[kind].driver} >$d/driver_override;"
                         " echo ${d##*/} >/sys/bus/platform/drivers_probe; done")
        return "\n".join(lines)

    def environment(self):
        return {"LAB_MAILBOX": hex(_RAM_BASE + self._mailbox)}
