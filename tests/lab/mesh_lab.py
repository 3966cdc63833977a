"""Boots guests with meshes and memory controllers, for tests: runs shell text there, gives the JSON it writes."""
import io
import json
import tarfile

from requirements import SOURCE  # noqa: F401: sets the path to the package of the lab

from lab import debian, guest, machine, session, uncore


class Guest:
    """What came back from a guest. files: {name: text} of what its script left in /root."""

    def __init__(self, finished, stdout, stderr):
        self.status, self.seconds = finished.status, finished.seconds
        self.stdout, self.stderr = stdout, stderr
        self.files = {}
        finished.result.seek(0)
        with tarfile.open(fileobj=finished.result) as archive:
            for member in archive.getmembers():
                if member.isfile() and member.name.startswith("root/"):
                    self.files[member.name.removeprefix("root/")] = archive.extractfile(member).read().decode()

    def json(self, name):
        try:
            return json.loads(self.files[name])
        except (KeyError, ValueError) as e:
            raise AssertionError(f"{name}: {e}\n{self.stdout}\n{self.stderr}") from e

    def whole_run(self, name):
        """The last document of `pmubench bandwidth --format json`."""
        documents = [json.loads(line) for line in self.files.get(name, "").splitlines()]
        if not documents or not documents[-1]["whole_run"]:
            raise AssertionError(f"{name} has no whole run\n{self.stdout}\n{self.stderr}")
        return documents[-1]


def boot(script, programs, timeout=1400, smp=1, sockets=1, mem_mib=512, **devices):
    """devices: meshes, controllers, traffic, cache_kib of lab.uncore.Uncore."""
    shared = uncore.Uncore(mem_mib, **devices)
    emulated = machine.Machine(smp=smp, sockets=sockets, mem_mib=mem_mib, icount=None, uncore=shared)
    fetched = debian.fetch()
    files = guest.files(fetched, ["sh", "-c", script], program_files=programs, gets=["/root"], uncore=shared)
    stdout, stderr = io.BytesIO(), io.BytesIO()
    done = session.run(emulated, fetched.kernel, files, timeout, False, stdout, stderr)
    return Guest(done, stdout.getvalue().decode(), stderr.getvalue().decode())
