"""`lab check`: boots a guest and checks what the lab promises."""
import io
import re

from . import debian, guest, machine, session

_COMMAND = r"""
dmesg | grep -E 'PMU|perf'
ls -d /sys/bus/event_source/devices/armv8_pmuv3*
cat /sys/bus/event_source/devices/armv8_pmuv3*/events/cpu_cycles
echo to-stderr >&2
printf 'a\0b\n' >out.bin
exit 7
"""


def _checks(done, stdout, stderr, emulated):
    """(what, whether it holds, details) one after another."""
    yield "the command's exit code is passed on", done.status == 7, f"status {done.status}, wanted 7"
    yield "standard error comes apart", stderr == "to-stderr\n" and "to-stderr" not in stdout, repr(stderr)
    driver = re.search(r"enabled with (.*\S) PMU driver, (\d+) counters", stdout)
    yield ("the kernel has a CPU PMU", driver is not None,
           f"{emulated.cpu}: {driver.group(1)}, {int(driver.group(2)) - 1} general counters and the cycle counter"
           if driver else "no line of its driver in dmesg")
    yield "events are in sysfs", "event=0x0011" in stdout, stdout.strip().splitlines()[-1:]
    archive = io.BytesIO(done.result.read())
    yield "files come back whole", b"a\0b\n" in archive.getvalue(), ""


def run(emulated, timeout, verbose):
    """Prints one line a check; 0 if all hold, else 1."""
    print("QEMU:    ", machine.qemu())
    fetched = debian.fetch()
    print("kernel:  ", fetched.release, "from", fetched.folder)
    files = guest.files(fetched, ["sh", "-c", _COMMAND], gets=["out.bin"])
    stdout, stderr = io.BytesIO(), io.BytesIO()
    done = session.run(emulated, fetched.kernel, files, timeout, verbose, stdout, stderr)
    print(f"boot:     {done.seconds:.1f} s with {emulated}")
    good = True
    done.result.seek(0)
    for what, holds, details in _checks(done, stdout.getvalue().decode(), stderr.getvalue().decode(), emulated):
        print(f"{'ok' if holds else 'FAILED':8} {what}{': ' + str(details) if details and (not holds or 'PMU' in what) else ''}")
        good = good and holds
    return 0 if good else 1
