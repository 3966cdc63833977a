#!/usr/bin/env python3
"""With a cache model in the emulator, which makes mesh traffic of the guest's own loads and stores: `pmubench bandwidth
check` counts its kernels' reads and writes within 2 % and judges by that, and `pmubench run` counts a benchmark's bytes.

  known_traffic_test.py ARM64-BUILD-FOLDER"""
import os
import sys

from requirements import missing, skip

from lab import mesh, traffic
from mesh_lab import boot

TOLERANCE = 0.02
# Nothing is moved this way, or (nt-write) nothing by the program.
UNTOLD = {("read", "write_ratio"), ("nt-write", "read_ratio")}
SCRIPT = """
export PMUBENCH_STATE=/state
pmubench bandwidth check --source cmn --array-mib 8 --seconds 3 --tolerance 0.05 --format json >check.json 2>check.txt
echo $? >check.status
pmubench bandwidth --source cmn --duration 0.2 --format json >live.json
pmubench run /bin/pmubench_suite --metrics page_faults --out record.json -- --benchmark_filter=BM_copy/8388608 \\
    --benchmark_min_time=1 >run.txt 2>&1
"""
COPIED = 8388608  # bytes an iteration


def check(result):
    wrong = []
    report = result.json("check.json")
    for kernel in report["kernels"]:
        print(f"{kernel['kernel']}: read {kernel['read_ratio']}, write {kernel['write_ratio']}, allocated {kernel['allocated']}, "
              f"{kernel['program_read_bytes']:.3g} bytes: {kernel['verdict']}")
        # A store that bypasses caches is a store like others to the cache model, which reads its line first: twice the
        # bytes that the program moves, and the check has to see that.
        expected = "differs" if kernel["kernel"] == "nt-write" else "agrees"
        if kernel["verdict"] != expected:
            wrong.append(f"{kernel['kernel']} {kernel['verdict']}: {kernel}")
        for way in ("read_ratio", "write_ratio"):
            right = kernel[way] is not None and abs(kernel[way] - 1) <= TOLERANCE
            if not right and (kernel["kernel"], way) not in UNTOLD:
                wrong.append(f"{kernel['kernel']}: {way}: {kernel}")
        if kernel["kernel"] in ("write", "copy", "triad") and not 0.95 < (kernel["allocated"] or 0) < 1.05:
            wrong.append(f"the cache model allocates on writes: {kernel}")
    if {kernel["kernel"] for kernel in report["kernels"]} != {"read", "write", "nt-write", "copy", "triad"}:
        wrong.append("kernels are missing")
    if report["verdict"] != "differs" or result.files["check.status"].strip() != "1":
        wrong.append(f"the source {report['verdict']}, exit code {result.files['check.status']}, in spite of nt-write")
    share = result.whole_run("live.json")["share_of_attainable"]
    if share is None or not 0 <= share < 0.5:
        wrong.append(f"the attainable bandwidth is not kept: idle is {share} of it")
    return wrong + check_run(result)


def check_run(result):
    """A copy on a cache that allocates on writes reads twice what it writes."""
    wrong = []
    metrics = result.json("record.json")["pmubench"]["results"][0]["metrics"]
    for name, expected in (("memory_read", 2 * COPIED), ("memory_write", COPIED)):
        value = metrics[name]["value"]
        print(f"BM_copy/{COPIED}: {name} {value} of {expected} bytes an iteration")
        # The kernel's own traffic is in it too: the guest is slow, and its clock ticks on.
        if value is None or not 0.97 < value / expected < 1.10:
            wrong.append(f"{name}: {metrics[name]}")
    if metrics["memory_idle"]["value"] is None or metrics["memory_read_bandwidth"]["unit"] != "GB/s":
        wrong.append(f"the idle floor is missing: {metrics}")
    if "not subtracted" not in result.files["run.txt"]:
        wrong.append(result.files["run.txt"])
    return wrong


def main():
    programs = [os.path.join(sys.argv[1], "bin", name) for name in ("pmubench", "pmubench_suite")]
    why = missing(programs)
    if why:
        skip(why)
    one = mesh.small()
    result = boot(SCRIPT, programs, meshes=[one], traffic=traffic.asked(one, 0), cache_kib=2048)
    wrong = check(result)
    print("\n".join(wrong) or f"reads and writes within {100 * TOLERANCE} %, {result.seconds:.0f} s")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
