#!/usr/bin/env python3
"""With a cache model in the emulator, which makes mesh traffic of the guest's own loads and stores: `pmubench bandwidth
check` counts its kernels' reads and writes within 2 % and judges by that, and `pmubench run` counts a benchmark's bytes
and holds them against the peak that the check kept. This machine's own pmubench makes a report and a sentence of that record.

  known_traffic_test.py ARM64-BUILD-FOLDER [PMUBENCH]"""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

from requirements import missing, skip

from lab import mesh, traffic
from mesh_lab import boot

TOLERANCE = 0.02
# Nothing is moved this way, or (nt-write) nothing by the program.
UNTOLD = {("read", "write_ratio"), ("nt-write", "read_ratio")}
SCRIPT = """
export PMUBENCH_STATE=/state
copy() {
    name=$1
    shift
    pmubench run /bin/pmubench_suite --metrics page_faults --out $name.json -- --benchmark_filter=BM_copy/8388608 "$@" \\
        >$name.txt 2>&1
}
copy unchecked --benchmark_min_time=0.05
pmubench bandwidth check --source cmn --array-mib 8 --seconds 3 --tolerance 0.05 --format json >check.json 2>check.txt
echo $? >check.status
pmubench bandwidth --source cmn --duration 0.2 --format json >live.json
copy record --benchmark_min_time=1
sed -i 's/"total_bytes_per_s": [0-9.e+]*/"total_bytes_per_s": 1000000/' /state/bandwidth-*.json
copy too_low --benchmark_min_time=0.05
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
    return wrong + check_run(result) + check_peak(result)


def metrics_of(result, name):
    return result.json(name)["pmubench"]["results"][0]["metrics"]


def check_run(result):
    """A copy on a cache that allocates on writes reads twice what it writes."""
    wrong = []
    metrics = metrics_of(result, "record.json")
    for name, expected in (("memory_read", 2 * COPIED), ("memory_write", COPIED)):
        value = metrics[name]["value"]
        print(f"BM_copy/{COPIED}: {name} {value} of {expected} bytes an iteration")
        # The kernel's own traffic is in it too: the guest is slow, and its clock ticks on.
        if value is None or not 0.97 < value / expected < 1.10:
            wrong.append(f"{name}: {metrics[name]}")
    if metrics["memory_idle"]["value"] is None or metrics["memory_read_bandwidth"]["unit"] != "GB/s":
        wrong.append(f"the idle floor is missing: {metrics}")
    if "not subtracted" not in result.files["record.txt"]:
        wrong.append(result.files["record.txt"])
    return wrong


def is_share(metrics):
    """Whether the percentage is that of the record's own two bandwidths."""
    used, peak, share = (metrics[name]["value"] for name in ("memory_bandwidth", "attainable_bandwidth", "bandwidth_percentage"))
    return None not in (used, peak, share) and math.isclose(share, 100 * used / peak, rel_tol=1e-6)


def check_peak(result):
    """No peak before a check, the check's after it, and a share above 100 % of one that is too low."""
    wrong = []
    unchecked = metrics_of(result, "unchecked.json")
    for name in ("attainable_bandwidth", "bandwidth_percentage"):
        if unchecked[name]["value"] is not None or "pmubench bandwidth check --source cmn" not in unchecked[name]["reason"]:
            wrong.append(f"without a peak, {name}: {unchecked[name]}")
    if unchecked["memory_bandwidth"]["value"] is None or "bandwidth check --source cmn" not in result.files["unchecked.txt"]:
        wrong.append(f"without a peak: {unchecked['memory_bandwidth']}, {result.files['unchecked.txt']}")
    metrics = metrics_of(result, "record.json")
    attained = result.json("check.json")["attainable"]["total_bytes_per_s"] * 1e-9
    peak, share = metrics["attainable_bandwidth"], metrics["bandwidth_percentage"]
    print(f"BM_copy/{COPIED}: {share['value']} % of {peak['value']} {peak['unit']}; the check attained {attained}")
    right = is_share(metrics) and math.isclose(peak["value"], attained, rel_tol=1e-6) and 5 < share["value"] < 300
    if not right:
        wrong.append(f"the share of what is attainable: {metrics['memory_bandwidth']}, {peak}, {share}")
    too_low = metrics_of(result, "too_low.json")
    share = too_low["bandwidth_percentage"]
    if not is_share(too_low) or share["value"] <= 100 or "bandwidth check" not in share.get("note", ""):
        wrong.append(f"more than is attainable: {share}")
    if "run it again" not in result.files["too_low.txt"]:
        wrong.append(result.files["too_low.txt"])
    return wrong


def with_top_down(record):
    """The guest's CPU counts no stalls, so the sentence's other half is put into the record."""
    metrics = record["pmubench"]["results"][0]["metrics"]
    for name, value in (("retiring", 22), ("bad_speculation", 4), ("frontend_bound", 12), ("backend_bound", 62)):
        metrics[name] = {"value": value, "unit": "% of slots", "sampling_ratio": 1, "n": 1}
    return record


def check_pages(result, tool):
    """The gauge and the sentence, made of the record that the guest's pmubench wrote."""
    wrong = []
    record = result.json("record.json")
    used, peak, share = (metrics_of(result, "record.json")[name]["value"]
                         for name in ("memory_bandwidth", "attainable_bandwidth", "bandwidth_percentage"))
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        (here / "record.json").write_text(result.files["record.json"])
        (here / "topdown.json").write_text(json.dumps(with_top_down(record)))
        for words in (["history", "import", "--store", "h.db", "record.json"],
                      ["report", "--store", "h.db", "--html", "report.html"],
                      ["analyze", "topdown.json"]):
            done = subprocess.run([tool, *words], cwd=here, capture_output=True, text=True, timeout=300)
            if done.returncode != 0:
                return [f"{words}: {done.returncode}: {done.stderr}"]
        sentence, page = done.stdout, (here / "report.html").read_text()
    if f"{share:.0f} % of attainable bandwidth" not in sentence:
        wrong.append(f"the bottleneck's sentence: {sentence}")
    gauge = f"{share:.1f} % of "
    if "<h2>Memory bandwidth</h2>" not in page or gauge not in page or "class=part0" not in page:
        wrong.append(f"no gauge of {used} of {peak} in the report")
    return wrong


def main():
    programs = [os.path.join(sys.argv[1], "bin", name) for name in ("pmubench", "pmubench_suite")]
    why = missing(programs)
    if why:
        skip(why)
    one = mesh.small()
    tool = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
    result = boot(SCRIPT, programs, meshes=[one], traffic=traffic.asked(one, 0), cache_kib=2048)
    wrong = check(result)
    if tool and not wrong:
        wrong += check_pages(result, tool)
    print("\n".join(wrong) or f"reads and writes within {100 * TOLERANCE} %, {result.seconds:.0f} s")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
