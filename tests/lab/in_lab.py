#!/usr/bin/env python3
"""Runs a GoogleTest program of the arm64 build in the lab, as a test.

  in_lab.py [--may-skip SUITE.TEST]... PROGRAM LAB-ARGUMENT...

The lab has the PMU that these programs need: where a test of theirs skips that --may-skip does not name, or none
ran, nothing was shown, and this fails. Ends with 77 ("skipped") where the lab or the program is not here.
"""
import argparse
import re
import subprocess
import sys

from requirements import LAB, missing, skip


def wrong_with(output, may_skip):
    """Why a program's output shows too little, "" if it does not. Pure."""
    if not re.search(r"^\[ +OK \]", output, re.MULTILINE):
        return "no test ran to its end"
    skipped = set(re.findall(r"^\[ +SKIPPED \] ([^\s,]+\.[^\s,]+)", output, re.MULTILINE)) - set(may_skip)
    return "skipped in the lab, which has to have what they need: " + ", ".join(sorted(skipped)) if skipped else ""


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--may-skip", action="append", default=[])
    parser.add_argument("program")
    parser.add_argument("lab", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    why = missing([options.program])
    if why:
        skip(why)
    lines = []
    with subprocess.Popen([LAB, *options.lab], stdout=subprocess.PIPE, text=True, errors="replace") as lab:
        for line in lab.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if lab.returncode != 0:
        return lab.returncode
    wrong = wrong_with("".join(lines), options.may_skip)
    if wrong:
        print(wrong)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
