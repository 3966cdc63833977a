#!/usr/bin/env python3
"""A server on an emulated Arm machine: instructions of all its threads by request, exactly, in several groups
of events, each with a load of its own.

server_in_lab_test.py ARM64-BIN-FOLDER KNOWN_SERVER

Ends with 77 ("skipped") where the lab or a program is not here.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
from requirements import LAB, missing, skip  # noqa: E402

REQUESTS = 200
# A loop of two instructions, 50,000 times, in each of two threads and a child process.
INSTRUCTIONS = 3 * 2 * 50_000
# System calls' wrappers, mmap and the three pages: far below a tenth of the loops.
SLACK = 0.02
FAULTS = 3 + 4 + 5
EMULATED_IPC = 0.25
# The emulator has so few events that one group holds them all.
GROUPS_OF_THEIR_OWN = {"events": {
    name: {"pmu": "software", "code": code, "unit": unit, "alone": True, "description": "In a group of its own."}
    for name, code, unit in (("PAGE_FAULTS", 2, "faults"), ("MINOR_FAULTS", 5, "faults"),
                             ("CONTEXT_SWITCHES", 3, "switches"))}}


def check(record):
    metrics = record["pmubench"]["results"][0]["metrics"]
    groups = record["pmubench"]["plan"]["groups"]
    for name in ("instructions", "cycles", "ipc", "page_faults"):
        print(f"{name}: {metrics[name]['value']} {metrics[name]['unit']}, ratio {metrics[name]['sampling_ratio']}, "
              f"{metrics[name]['n']} loads")
        assert metrics[name]["sampling_ratio"] == 1, metrics[name]
    assert len(groups) > 1, groups
    # Every group has a load of its own, and has to see all of the server.
    assert 1 <= metrics["instructions"]["value"] / INSTRUCTIONS < 1 + SLACK, metrics["instructions"]
    assert abs(metrics["ipc"]["value"] / EMULATED_IPC - 1) < 0.02, metrics["ipc"]
    for name in ("page_faults", "minor_faults"):
        assert FAULTS <= metrics[name]["value"] < FAULTS + 0.5, metrics[name]
    # Each of the three waits for the one before it.
    assert metrics["context_switches"]["value"] >= 3, metrics["context_switches"]
    for name in ("backend_stalled_cycles", "l1d_mpki", "l1d_misses", "load_percentage", "memory_read"):
        value = metrics[name]
        assert value["value"] is not None or value["reason"], (name, value)


def main(folder, known):
    programs = [f"{folder}/pmubench", f"{folder}/pmubench_server", known]
    why = missing(programs)
    if why:
        skip(why)
    server = os.path.basename(known)
    with tempfile.TemporaryDirectory() as out:
        catalogue = os.path.join(out, "alone.json")
        with open(catalogue, "w", encoding="utf-8") as file:
            json.dump(GROUPS_OF_THEIR_OWN, file)
        with_each = [word for program in programs for word in ("--program", program)]
        subprocess.run(
            [LAB, "run", "--cpu", "neoverse-n1", "--timeout", "400", *with_each, "--put", f"{catalogue}:/root/alone.json",
             "--get", f"record.json:{out}/record.json",
             "--", "pmubench", "run", "server", "--metrics", "server,minor_faults", "--catalogue",
             "alone.json", "--out", "record.json", "--",
             "--start", f"{server} serve {{folder}}/s", "--answers", "{folder}/s", "--name", "known",
             "--load", f"{server} load {{folder}}/s {REQUESTS}", "--requests-from", "requests: ([0-9]+)"], check=True)
        with open(f"{out}/record.json", encoding="utf-8") as file:
            check(json.load(file))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
