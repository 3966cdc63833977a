#!/usr/bin/env python3
"""Runs a program of the arm64 build in the lab, as a test: in_lab.py PROGRAM LAB-ARGUMENT...

Ends with 77 ("skipped") where the lab or the program is not here.
"""
import os
import sys

from requirements import LAB, missing, skip


def main():
    program, *arguments = sys.argv[1:]
    why = missing([program])
    if why:
        skip(why)
    os.execv(LAB, [LAB, *arguments])
    return 1


if __name__ == "__main__":
    sys.exit(main())
