#!/usr/bin/env python3
"""Instructions of every codec kernel in the lab, against the committed table.

codec_instructions_test.py TABLE               the table keeps the limits
codec_instructions_test.py TABLE PROGRAM       and the lab's counts are the table's, one by one
codec_instructions_test.py --update TABLE PROGRAM

Counts belong to a compiler: where PROGRAM was built by another than the table, only the limits are
checked. Where it was built without Highway, the entries of that are skipped. Ends with 77
("skipped") where the lab or the program is not here.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
from requirements import LAB, missing, skip  # noqa: E402
from skipping import required  # noqa: E402

# A 16x16 block: what each kernel may take at most, by instruction set and vector bits.
LIMITS = {
    ("count_nonzero", "neon"): {"-": 177},
    ("count_nonzero", "sve"): {"128": 231, "256": 119, "512": 63, "2048": 21},
    ("sad16x16", "neon"): {"-": 448},
    ("sad16x16", "sve"): {"128": 240, "256": 107, "512": 67, "2048": 37},
    ("vlc_bits", "neon"): {"-": 943},
    ("vlc_bits", "sve"): {"128": 650, "256": 330, "512": 170, "2048": 50},
    ("average", "neon"): {"-": 127},
    ("average", "sve2"): {"128": 152, "256": 80, "512": 44, "2048": 17},
}


def parse(text):
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    compiler = next(line[1] for line in lines if line[0] == "# compiler")
    return compiler, {tuple(line[:4]): int(line[4]) for line in lines if not line[0].startswith("#")}


def over_limits(counts):
    found = []
    for (kernel, isa), by_bits in LIMITS.items():
        for bits, limit in by_bits.items():
            count = counts.get((kernel, "16", isa, bits))
            if count is None or count > limit:
                found.append(f"{kernel} 16x16 {isa} {bits}: {count}, at most {limit}")
    return found


def has_highway(counts):
    return any(isa.startswith("highway") for _, _, isa, _ in counts)


def without_highway(table):
    return {key: count for key, count in table.items() if not has_highway([key])}


def differences(table, counts):
    found = [f"{' '.join(key)}: {counts.get(key)} instead of {count}"
             for key, count in table.items() if counts.get(key) != count]
    return found + [f"{' '.join(key)}: not in the table" for key in counts if key not in table]


def report(found):
    print("\n".join(found))
    return 1 if found else 0


def main(arguments):
    update = "--update" in arguments
    file, *program = [a for a in arguments if a != "--update"]
    if not program:
        with open(file) as table:
            return report(over_limits(parse(table.read())[1]))
    why = missing(program)
    if why:
        skip(why)
    done = subprocess.run([LAB, "exec", "--cpu", "max", "--timeout", "400", program[0]],
                          capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
        return 1
    compiler, counts = parse(done.stdout)
    if update and not has_highway(counts):
        return report(["not written: PROGRAM was built without Highway, whose entries would be lost"])
    if update:
        with open(file, "w") as table:
            table.write(done.stdout)
        return report(over_limits(counts))
    with open(file) as table:
        written_by, table = parse(table.read())
    print(f"{len(counts)} counts, compiler {compiler}")
    found = over_limits(counts)
    if compiler == written_by:
        if not has_highway(counts):
            why = "PROGRAM was built without Highway; run ci/setup test"
            found += [f"required, but {why}"] if required() else []
            print(f"skipped: {len(table) - len(without_highway(table))} entries: {why}")
            table = without_highway(table)
        found += differences(table, counts)
    else:
        print(f"the table is of compiler {written_by}: only the limits are checked")
    return report(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
