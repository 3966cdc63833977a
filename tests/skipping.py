"""How a test that cannot run here ends: as skipped (77), except where PMUBENCH_LAB_REQUIRED is set: there it fails."""
import os
import re
import sys

SKIPPED = 77
_CAP_SYS_ADMIN = 21


def required():
    return bool(os.environ.get("PMUBENCH_LAB_REQUIRED"))


def skip(why, provided=True):
    """Ends the program. provided: whether ci/test can see to what is missing; what it cannot, skips there too."""
    fails = required() and provided
    print(("required, but " if fails else "skipped: ") + why, flush=True)
    sys.exit(1 if fails else SKIPPED)


def skip_test(test, why, provided=True):
    """The same for one test of a unittest.TestCase."""
    if required() and provided:
        test.fail("required, but " + why)
    test.skipTest(why)


def skip_where_counting_is_forbidden(test, done):
    """done: a finished pmubench that asked for software events of the kernel."""
    if done.returncode == 3 and re.search("is not permitted: perf_event_paranoid|perf_event_open is refused", done.stderr):
        skip_test(test, done.stderr.strip(), provided=may_administer())


def may_administer():
    """CAP_SYS_ADMIN, to mount and to count all CPUs: root of a container may lack it, and ci/test cannot give it."""
    with open("/proc/self/status", encoding="ascii") as status:
        effective = next(line.split()[1] for line in status if line.startswith("CapEff:"))
    return bool(int(effective, 16) >> _CAP_SYS_ADMIN & 1)
