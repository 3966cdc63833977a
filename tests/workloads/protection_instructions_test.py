#!/usr/bin/env python3
"""Instructions of calls with and without control-flow protection, against the committed table.

protection_instructions_test.py TABLE                    its ratios are what the protection is known to add
protection_instructions_test.py TABLE PROGRAM            and PROGRAM's counts are the table's, one by one
protection_instructions_test.py --update TABLE PROGRAM   writes PROGRAM's instruction sets into the table

PROGRAM runs here; what it prints in the lab is checked by workloads_in_lab_test.py. Counts belong to a
compiler: where PROGRAM was built by another than the table, only the ratios are checked. Ends with 77
("skipped") where a process may not step through its child.
"""
import subprocess
import sys

# Protected by unprotected: the least and the most. One landing pad on a leaf of two instructions is 1.5.
RATIOS = {
    ("armv8.5-a", "standard"): {"fib": (1.03, 1.06), "deep": (1.15, 1.22), "leaf": (1.5, 1.5),
                                "virtual": (1.05, 1.2), "leaves": (1.1, 1.25)},
    ("armv8-a", "standard"): {"fib": (1.06, 1.11), "deep": (1.22, 1.32), "leaf": (1.5, 1.5)},
    ("armv8.5-a", "bti"): {"leaf": (1.5, 1.5)},
    ("armv8.5-a", "pac-ret"): {"fib": (1.02, 1.06), "leaf": (1, 1)},
    ("x86-64", "full"): {"fib": (1.03, 1.15), "deep": (1.05, 1.25), "leaf": (1.5, 1.5),
                         "virtual": (1.05, 1.25), "leaves": (1.05, 1.25)},
}


def parse(text):
    """(what the header says, {(case, size, isa, protection): instructions})"""
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    header = {line[0][2:]: line[1] for line in lines if line[0].startswith("# ") and len(line) == 2}
    return header, {tuple(line[:4]): int(line[4]) for line in lines if not line[0].startswith("#")}


def wrong_ratios(counts):
    found = []
    isas = {isa for _, _, isa, _ in counts}
    for (isa, protection), limits in RATIOS.items():
        for case, (least, most) in limits.items() if isa in isas else ():
            rows = [(key, count) for key, count in counts.items() if key[0] == case and key[2:] == (isa, protection)]
            if not rows:
                found.append(f"{case} {isa} {protection}: not counted")
            for key, count in rows:
                ratio = count / counts[(*key[:3], "none")]
                if not least <= ratio <= most:
                    found.append(f"{' '.join(key)}: {ratio:.3f} times as many as without, not {least} to {most}")
    # Every call has its pad or its signature: protection never takes fewer.
    return found + [f"{' '.join(key)}: {count}, fewer than without" for key, count in counts.items()
                    if count < counts[(*key[:3], "none")]]


def differences(table, counts):
    isas = {isa for _, _, isa, _ in counts}
    known = {key: count for key, count in table.items() if key[2] in isas}
    found = [f"{' '.join(key)}: {counts.get(key)} instead of {count}"
             for key, count in known.items() if counts.get(key) != count]
    return found + [f"{' '.join(key)}: not in the table" for key in counts if key not in known]


def check(file, printed):
    """What is wrong with what the program printed."""
    with open(file) as text:
        written_by, table = parse(text.read())
    header, counts = parse(printed)
    print(f"{len(counts)} counts, compiler {header['compiler']}; landing pads: {header['landing pads']}; "
          f"return addresses: {header['return addresses']}")
    if not counts:
        return ["nothing was counted"]
    if header["compiler"] == written_by["compiler"]:
        return wrong_ratios(counts) + differences(table, counts)
    print(f"the table is of compiler {written_by['compiler']}: only the ratios are checked")
    return wrong_ratios(counts)


def update(file, printed):
    header, counts = parse(printed)
    with open(file) as text:
        _, table = parse(text.read())
    isas = {isa for _, _, isa, _ in counts}
    counts.update({key: count for key, count in table.items() if key[2] not in isas})
    with open(file, "w") as text:
        text.write(f"# compiler\t{header['compiler']}\n# case\tsize\tisa\tprotection\tinstructions of a call\n")
        by_isa = sorted(counts.items(), key=lambda row: row[0][2])
        text.writelines("\t".join((*key, str(count))) + "\n" for key, count in by_isa)


def main(arguments):
    file, *program = [a for a in arguments if a != "--update"]
    if program:
        done = subprocess.run([program[0], "--steps"] if len(program) == 1 else program, capture_output=True,
                              text=True, timeout=250, check=False)
        if done.returncode == 2 and "ptrace" in done.stderr:
            print(f"skipped: {done.stderr}")
            return 77
        if done.returncode != 0:
            print(done.stdout + done.stderr)
            return 1
        if "--update" in arguments:
            update(file, done.stdout)
        found = check(file, done.stdout)
    else:
        with open(file) as text:
            found = wrong_ratios(parse(text.read())[1])
    print("\n".join(found) or "all as they have to be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
