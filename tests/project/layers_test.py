#!/usr/bin/env python3
"""A part never includes one that stands after it, and only counters/ calls perf_event_open.

layers_test.py SOURCE-FOLDER
"""
import pathlib
import re
import sys

AFTER = {
    "platform": {"catalogue", "planner", "counters", "validate", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "catalogue": {"planner", "counters", "validate", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "planner": {"platform", "counters", "validate", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "counters": {"catalogue", "planner", "validate", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "validate": {"planner", "bandwidth", "branches", "runner", "fleet", "cli", "reports"},
    "bandwidth": {"runner", "fleet", "cli", "reports"},
    "branches": {"runner", "fleet", "cli", "reports"},
    "runner": {"fleet", "cli"},
    "fleet": {"cli"},
    "reports": {"catalogue", "planner", "counters", "validate", "bandwidth", "branches", "runner", "fleet", "cli"},
}


def main(source):
    harness, reports = pathlib.Path(source, "harness"), pathlib.Path(source, "reports")
    found = []
    for file in sorted(p for top in (harness, reports) for suffix in ("*.cc", "*.h") for p in top.rglob(suffix)):
        part = "reports" if file.is_relative_to(reports) else file.relative_to(harness).parts[0]
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
