"""The emulated machine: QEMU's command line for it."""
import dataclasses
import os
import shutil
import subprocess
import tempfile

from .errors import GuestFailed, MachineCannot, WrongUse
from .guest import PORTS
from .uncore import Uncore

QEMU = "qemu-system-aarch64"
# Instructions take 2^2 = 4 ns of guest time: 1 GHz cycles count 4 an instruction.
DEFAULT_ICOUNT = "2"
# PMU counters of each, the cycle counter included: 6+1, 8+1, 6+1.
CPUS = ("neoverse-n1", "a64fx", "max", "cortex-a76", "cortex-a72", "cortex-a57", "cortex-a53")


@dataclasses.dataclass
class Machine:
    """What is emulated. icount None: guest time is host time, and instructions do not count."""

    cpu: str = "neoverse-n1"
    smp: int = 1
    mem_mib: int = 512
    icount: str | None = DEFAULT_ICOUNT
    append: str = ""
    sockets: int = 1
    uncore: Uncore | None = None

    @property
    def descriptors(self):
        """What QEMU inherits beside console and ports."""
        return self.uncore.descriptors if self.uncore else ()

    def _board(self, more=""):
        # "max" emulates pointer authentication with real cryptography, three times slower.
        cpu = "max,pauth-impdef=on" if self.cpu == "max" else self.cpu
        memory = str(self.uncore.bytes >> 20) if self.uncore else str(self.mem_mib)
        out = [qemu(), "-M", "virt,gic-version=3" + (",memory-backend=ram" if self.uncore else "") + more, "-cpu", cpu,
               "-smp", f"{self.smp},sockets={self.sockets}", "-m", memory,
               "-no-user-config", "-nodefaults", "-display", "none"]
        return out + (self.uncore.qemu_options() if self.uncore else [])

    def _device_tree(self):
        """QEMU's options for the tree that this very machine would have, with the devices added."""
        if not self.uncore:
            return []
        with tempfile.TemporaryDirectory(prefix="pmubench-lab-") as folder:
            path = os.path.join(folder, "virt.dtb")
            done = subprocess.run(self._board(",dumpdtb=" + path), pass_fds=self.descriptors, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode:
                raise GuestFailed("QEMU made no device tree: " + done.stdout.strip())
            with open(path, "rb") as file:
                return ["-dtb", self.uncore.device_tree(file.read())]

    def command(self, kernel, initrd, console_fd, port_fds):
        """QEMU's command line; console and ports write to inherited descriptors."""
        if len(port_fds) != len(PORTS):
            raise ValueError("one descriptor a port")
        out = [*self._board(), "-no-reboot", "-kernel", kernel, "-initrd", initrd, *self._device_tree(),
               "-append", f"console=ttyAMA0 quiet panic=-1 {self.append}".rstrip(),
               "-chardev", f"file,id=console,path=/proc/self/fd/{console_fd}",
               "-serial", "chardev:console", "-device", "virtio-serial-device"]
        if self.icount is not None:
            out += ["-icount", f"shift={self.icount}"]
        for number, (name, fd) in enumerate(zip(PORTS, port_fds), 1):
            out += ["-chardev", f"file,id={name},path=/proc/self/fd/{fd}",
                    "-device", f"virtserialport,chardev={name},name={name},nr={number}"]
        return out


def parse_icount(text):
    """The Machine's icount of the option's text: a shift of 0 to 10, or "off"."""
    if text == "off":
        return None
    if not text.isdigit() or int(text) > 10:
        raise WrongUse(f"--icount {text}: write a shift from 0 to 10, or off")
    return text


def qemu():
    """The path of QEMU."""
    path = shutil.which(QEMU)
    if not path:
        raise MachineCannot(f"{QEMU} is not installed",
                            "as root: apt-get install qemu-system-arm")
    return path
