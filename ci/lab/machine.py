"""The emulated machine: QEMU's command line for it.

Devices that need memory of their own or a device tree (a mesh, memory controllers) belong into
a description beside this one: `extra` takes QEMU's options for them.
"""
import dataclasses
import shutil

from .errors import MachineCannot, WrongUse
from .guest import PORTS

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
    extra: tuple = ()

    def command(self, kernel, initrd, console_fd, port_fds):
        """QEMU's command line; console and ports write to inherited descriptors."""
        if len(port_fds) != len(PORTS):
            raise ValueError("one descriptor a port")
        # "max" emulates pointer authentication with real cryptography, three times slower.
        cpu = "max,pauth-impdef=on" if self.cpu == "max" else self.cpu
        out = [qemu(), "-M", "virt,gic-version=3", "-cpu", cpu, "-smp", str(self.smp),
               "-m", str(self.mem_mib), "-no-user-config", "-nodefaults", "-display", "none",
               "-no-reboot", "-kernel", kernel, "-initrd", initrd,
               "-append", f"console=ttyAMA0 quiet panic=-1 {self.append}".rstrip(),
               "-chardev", f"file,id=console,path=/proc/self/fd/{console_fd}",
               "-serial", "chardev:console", "-device", "virtio-serial-device"]
        if self.icount is not None:
            out += ["-icount", f"shift={self.icount}"]
        for number, (name, fd) in enumerate(zip(PORTS, port_fds), 1):
            out += ["-chardev", f"file,id={name},path=/proc/self/fd/{fd}",
                    "-device", f"virtserialport,chardev={name},name={name},nr={number}"]
        return out + list(self.extra)


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
