"""Writes and reads the "newc" cpio archives that the kernel takes as initial file system."""
import dataclasses
import stat

_MAGIC = b"070701"
_TRAILER = "TRAILER!!!"
_HEADER_BYTES = 110


@dataclasses.dataclass(frozen=True)
class Entry:
    """A file, a folder or a symbolic link (whose data is its target)."""

    mode: int
    data: bytes = b""


def file(data, executable=False):
    return Entry(stat.S_IFREG | (0o755 if executable else 0o644), data)


def folder():
    return Entry(stat.S_IFDIR | 0o755)


def link(target):
    return Entry(stat.S_IFLNK | 0o777, target.encode())


def _member(number, path, entry):
    name = path.encode() + b"\0"
    fields = (number, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0, 0, 0, len(name), 0)
    head = _MAGIC + b"".join(b"%08X" % field for field in fields) + name
    return head + bytes(-len(head) % 4) + entry.data + bytes(-len(entry.data) % 4)


def _with_parents(entries):
    """The entries with every folder above them, parents first: the kernel creates none itself."""
    complete = {}
    for path, entry in entries.items():
        parts = path.split("/")
        for depth in range(1, len(parts)):
            complete.setdefault("/".join(parts[:depth]), folder())
        complete[path] = entry
    return sorted(complete.items())


def write(entries):
    """The archive of {path without leading slash: Entry}, as bytes."""
    members = [_member(number, path, entry)
               for number, (path, entry) in enumerate(_with_parents(entries), 1)]
    archive = b"".join(members) + _member(0, _TRAILER, Entry(0))
    return archive + bytes(-len(archive) % 512)


def read(archive):
    """{path: Entry} of an archive. Raises ValueError where it is damaged."""
    entries, at = {}, 0
    while True:
        head = archive[at:at + _HEADER_BYTES]
        if len(head) < _HEADER_BYTES or not head.startswith(_MAGIC):
            raise ValueError(f"no cpio header at byte {at}")
        fields = [int(head[i:i + 8], 16) for i in range(len(_MAGIC), _HEADER_BYTES, 8)]
        mode, size, name_bytes = fields[1], fields[6], fields[11]
        name = archive[at + _HEADER_BYTES:at + _HEADER_BYTES + name_bytes - 1].decode()
        at += _HEADER_BYTES + name_bytes
        at += -at % 4
        if name == _TRAILER:
            return entries
        if at + size > len(archive):
            raise ValueError(f"{name} is cut short")
        entries[name] = Entry(mode, archive[at:at + size])
        at += size + -size % 4
