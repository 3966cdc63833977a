#!/usr/bin/env python3
"""`pmubench validate` in the lab: cycles and instructions are exact, events that open and never count are
dead, and every metric on a dead event has that reason and no value.   validate_test.py ARM64-BUILD-FOLDER"""
import json
import os
import subprocess
import sys
import tempfile

from requirements import LAB, SKIPPED, missing, required

DEAD = ("STALL_FRONTEND", "L1D_CACHE_REFILL")
EXACT = ("CPU_CYCLES", "INST_RETIRED", "PAGE_FAULTS")
# The tool ends with 1 where events are dead, which is what is asked for here.
SCRIPT = ("pmubench validate --state /state --format json > verdicts.json; [ $? = 1 ] || exit 9; "
          "export PMUBENCH_STATE=/state; pmubench list metrics > list.txt && "
          "pmubench run /bin/pmubench_suite --metrics all --out record.json -- "
          "--benchmark_filter=BM_page_faults/1$ --benchmark_min_time=0.001")


def run(tool, suite, folder):
    gets = []
    for name in ("verdicts.json", "list.txt", "record.json"):
        gets += ["--get", f"{name}:{os.path.join(folder, name)}"]
    subprocess.run([LAB, "run", "--cpu", "neoverse-n1", "--timeout", "400", "--program", tool, "--program", suite,
                    *gets, "--", "sh", "-c", SCRIPT], check=True)
    with open(os.path.join(folder, "verdicts.json"), encoding="utf-8") as file:
        verdicts = json.load(file)
    with open(os.path.join(folder, "record.json"), encoding="utf-8") as file:
        record = json.load(file)
    with open(os.path.join(folder, "list.txt"), encoding="utf-8") as file:
        return verdicts, record, file.read()


def check(verdicts, record, listed):
    wrong = []
    found = {event["event"]: event for event in verdicts["events"]}
    for names, verdict in ((EXACT, "exact"), (DEAD, "dead")):
        for name in names:
            if found.get(name, {}).get("verdict") != verdict:
                wrong.append(f"{name} should be {verdict}: {found.get(name)}")
    dead = {name for name, event in found.items() if event["verdict"] == "dead"}
    on_dead = 0
    for result in record["pmubench"]["results"]:
        for name, metric in result["metrics"].items():
            formula = record["pmubench"]["metrics"][name]["formula"].replace("(", " ").replace(")", " ")
            used = dead & set(formula.split())
            if not used:
                continue
            on_dead += 1
            if metric["value"] is not None or "dead" not in metric.get("reason", ""):
                wrong.append(f"{name} uses {used}: {metric}")
        ipc = result["metrics"]["ipc"]
        if ipc["value"] is None:
            wrong.append(f"ipc: {ipc}")
    if on_dead < 5:
        wrong.append(f"only {on_dead} metrics use a dead event")
    if "no value: STALL_FRONTEND here: dead" not in listed:
        wrong.append("list metrics does not say that STALL_FRONTEND is dead")
    return wrong, len(dead), on_dead


def main():
    tool, suite = (os.path.join(sys.argv[1], "bin", name) for name in ("pmubench", "pmubench_suite"))
    why = missing([tool, suite])
    if why:
        print(("required, but " if required() else "skipped: ") + why)
        return 1 if required() else SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        wrong, dead, metrics = check(*run(tool, suite, folder))
    print("\n".join(wrong) or f"{dead} events are dead; {metrics} metrics on them have no value and say why")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
