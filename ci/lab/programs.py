"""Puts an arm64 program into the guest together with the shared libraries that it needs."""
import os

from . import cpio, elf
from .errors import MachineCannot, WrongUse

# Debian's own arm64 libraries first: they are complete and patched. The cross toolchain's come
# after, for what Debian packages only there (the sanitizers' run-time libraries).
LIBRARY_FOLDERS = ("/usr/lib/aarch64-linux-gnu", "/lib/aarch64-linux-gnu",
                   "/usr/aarch64-linux-gnu/lib")


def _read(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError as e:
        raise WrongUse(f"cannot read {path}: {e.strerror}") from e


def _parse_arm64(path, data):
    try:
        parsed = elf.parse(data)
    except ValueError as e:
        raise WrongUse(f"{path} is not a program: {e}", "use --put for scripts and data") from e
    if parsed.machine != elf.ARM64:
        raise WrongUse(f"{path} is a program for {parsed.machine}, the guest is {elf.ARM64}",
                       "build it with the preset arm64: "
                       "cmake --preset arm64 && cmake --build --preset arm64")
    return parsed


def _find(name, needed_by, folders):
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return path
    raise MachineCannot(f"{needed_by} needs {name}, which is in none of " + ", ".join(folders),
                        "install the arm64 package that holds it; for the toolchain's own:\n"
                        "apt-get install libstdc++6:arm64 libbenchmark-dev:arm64")


def files_of(path, library_folders=LIBRARY_FOLDERS):
    """{guest path: cpio.Entry} for a program (to /bin) or a shared library (to /lib).

    The guest's paths have no leading slash. Libraries are looked for in the program's run path,
    then in library_folders.
    """
    name = os.path.basename(path)
    files, queue = {}, [(path, ("lib/" if ".so" in name else "bin/") + name)]
    while queue:
        host, guest = queue.pop()
        data = _read(host)
        parsed = _parse_arm64(host, data)
        files[guest] = cpio.file(data, executable=True)
        here = os.path.dirname(os.path.abspath(host))
        folders = [p.replace("$ORIGIN", here).replace("${ORIGIN}", here) for p in parsed.run_path]
        folders += library_folders
        wanted = [(library, "lib/" + library) for library in parsed.needed]
        if parsed.interpreter:
            wanted.append((os.path.basename(parsed.interpreter), parsed.interpreter.lstrip("/")))
        for library, target in wanted:
            if target not in files and all(target != queued for _host, queued in queue):
                queue.append((_find(library, host, folders), target))
    return files
