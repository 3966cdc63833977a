"""Traffic for tools/player, whose head describes the lines: made from a mesh."""
import random

from .mesh import HNF

FLIT_BYTES = 32  # of data, on a mesh of 256 bits
DATA = 3
HNF_MC_REQS = 0x0D
# Byte counters of the mailbox: what the guest asks to be read and written; two for each further device.
READ, WRITE = 0, 1


def streaming(mesh, number, write_rate, dark=False):
    """A write-heavy streaming load by rate, bytes/s: as much read as written, a fifth of the read data by way of the
    home nodes. Ports of one kind differ by up to 1 %. dark: the memory controllers have none."""
    chance = random.Random(number)
    lines = []

    def ports(device, way, bytes_per_s):
        places = mesh.ports_with(device)
        for x, y, port in places:
            rate = bytes_per_s / len(places) / FLIT_BYTES * chance.uniform(0.995, 1.005)
            lines.append(f"port {number} {x} {y} {port} {way} {DATA} {rate:.6g}")

    if not dark:
        ports("SN-F", "up", write_rate)
        ports("SN-F", "down", write_rate)
    ports("HN-F", "down", 1.2 * write_rate)
    ports("HN-F", "up", 1.2 * write_rate)
    ports("RN-F", "down", write_rate)
    ports("RN-F", "up", write_rate)
    for device in ("RN-I", "RN-D", "HN-I", "HN-D", "SBSX"):
        ports(device, "down", write_rate / 10000)
    return lines


def asked(mesh, number, read=READ, write=WRITE):
    """The memory controllers' ports move what the guest asks for."""
    lines = []
    for x, y, port in mesh.ports_with("SN-F"):
        lines.append(f"port {number} {x} {y} {port} up {DATA} @{read}/{FLIT_BYTES}")
        lines.append(f"port {number} {x} {y} {port} down {DATA} @{write}/{FLIT_BYTES}")
    return lines


# What a controller's events are, and what its filter sees: {kind: ((event, bytes, word) of reads, of writes)}.
_CONTROLLER_EVENTS = {
    "dmc620": ((0x12, 64, 0), (0x12, 64, 1)),
    "ddrc1": ((1, 32, 0), (0, 32, 0)),
    "ddrc2": ((0x84, 32, 0), (0x83, 32, 0)),
}


def controllers(kinds, only, read, write):
    """The memory controllers of kind `only`, at their places in the list `kinds`, move what the guest asks for."""
    lines = []
    for number, kind in enumerate(kinds):
        if kind != only:
            continue
        for (event, size, word), counter in zip(_CONTROLLER_EVENTS[kind], (read, write)):
            lines.append(f"controller {number} {event:#x} @{counter}/{size} {word}")
    return lines


def home_nodes(mesh, number, counter):
    """The home nodes' requests to memory move what the guest asks for."""
    nodes = [node for node in mesh.nodes() if node.kind == HNF]
    return [f"node {number} {HNF} {node.id:#x} {HNF_MC_REQS:#x} @{counter}/64" for node in nodes]
