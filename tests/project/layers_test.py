#!/usr/bin/env python3
"""A part never includes one that stands after it, and only counters/ calls perf_event_open.

layers_test.py SOURCE-FOLDER
"""
import pathlib
import re
import sys

AFTER = {
    "platform": {"catalogue", "planner", "counters", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "catalogue": {"counters", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "planner": {"platform", "counters", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "counters": {"catalogue", "planner", "validate", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "validate": {"planner", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "bandwidth": {"runner", "fleet", "cli"},
    "branches": {"runner", "fleet", "cli"},
    "runner": {"fleet", "cli"},
    "fleet": {"cli"},
}


def main(source):
    harness = pathlib.Path(source, "harness")
    found = []
    for file in sorted(p for suffix in ("*.cc", "*.h") for p in harness.rglob(suffix)):
        part = file.relative_to(harness).parts[0]
        text = file.read_text()
        for used in re.findall(r'#include "(\w+)/', text):
            if used in AFTER.get(part, ()):
                found.append(f"{file}: {part} includes {used}, which stands after it")
        if part != "counters" and re.search(r"SYS_perf_event_open|syscall\(.*perf_event_open", text):
            found.append(f"{file}: calls perf_event_open outside counters/")
    print("\n".join(found) or "every part uses only what stands before it")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
