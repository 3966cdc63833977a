"""Register images of Arm CMN-600 and CMN-700 meshes, from which Linux' arm-cmn driver learns the mesh.

The driver reads discovery registers only: the root node lists the crosspoints (XP), each of them its own nodes.
Everything else it does is plain writes and reads of registers, so a piece of ordinary memory that is filled as
here is enough for it; tools/player watches the writes and moves the counters.
"""
import dataclasses
import json
import random
import struct

REGION = 64 << 20  # bytes of addresses, a mesh
CMN600, CMN700 = 0x434, 0x43C
_MODEL = {CMN600: "600", CMN700: "700"}
_REVISION = 3  # r1p3 of CMN-600, as the driver numbers them

_DN, _ROOT, _DTC, _HNI, HNF, _XP, _SBSX, _RNI, _RND, _RNSAM = 1, 2, 3, 4, 5, 6, 7, 0xA, 0xD, 0xF
# What can stand at a port: its code in the register of the port, and the nodes it brings. Cores (RN-F) and memory
# controllers (SN-F) have none of their own but an external RN-SAM, which the driver skips.
_DEVICES = {"": (0, []), "RN-I": (1, [_RNI]), "RN-D": (2, [_RND]), "RN-F": (5, [_RNSAM]), "HN-I": (9, [_HNI]),
            "HN-D": (0xA, [_DN, _DTC, _HNI]), "SN-F": (0xC, []), "SBSX": (0xD, [_SBSX]), "HN-F": (0xE, [HNF])}
_BLOCK = 0x4000  # bytes of a node's registers
_PIECE = 1 << 19  # bytes of a crosspoint and its nodes


@dataclasses.dataclass(frozen=True)
class Node:
    kind: int
    id: int
    logical: int
    offset: int
    parent: tuple | None = None
    external: bool = False


class Mesh:
    """Its size, and the device at each port of each crosspoint: ports[x, y, port]."""

    def __init__(self, width, height, ports, part=CMN600):
        self.width, self.height, self.ports, self.part = width, height, dict(ports), part
        if max(width, height) < 3 or height < 2:
            raise ValueError("drivers disagree on node ids of meshes smaller than 3 x 2")
        if "HN-D" not in self.ports.values():
            raise ValueError("a mesh needs an HN-D: it holds the DTC, without which nothing counts")
        ports_of_one = 4 if part == CMN700 else 2
        for x, y, port in self.ports:
            if x >= width or y >= height or port >= ports_of_one:
                raise ValueError(f"there is no port {port} at crosspoint {x}, {y}")

    @property
    def compatible(self):
        return "arm,cmn-" + _MODEL[self.part]

    @property
    def root_offset(self):
        # CMN-600: anywhere, firmware tells; later ones have it at the start.
        return REGION - _BLOCK if self.part == CMN600 else 0

    def node_id(self, x, y, port=0):
        bits = max(2, (max(self.width, self.height) - 1).bit_length())
        # Crosspoints with more than two ports in use have two bits for the port, one for the device.
        wide = any((x, y, p) in self.ports for p in (2, 3))
        return x << (3 + bits) | y << 3 | port << (1 if wide else 2)

    def ports_with(self, device):
        return sorted(where for where, name in self.ports.items() if name == device)

    def controllers(self):
        """Sorted (node id of the crosspoint, port) of every memory controller."""
        return sorted((self.node_id(x, y), port) for x, y, port in self.ports_with("SN-F"))

    def nodes(self):
        out, logical = [], {}

        def number(kind):
            logical[kind] = logical.get(kind, -1) + 1
            return logical[kind]

        # Row by row: the driver takes the width from the logical id of crosspoint (0, 1).
        for y in range(self.height):
            for x in range(self.width):
                # A piece each, in it the crosspoint and then its nodes; the first piece is the root's.
                base = (1 + y * self.width + x) * _PIECE
                out.append(Node(_XP, self.node_id(x, y), number(_XP), base))
                kinds = [(port, kind) for port in range(4) for kind in _DEVICES[self.ports.get((x, y, port), "")][1]]
                for slot, (port, kind) in enumerate(kinds, 1):
                    out.append(Node(kind, self.node_id(x, y, port), number(kind), base + slot * _BLOCK, (x, y),
                                    kind == _RNSAM))
        return out

    def registers(self):
        """[(offset, 64-bit value)] of those that are not 0."""
        nodes = self.nodes()
        crosspoints = [node for node in nodes if node.kind == _XP]
        root = self.root_offset
        owner = self.ports_with("HN-D")[0]
        out = [(root, _ROOT | self.node_id(*owner) << 16),
               (root + 0x8, (self.part & 0xFF) | (self.part >> 8) << 32),
               (root + 0x10, _REVISION << 4),
               (root + 0x80, len(crosspoints) | 0x100 << 16)]
        out += [(root + 0x100 + 8 * i, node.offset) for i, node in enumerate(crosspoints)]
        out += [(node.offset, node.kind | node.id << 16 | node.logical << 32) for node in nodes if not node.external]
        for node in crosspoints:
            x, y = node.logical % self.width, node.logical // self.width
            for port in range(4):
                out.append((node.offset + 0x8 + 8 * port, _DEVICES[self.ports.get((x, y, port), "")][0]))
            below = [other for other in nodes if other.parent == (x, y)]
            out.append((node.offset + 0x80, len(below) | 0x100 << 16))
            out += [(node.offset + 0x100 + 8 * i, other.offset | (1 << 31 if other.external else 0))
                    for i, other in enumerate(below)]
        return [register for register in out if register[1]]

    def fill(self, memory, at):
        for offset, value in self.registers():
            struct.pack_into("<Q", memory, at + offset, value)


def small():
    """4 x 2, two memory controllers."""
    return Mesh(4, 2, {(0, 0, 0): "RN-F", (0, 0, 1): "RN-F", (1, 0, 0): "HN-F", (2, 0, 0): "HN-F", (3, 0, 0): "SN-F",
                       (0, 1, 0): "SN-F", (1, 1, 0): "RN-D", (2, 1, 0): "SBSX", (3, 1, 0): "HN-D"})


def altra():
    """8 x 6 as the traffic of an Ampere Altra shows it: 8 memory controllers, 16 home nodes, 40 ports of cores. What
    stands in row 5 and in two corners is not known: the devices there are an assumption."""
    ports = {(0, 0, 0): "RN-I", (7, 0, 0): "RN-I", (2, 5, 0): "RN-D", (2, 5, 1): "RN-D", (4, 5, 0): "RN-D",
             (4, 5, 1): "RN-D", (5, 5, 0): "HN-I", (5, 5, 1): "HN-I", (7, 5, 1): "HN-D"}
    for y in range(1, 5):
        ports.update({(x, y, 0): "SN-F" for x in (0, 7)})
        ports.update({(x, y, 1): "HN-F" for x in (0, 2, 5, 7)})
    ports.update({(x, y, p): "RN-F" for y in range(5) for x in (1, 3, 4, 6) for p in (0, 1)})
    return Mesh(8, 6, ports)


def cmn700():
    """5 x 4 CMN-700, crosspoints with four ports: memory controllers at ports 1, 2 and 3."""
    ports = {(0, 0, 3): "SN-F", (0, 3, 2): "SN-F", (4, 0, 3): "SN-F", (4, 3, 1): "SN-F", (4, 3, 3): "HN-D"}
    for x in (0, 2, 4):
        ports.update({(x, y, 0): "HN-F" for y in range(4)})
    ports.update({(x, y, p): "RN-F" for x in (1, 3) for y in range(4) for p in range(4)})
    return Mesh(5, 4, ports, CMN700)


def randomly(seed, controllers):
    """A layout with so many memory controllers, twice as many home nodes and three times as many ports of cores, at
    any ports; the same for the same seed."""
    chance = random.Random(seed)
    wanted = ["HN-D"] + ["SN-F"] * controllers + ["HN-F"] * 2 * controllers + ["RN-F"] * 3 * controllers
    # A fifth of the ports stays empty; at most 10 rows.
    width = chance.randint(max(4, -(-len(wanted) * 5 // 80)), 8)
    height = max(3, -(-len(wanted) * 5 // (8 * width)))
    places = [(x, y, port) for x in range(width) for y in range(height) for port in (0, 1)]
    chance.shuffle(places)
    return Mesh(width, height, dict(zip(places, wanted)))


BUILT_IN = {"small": small, "altra": altra, "cmn700": cmn700}


def named(name):
    """A built-in mesh, "random:SEED:CONTROLLERS", or one of a JSON file:
    {"width": 4, "height": 2, "part": "600", "ports": {"0,1,0": "SN-F", ...}}"""
    if name in BUILT_IN:
        return BUILT_IN[name]()
    if name.startswith("random:"):
        _random, seed, controllers = name.split(":")
        return randomly(int(seed), int(controllers))
    with open(name, encoding="utf-8") as file:
        read = json.load(file)
    parts = {model: part for part, model in _MODEL.items()}
    ports = {tuple(map(int, where.split(","))): device for where, device in read["ports"].items()}
    return Mesh(read["width"], read["height"], ports, parts[read.get("part", "600")])
