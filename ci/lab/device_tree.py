"""Reads and writes flattened device trees: enough to add devices to the one that QEMU makes."""
import struct

_MAGIC = 0xD00DFEED
_BEGIN_NODE, _END_NODE, _PROPERTY, _NOP, _END = 1, 2, 3, 4, 9
_HEADER = ">10I"
# QEMU adds /chosen and /memory to the tree it is given.
_ROOM_BYTES = 0x10000


def cells(*values):
    """A property of 32-bit cells."""
    return b"".join(struct.pack(">I", value) for value in values)


def cells64(*values):
    """A property of 64-bit values, two cells each."""
    return b"".join(struct.pack(">Q", value) for value in values)


def strings(*values):
    return b"".join(value.encode() + b"\0" for value in values)


class Node:
    """Properties ({name: bytes}) and nodes below."""

    def __init__(self, name):
        self.name = name
        self.properties = {}
        self.children = []

    def add(self, name, **properties):
        """The node of that name directly below, made where it is missing; "_" in names of properties is "-"."""
        node = next((child for child in self.children if child.name == name), None)
        if node is None:
            node = Node(name)
            self.children.append(node)
        node.properties.update({key.replace("_", "-"): value for key, value in properties.items()})
        return node


def read(blob):
    """(root Node, reserved memory [(address, bytes)], number of the boot CPU) of a blob."""
    magic, _size, structure, names, reserved, _version, _compatible, boot_cpu, _a, _b = struct.unpack_from(
        _HEADER, blob)
    if magic != _MAGIC:
        raise ValueError("not a device tree")

    def text(at):
        return blob[at:blob.index(b"\0", at)].decode()

    kept = []
    for entry in struct.iter_unpack(">QQ", blob[reserved:structure - (structure - reserved) % 16]):
        if entry == (0, 0):
            break
        kept.append(entry)
    stack, at = [Node("above")], structure
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == _BEGIN_NODE:
            name = text(at)
            at = (at + len(name) + 1 + 3) & ~3
            node = Node(name)
            stack[-1].children.append(node)
            stack.append(node)
        elif token == _END_NODE:
            stack.pop()
        elif token == _PROPERTY:
            length, name = struct.unpack_from(">II", blob, at)
            stack[-1].properties[text(names + name)] = bytes(blob[at + 8:at + 8 + length])
            at = (at + 8 + length + 3) & ~3
        elif token == _END:
            return stack[0].children[0], kept, boot_cpu
        elif token != _NOP:
            raise ValueError(f"a damaged device tree: token {token:#x}")


def write(root, reserved=(), boot_cpu=0):
    """The blob of a tree."""
    names, out = {}, bytearray()
    name_bytes = bytearray()

    def offset_of(name):
        if name not in names:
            names[name] = len(name_bytes)
            name_bytes.extend(name.encode() + b"\0")
        return names[name]

    def emit(node):
        out.extend(struct.pack(">I", _BEGIN_NODE) + node.name.encode() + b"\0")
        out.extend(bytes(-len(out) % 4))
        for key, value in node.properties.items():
            out.extend(struct.pack(">III", _PROPERTY, len(value), offset_of(key)) + value)
            out.extend(bytes(-len(out) % 4))
        for child in node.children:
            emit(child)
        out.extend(struct.pack(">I", _END_NODE))

    emit(root)
    out.extend(struct.pack(">I", _END))
    kept = b"".join(struct.pack(">QQ", *entry) for entry in reserved) + bytes(16)
    structure = struct.calcsize(_HEADER) + len(kept)
    strings_at = structure + len(out)
    total = (strings_at + len(name_bytes) + _ROOM_BYTES + 7) & ~7
    head = struct.pack(_HEADER, _MAGIC, total, structure, strings_at, struct.calcsize(_HEADER), 17, 16, boot_cpu,
                       len(name_bytes), len(out))
    blob = head + kept + bytes(out) + bytes(name_bytes)
    return blob + bytes(total - len(blob))
