"""What a test in the lab needs, and how it skips where that is not here.

Where PMUBENCH_LAB_REQUIRED is set, nothing skips: what is missing fails.
"""
import os
import shutil
import subprocess
import sys

SKIPPED = 77
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(SOURCE, "ci", "lab", "lab")

sys.path.insert(0, os.path.join(SOURCE, "ci"))


def required():
    return bool(os.environ.get("PMUBENCH_LAB_REQUIRED"))


def missing(programs=()):
    """Why a guest cannot be booted here, "" if it can."""
    if not shutil.which("qemu-system-aarch64"):
        return "qemu-system-aarch64 is not installed; run ci/setup lab"
    for program in programs:
        if not os.path.exists(program):
            return f"{program} is not built; run cmake --preset arm64 && cmake --build --preset arm64"
    fetched = subprocess.run([LAB, "fetch"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             text=True, check=False)
    return fetched.stderr.strip() if fetched.returncode else ""
