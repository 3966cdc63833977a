"""Makes small ELF files to test the reader with: no compiler is needed."""
import struct

_BASE = 0x400000


def make(machine=183, interpreter="", needed=(), run_path=(), bits=2):
    """The bytes of an ELF file with these properties (183: arm64, 62: x86-64; bits 2: 64)."""
    strings, offsets = b"\0", {}
    for text in [*needed, *run_path]:
        offsets[text] = len(strings)
        strings += text.encode() + b"\0"
    kinds = (1, 2) + ((3,) if interpreter else ())
    at = 64 + 56 * len(kinds)
    loader_at, loader = at, interpreter.encode() + b"\0"
    strings_at = loader_at + len(loader)
    dynamic_at = strings_at + len(strings)
    dynamic_at += -dynamic_at % 8
    tags = [(1, offsets[n]) for n in needed] + [(29, offsets[r]) for r in run_path]
    tags += [(5, _BASE + strings_at), (0, 0)]
    dynamic = b"".join(struct.pack("<qQ", *tag) for tag in tags)
    size = dynamic_at + len(dynamic)
    places = {1: (0, size), 2: (dynamic_at, len(dynamic)), 3: (loader_at, len(loader))}
    header = b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, len(kinds), 64, 0, 0)
    table = b"".join(struct.pack("<IIQQQQQQ", kind, 5, start, _BASE + start, 0, length, length, 8)
                     for kind, (start, length) in ((k, places[k]) for k in kinds))
    body = header + table + loader + strings
    return body + bytes(dynamic_at - len(body)) + dynamic
