"""Reads from an ELF file what it takes to run it: machine, loader and needed libraries."""
import dataclasses
import struct

MACHINES = {3: "x86", 40: "arm", 62: "x86-64", 183: "arm64", 243: "riscv"}
ARM64 = "arm64"

_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NEEDED, _DT_STRTAB, _DT_RPATH, _DT_RUNPATH = 1, 5, 15, 29


@dataclasses.dataclass(frozen=True)
class Elf:
    """interpreter: path of the loader, "" for a static program or a library."""

    machine: str
    interpreter: str
    needed: tuple
    run_path: tuple

    @property
    def dynamic(self):
        return bool(self.interpreter or self.needed)


def _text(data, at):
    return data[at:data.index(b"\0", at)].decode()


def parse(data):
    """The Elf of a file's bytes. Raises ValueError for anything but a 64-bit little-endian ELF."""
    try:
        return _parse(data)
    except (struct.error, IndexError, StopIteration) as e:
        raise ValueError(f"a damaged ELF file ({e})") from e


def _parse(data):
    if data[:4] != b"\x7fELF":
        raise ValueError("not an ELF file")
    machine, = struct.unpack_from("<H", data, 18)
    name = MACHINES.get(machine, f"ELF machine {machine}")
    if data[4:6] != b"\x02\x01":
        raise ValueError(f"not a 64-bit little-endian ELF file, but for {name}")
    table, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments = []
    for i in range(count):
        kind, _flags, offset, address, _physical, in_file = struct.unpack_from(
            "<IIQQQQ", data, table + i * size)
        segments.append((kind, offset, address, in_file))

    def offset_of(address):
        for kind, offset, start, in_file in segments:
            if kind == _PT_LOAD and start <= address < start + in_file:
                return address - start + offset
        raise ValueError(f"address {address:#x} is in no segment")

    interpreter = next((_text(data, offset) for kind, offset, _a, _n in segments
                        if kind == _PT_INTERP), "")
    tags = []
    for kind, offset, _address, in_file in segments:
        if kind == _PT_DYNAMIC:
            tags = list(struct.iter_unpack("<qQ", data[offset:offset + in_file // 16 * 16]))
    strings = next((offset_of(value) for tag, value in tags if tag == _DT_STRTAB), 0)
    needed = tuple(_text(data, strings + value) for tag, value in tags if tag == _DT_NEEDED)
    paths = [_text(data, strings + value) for tag, value in tags
             if tag in (_DT_RPATH, _DT_RUNPATH)]
    return Elf(name, interpreter, needed, tuple(p for path in paths for p in path.split(":") if p))
