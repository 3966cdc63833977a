#!/usr/bin/env python3
"""A suite whose counters another program takes away meanwhile: it says so, runs again, and is complete.
lost_counters_test.py ARM64-BUILD-FOLDER"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
from requirements import LAB, missing, skip  # noqa: E402

# The holder comes when the suite has probed and runs its loops, and leaves before the third attempt.
SCRIPT = """hold_counters 6 2500 1500 &
exec pmubench run /bin/pmubench_suite --metrics ipc --out record.json -- \
--benchmark_min_time=0.5 --benchmark_filter='BM_(sort|dependent_adds|count_words|parse_integers)'
"""


def main():
    programs = [os.path.join(sys.argv[1], path) for path in
                ("bin/pmubench", "bin/pmubench_suite", "tests/runner/hold_counters")]
    why = missing(programs)
    if why:
        skip(why)
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "record.json")
        script = os.path.join(folder, "script")
        with open(script, "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        with_each = [word for program in programs for word in ("--program", program)]
        done = subprocess.run([LAB, "run", "--timeout", "500", *with_each, "--put", f"{script}:/root/script",
                               "--get", f"record.json:{out}", "--", "sh", "script"],
                              check=False, capture_output=True, text=True)
        print(done.stderr)
        with open(out, encoding="utf-8") as file:
            results = json.load(file)["pmubench"]["results"]
    assert done.returncode == 0, done.returncode
    assert "holding 6 counters" in done.stderr
    assert "lost its counters" in done.stderr, "the loss is reported"
    for result in results:
        ipc = result["metrics"]["ipc"]
        assert ipc["value"] is not None and ipc["sampling_ratio"] == 1, (result["run_name"], ipc)
    print(f"{len(results)} benchmarks, complete")
    return 0


if __name__ == "__main__":
    sys.exit(main())
