#!/usr/bin/env python3
"""`pmubench validate` in the lab: cycles and instructions are exact, events that open and never count are
dead, and every metric on a dead event has that reason and no value.   validate_test.py ARM64-BUILD-FOLDER"""
import json
import os
import subprocess
import sys
import tempfile

from requirements import LAB, missing, skip

DEAD = ("STALL_FRONTEND", "L1D_CACHE_REFILL")
EXACT = ("CPU_CYCLES", "INST_RETIRED", "PAGE_FAULTS")
# The tool ends with 1 where events are dead, which is what is asked for here.
SCRIPT = ("loop_counts_test > loops.txt && "
          "pmubench validate --state /state --format json > verdicts.json; [ $? = 1 ] || exit 9; "
          "export PMUBENCH_STATE=/state; pmubench list metrics > list.txt && "
          "pmubench stat --metrics topdown,caches --format json --out stat.json -- /bin/pmubench list cores && "
          "pmubench run /bin/pmubench_suite --metrics all --out record.json -- "
          "--benchmark_filter=BM_page_faults/1$ --benchmark_min_time=0.001")


def run(tool, suite, loops, folder):
    gets = []
    for name in ("loops.txt", "verdicts.json", "list.txt", "stat.json", "record.json"):
        gets += ["--get", f"{name}:{os.path.join(folder, name)}"]
    subprocess.run([LAB, "run", "--cpu", "neoverse-n1", "--timeout", "400", "--program", tool, "--program", suite,
                    "--program", loops, *gets, "--", "sh", "-c", SCRIPT], check=True)
    def text(name):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read()
    return (text("loops.txt"), text("list.txt"),
            *(json.loads(text(name)) for name in ("verdicts.json", "record.json", "stat.json")))


def check(loops, listed, verdicts, record, stat):
    wrong = []
    if "[  PASSED  ] 3 tests." not in loops:
        wrong.append("the loops do not retire what they say:\n" + loops)
    found = {event["event"]: event for event in verdicts["events"]}
    for names, verdict in ((EXACT, "exact"), (DEAD, "dead")):
        for name in names:
            if found.get(name, {}).get("verdict") != verdict:
                wrong.append(f"{name} should be {verdict}: {found.get(name)}")
    dead = {name for name, event in found.items() if event["verdict"] == "dead"}
    on_dead = 0
    definitions = record["pmubench"]["metrics"]

    def check_metric(name, metric, where):
        used = dead & set(definitions[name]["formula"].replace("(", " ").replace(")", " ").split())
        if used and (metric["value"] is not None or "dead" not in metric.get("reason", "")):
            wrong.append(f"{where}: {name} uses {used}: {metric}")
        return bool(used)

    for metric in stat["metrics"]:
        check_metric(metric["name"], metric, "stat")
    for result in record["pmubench"]["results"]:
        on_dead += sum(check_metric(name, metric, "run") for name, metric in result["metrics"].items())
        ipc = result["metrics"]["ipc"]
        if ipc["value"] is None:
            wrong.append(f"ipc: {ipc}")
    if on_dead < 5:
        wrong.append(f"only {on_dead} metrics use a dead event")
    if "no value: STALL_FRONTEND here: dead" not in listed:
        wrong.append("list metrics does not say that STALL_FRONTEND is dead")
    return wrong, len(dead), on_dead


def main():
    programs = [os.path.join(sys.argv[1], name)
                for name in ("bin/pmubench", "bin/pmubench_suite", "tests/validate/loop_counts_test")]
    why = missing(programs)
    if why:
        skip(why)
    with tempfile.TemporaryDirectory() as folder:
        wrong, dead, metrics = check(*run(*programs, folder))
    print("\n".join(wrong) or f"{dead} events are dead; {metrics} metrics on them have no value and say why")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
