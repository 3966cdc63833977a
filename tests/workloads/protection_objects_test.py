#!/usr/bin/env python3
"""The compiled kernels hold the instructions of their protection, and no others.

protection_objects_test.py FOLDER OBJDUMP...    of a build tree's workloads/protection

Ends with 77 ("skipped") where the build or OBJDUMP is not here.
"""
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from skipping import skip  # noqa: E402

# Of each protection (the last word of a target's name): sets of mnemonics, one of each has to be there.
WANTED = {
    "none": [],
    "full": [{"endbr64"}],
    "bti": [{"bti"}],
    "pac_ret": [{"paciasp"}, {"autiasp", "retaa"}],
    "standard": [{"bti"}, {"paciasp"}, {"autiasp", "retaa"}],
    "gcs": [],  # the hardware pushes return addresses itself: marks alone
}
PROTECTIVE = {"endbr64", "bti", "paciasp", "pacibsp", "autiasp", "autibsp", "retaa", "retab"}
# Armv8.5-A has the return that checks; before, it takes a hint of its own.
ABSENT = {"armv8_a": {"retaa"}, "armv8_5_a": {"autiasp"}}


def mnemonics(objdump, file):
    listing = subprocess.run([objdump, "-d", "--no-show-raw-insn", file], capture_output=True, text=True, check=True)
    return set(re.findall(r"^ *[0-9a-f]+:\t(\S+)", listing.stdout, re.MULTILINE))


def wrong(build, found):
    isa, protection = re.fullmatch(r"(x86_64|armv8_5_a|armv8_a)_(\w+)", build).groups()
    wanted = WANTED[protection]
    found &= PROTECTIVE
    lines = [f"{build}: none of {', '.join(sorted(words))}" for words in wanted if not found & words]
    unwanted = (found - set().union(*wanted)) | (found & ABSENT.get(isa, set()))
    return lines + [f"{build}: has {', '.join(sorted(unwanted))}"] if unwanted else lines


def main(folder, objdump):
    objects = sorted(pathlib.Path(folder).glob("CMakeFiles/pmubench_protection_*.dir/kernels.cc.o"))
    if not objects or not shutil.which(objdump):
        skip(f"needs {objdump} and the objects in {folder}")
    found = []
    for file in objects:
        build = re.search(r"pmubench_protection_(\w+)\.dir", str(file)).group(1)
        found += wrong(build, mnemonics(objdump, file))
    print("\n".join(found) or f"{len(objects)} builds hold what they have to")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
