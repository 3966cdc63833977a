"""What a test in the lab needs, and how it skips where that is not here."""
import os
import shutil
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(SOURCE, "ci", "lab", "lab")

sys.path[:0] = [os.path.join(SOURCE, "ci"), os.path.join(SOURCE, "tests")]
from skipping import skip, skip_test  # noqa: E402,F401


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
