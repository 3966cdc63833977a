#!/usr/bin/env python3
"""`pmubench bandwidth` against bytes that a host program moved: on two CMN meshes (sockets), HiSilicon DDRC v1 and v2
and DMC-620, through the real drivers; within 0.5 %. Four controllers a mesh: every event has a counter.
The same of `pmubench run server`, by request.

  memory_traffic_test.py ARM64-BUILD-FOLDER"""
import os
import sys

from requirements import missing, skip

from lab import debian, dmc620, mesh, traffic
from lab.errors import LabError
from mesh_lab import boot

TOLERANCE = 0.005
CONTROLLERS = ["ddrc1", "ddrc1", "ddrc2", "dmc620", "dmc620"]
GB = 10 ** 9
# {file: (source, seconds, {counter of the mailbox: bytes})}: reads have even counters, writes odd ones.
RUNS = {
    "cmn": ("cmn", 3, {0: 24 * GB, 1: 12 * GB, 2: 6 * GB, 3: 3 * GB}),
    "hnf": ("cmn-hnf", 1, {10: 4 * GB}),
    "ddrc": ("hisi-ddrc", 2, {4: 9 * GB, 5: 3 * GB, 6: 4 * GB, 7: 5 * GB}),
    "dmc620": ("dmc620", 2, {8: 8 * GB, 9: 2 * GB}),
}
REQUESTS = 1000
OF_SERVER = {8: 4 * GB, 9: 1 * GB}


def asked_of_mailbox(moves):
    return " ".join(f"{counter} {amount}" for counter, amount in moves.items())


def script():
    lines = []
    for name, (source, seconds, moves) in RUNS.items():
        asked = asked_of_mailbox(moves)
        lines.append(f"pmubench bandwidth --source {source} --interval 500 --format json -- "
                     f"pmubench_lab_mailbox move {seconds} {asked} >{name}.json 2>{name}.txt")
    # What the server is makes no difference: memory controllers know no processes.
    lines.append("pmubench run server --metrics page_faults --bandwidth dmc620 --out server.json -- "
                 f"--start 'sleep 1000' --ready true --requests {REQUESTS} "
                 f"--load 'pmubench_lab_mailbox move 1 {asked_of_mailbox(OF_SERVER)}' >server.txt 2>&1")
    return "\n".join(lines)


def lines_of(meshes):
    out = traffic.asked(meshes[0], 0, 0, 1) + traffic.asked(meshes[1], 1, 2, 3)
    out += traffic.controllers(CONTROLLERS, "ddrc1", 4, 5) + traffic.controllers(CONTROLLERS, "ddrc2", 6, 7)
    out += traffic.controllers(CONTROLLERS, "dmc620", 8, 9)
    return out + traffic.home_nodes(meshes[0], 0, 10)


def check(result):
    wrong = []

    def near(what, got, expected):
        error = abs(got - expected) / expected if got is not None else 1
        print(f"{what}: {got} of {expected} bytes ({100 * error:.3f} %)")
        if error > TOLERANCE:
            wrong.append(f"{what}: {got} bytes counted, {expected} moved")

    for name, (source, _seconds, moves) in RUNS.items():
        whole = result.whole_run(name + ".json")
        # The controllers are of socket 0, and the other one has memory too: that has to be said.
        alone = source in ("hisi-ddrc", "dmc620")
        warned = "socket 1 has memory but no counters" in result.files[name + ".txt"]
        if whole["source"] != source or whole["missing_counters"] or whole["incomplete"] != alone or warned != alone:
            wrong.append(f"{name}: {whole} {result.files[name + '.txt']}")
        if name == "hnf":
            near(name, whole["total_bytes"], moves[10])
            continue
        for way, odd in (("read", 0), ("write", 1)):
            moved = sum(amount for counter, amount in moves.items() if counter % 2 == odd)
            near(f"{name} {way}", whole[way + "_bytes"], moved)
    by_request = result.json("server.json")["pmubench"]["results"][0]["metrics"]
    for way, amount in zip(("read", "write"), OF_SERVER.values()):
        near(f"server {way}, by request", by_request["memory_" + way]["value"], amount / REQUESTS)
    sockets = {one["socket"]: one for one in result.whole_run("cmn.json")["sockets"]}
    if sorted(sockets) != [0, 1]:
        wrong.append(f"two sockets are {sorted(sockets)}")
    else:
        for socket in (0, 1):
            near(f"socket {socket} read", sockets[socket]["read_bytes"], RUNS["cmn"][2][2 * socket])
            near(f"socket {socket} write", sockets[socket]["write_bytes"], RUNS["cmn"][2][2 * socket + 1])
    return wrong


def main():
    programs = [os.path.join(sys.argv[1], name) for name in
                ("bin/pmubench", "bin/pmubench_server", "lab/pmubench_lab_mailbox")]
    why = missing(programs)
    if why:
        skip(why)
    try:
        dmc620.module(debian.fetch())
    except LabError as e:
        skip(str(e))
    meshes = [mesh.randomly(11, 4), mesh.randomly(12, 4)]
    result = boot(script(), programs, smp=2, sockets=2, meshes=meshes, controllers=CONTROLLERS,
                  traffic=lines_of(meshes))
    wrong = check(result)
    print("\n".join(wrong) or f"within {100 * TOLERANCE} %, {result.seconds:.0f} s")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
