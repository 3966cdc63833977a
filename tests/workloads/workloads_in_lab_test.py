#!/usr/bin/env python3
"""Bundled workloads on an emulated Arm machine: right results, and instructions that are counted.

workloads_in_lab_test.py FOLDER    of the arm64 build's programs

Ends with 77 ("skipped") where the lab or a program is not here.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
import protection_instructions_test as protection  # noqa: E402
from requirements import LAB, missing, skip  # noqa: E402

PROTECTION_TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "protection_instructions.tsv")

# Variants of one program, by their retired instructions; 1: the second word's are more.
COMPARE = ("{ pmubench ab protection --pair none:standard --metrics instructions --gate instructions --first-look 3 "
           "--launches 3 --format json -- '--benchmark_filter=(fib|virtual|leaves)/.*/armv8.5-a' "
           "--benchmark_min_time=0.001 >pairs.json; [ $? -eq 1 ]; }")

# Of each a few, and what must be among the names of those that ran.
RUNS = {
    "matvec": ("PMUBENCH_MATVEC_MIB=1", "plain/cache", ["scalar", "neon-dotprod", "neon-i8mm", "sve"]),
    "stream": ("PMUBENCH_STREAM_MIB=1", "triad", ["nontemporal", "sve"]),
    "codec": ("", "sad16x16", ["scalar", "neon", "sve", "sve2"]),
    "libraries": ("", "sort/1024|find/1024", ["sort", "hash_map"]),
    "protection": ("", "deep/16|leaves", ["armv8-a/none", "armv8.5-a/standard"]),
}


def instructions(row):
    counted = row["pmubench"]["counts"][0]["events"]
    return counted["INST_RETIRED"]["count"] / row["iterations"]


def check(name, record, expected):
    found = [f"{row['name']}: {row['error_message']}" for row in record["benchmarks"] if "error_message" in row]
    found += [f"{row['name']}: no instructions" for row in record["benchmarks"] if not found and instructions(row) <= 0]
    ran = " ".join(row["name"] for row in record["benchmarks"])
    return found + [f"{name}: {part} did not run" for part in expected if part not in ran]


def check_products(record):
    """Vector kernels take fewer instructions for the same product: by count, so exact."""
    counts = {row["name"].split("/")[1]: instructions(row) for row in record["benchmarks"]}
    print("instructions of a product of 128 x 4096 weights:",
          ", ".join(f"{isa} {count:.0f}" for isa, count in counts.items()))
    return [f"matvec: {isa} takes {count} instructions, scalar {counts['scalar']}"
            for isa, count in counts.items() if isa != "scalar" and count * 20 > counts["scalar"]]


def check_protection(record):
    """The emulated CPU has PAC and BTI; objects without BTI's mark leave the program's pages unguarded."""
    said = {name: record["context"][name] for name in ("return_addresses", "landing_pads")}
    right = "signed and checked" in said["return_addresses"] and "not guarded" in said["landing_pads"]
    return [] if right else [f"protection: says {said}"]


def check_pairs(answer):
    found = [] if answer["paired"] and len(answer["benchmarks"]) == 3 else ["pairs: not three"]
    for one in answer["benchmarks"]:
        metric, = (m for m in one["metrics"] if m["name"] == "instructions")
        least, most = protection.RATIOS[("armv8.5-a", "standard")][one["name"].split("/")[1]]
        print(f"{one['name']}: {metric['ratio']:.4f} times the instructions")
        if not least <= metric["ratio_low"] <= metric["ratio"] <= metric["ratio_high"] <= most:
            found.append(f"{one['name']}: {metric}")
    return found


def main(folder):
    tools = [f"{folder}/pmubench_protection_instructions", f"{folder}/pmubench"]
    programs = [f"{folder}/pmubench_{name}" for name in RUNS] + tools
    why = missing(programs)
    if why:
        skip(why)
    command, lab = [], [LAB, "run", "--cpu", "max", "--timeout", "400"]
    with tempfile.TemporaryDirectory() as out:
        for name, (setting, which, _) in RUNS.items():
            command.append(f"{setting} pmubench_{name} --pmubench_out={name}.json --pmubench_metrics=instructions "
                           f"'--benchmark_filter={which}' --benchmark_min_time=0.0001")
            lab += ["--program", f"{folder}/pmubench_{name}", "--get", f"{name}.json:{out}/{name}.json"]
        command += ["pmubench_protection_instructions >protection.tsv", COMPARE]
        for tool in tools:
            lab += ["--program", tool]
        for file in ("protection.tsv", "pairs.json"):
            lab += ["--get", f"{file}:{out}/{file}"]
        done = subprocess.run([*lab, "--", "sh", "-c", " && ".join(command)], capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stdout + done.stderr)
            return 1
        records = {name: json.load(open(f"{out}/{name}.json")) for name in RUNS}
        counts = open(f"{out}/protection.tsv").read()
        pairs = json.load(open(f"{out}/pairs.json"))
    found = [line for name in RUNS for line in check(name, records[name], RUNS[name][2])]
    found += check_products(records["matvec"])
    found += check_pairs(pairs)
    found += check_protection(records["protection"]) + protection.check(PROTECTION_TABLE, counts)
    print("\n".join(found) or f"{sum(len(r['benchmarks']) for r in records.values())} benchmarks are right")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
