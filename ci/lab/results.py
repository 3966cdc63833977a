"""Takes files out of the archive that the guest sent back."""
import os
import shutil
import tarfile

from . import guest
from .errors import GuestFailed, WrongUse


def _members_of(archive, path):
    """{path below it: member} of a file or folder in the archive."""
    found = {}
    for member in archive.getmembers():
        name = member.name.strip("/")
        if name == path:
            found[""] = member
        elif name.startswith(path + "/"):
            found[name.removeprefix(path + "/")] = member
    return found


def _write(archive, member, target):
    if member.isdir():
        os.makedirs(target, exist_ok=True)
        return
    source = archive.extractfile(member)
    if source is None:
        return
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    # Whoever watches the target sees the old file or the whole new one.
    partial = f"{target}.partial-{os.getpid()}"
    try:
        with source, open(partial, "wb") as out:
            shutil.copyfileobj(source, out)
        os.chmod(partial, member.mode & 0o777)
        os.replace(partial, target)
    finally:
        if os.path.exists(partial):
            os.unlink(partial)


def extract(result, gets):
    """Writes each (guest path, host path) of gets. A guest path that is not there is a GuestFailed,
    raised once all others are written."""
    missing = []
    result.seek(0)
    with tarfile.open(fileobj=result) as archive:
        for path, host in gets:
            members = _members_of(archive, guest.relative(path))
            # An existing folder on the host takes the file under its own name, as cp does.
            if "" in members and members[""].isfile() and os.path.isdir(host):
                host = os.path.join(host, os.path.basename(path))
            if not members:
                missing.append(path)
            for below, member in members.items():
                try:
                    _write(archive, member, os.path.join(host, below) if below else host)
                except OSError as e:
                    raise WrongUse(f"cannot write {host}: {e.strerror}") from e
    if missing:
        raise GuestFailed("the guest has no " + ", ".join(missing),
                          "the command did not write it")
