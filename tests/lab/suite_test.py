#!/usr/bin/env python3
"""The whole bundled suite in the lab: every benchmark must have instructions, cycles and IPC, and the
known page faults.   suite_test.py ARM64-BUILD-FOLDER"""
import json
import os
import subprocess
import sys
import tempfile

from requirements import LAB, missing, skip

# The emulator gives an instruction 4 cycles (-icount shift=2), whatever it does.
EMULATED_IPC = 0.25


def main():
    tool, suite = (os.path.join(sys.argv[1], "bin", name) for name in ("pmubench", "pmubench_suite"))
    why = missing([tool, suite])
    if why:
        skip(why)
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "record.json")
        subprocess.run(
            [LAB, "run", "--cpu", "neoverse-n1", "--timeout", "240", "--program", tool, "--program", suite,
             "--get", f"record.json:{out}", "--", "pmubench", "run", "/bin/pmubench_suite", "--out",
             "record.json", "--", "--benchmark_min_time=0.001"], check=True)
        with open(out, encoding="utf-8") as file:
            record = json.load(file)
    results = record["pmubench"]["results"]
    wrong = []
    for result in results:
        metrics = result["metrics"]
        for name in ("ipc", "instructions", "cycles", "page_faults"):
            if metrics[name]["value"] is None or metrics[name]["sampling_ratio"] != 1:
                wrong.append(f"{result['run_name']}: {name}: {metrics[name]}")
        ipc = metrics["ipc"]["value"]
        # A loop of a few instructions counts those of the two reads around it too.
        if ipc is None or abs(ipc - EMULATED_IPC) > 0.02 * EMULATED_IPC:
            wrong.append(f"{result['run_name']}: ipc {ipc}, the emulator's is {EMULATED_IPC}")
        # What the emulator does not count has to be null with a reason, never 0.
        if metrics["branch_mpki"]["value"] is not None or not metrics["branch_mpki"]["reason"]:
            wrong.append(f"{result['run_name']}: branch_mpki {metrics['branch_mpki']}")
        for pages in ("1", "16"):
            if result["run_name"] == f"BM_page_faults/{pages}" and metrics["page_faults"]["value"] != int(pages):
                wrong.append(f"{result['run_name']}: {metrics['page_faults']}")
    if len(results) < 12:
        wrong.append(f"only {len(results)} benchmarks")
    print("\n".join(wrong) or f"{len(results)} benchmarks with instructions, cycles and IPC")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
