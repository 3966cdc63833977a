"""The lab's command line."""
import argparse
import os
import signal
import sys
import time

from . import debian, guest, machine, results, selfcheck, session, uncore
from .errors import NOT_FOUND, LabError, WrongUse

_ABOUT = """\
Runs a command on an emulated arm64 server that has a real CPU PMU.

QEMU boots Debian's own arm64 kernel with its armv8_pmuv3 driver, in a few seconds and without any
rights. perf_event_open works there as on hardware: groups, rotation, pinning and refusals are the
kernel's own; cycles and retired instructions count for real, and the same at every run. Caches,
stalls and time are not modelled: such events open, and stay 0.

  ci/lab/lab run -- uname -a
  ci/lab/lab run --program build/arm64/bin/pmubench -- pmubench doctor
  ci/lab/lab run --cpu a64fx --program BENCH --get out.json:out.json -- BENCH --benchmark_out=out.json
"""

_RUN = """\
Boots a guest, runs COMMAND in it, and brings its output and files back.

The command is run as it stands, not by a shell: for one, write  -- sh -c 'a && b'. It starts in
/root as root with no input; relative guest paths are below /root; /bin has busybox's tools. Its
standard output and standard error come out here, byte by byte, each on its own.

Exit code: the command's own; 2 wrong use, 3 this host cannot (QEMU or Debian's packages missing),
123 the text of --setup failed, 124 the time was up, 125 the guest failed (a panic, out of memory), 127 no such command.
"""

_EXEC = """\
Runs one arm64 program of this host in a guest:  run --program PROGRAM -- PROGRAM ARGUMENT...
CMake runs cross-built tests by it (CMAKE_CROSSCOMPILING_EMULATOR).
"""


def _add_machine_options(parser):
    parser.add_argument("--cpu", default="neoverse-n1", metavar="MODEL",
                        help="neoverse-n1 (6 general counters and the cycle counter; default), a64fx (8 and 1), "
                             "max, or another model of QEMU's")
    parser.add_argument("--smp", type=int, default=1, metavar="N", help="CPUs (default 1)")
    parser.add_argument("--mem", type=int, default=512, metavar="MIB",
                        help="memory, which also holds the files put there (default 512)")
    parser.add_argument("--sockets", type=int, default=1, metavar="N", help="of which so many sockets (default 1)")
    parser.add_argument("--icount", metavar="SHIFT|off",
                        help="an instruction takes 2^SHIFT ns of guest time (default 2: 4 cycles at 1 GHz; with a mesh "
                             "or memory controllers off); off: faster, guest time is host time, instructions are not "
                             "counted")
    parser.add_argument("--mesh", action="append", default=[], metavar="NAME",
                        help="a CMN mesh, arm_cmn_0 and on: small, altra, cmn700, random:SEED:CONTROLLERS or a JSON file")
    parser.add_argument("--controller", action="append", default=[], metavar="KIND",
                        help="a memory controller with counters of its own: " + ", ".join(uncore.KINDS))
    parser.add_argument("--traffic", metavar="FILE", help="what they count: lines of ci/lab/tools/player/main.cc")
    parser.add_argument("--cache-model", type=int, default=0, metavar="KIB",
                        help="a last-level cache of this size: the guest's own loads and stores that miss it are bytes "
                             "of the traffic's counters @0 (read) and @1 (written)")
    parser.add_argument("--append", default="", metavar="ARGS", help="more arguments for the kernel")
    parser.add_argument("--timeout", type=float, default=os.environ.get("PMUBENCH_LAB_TIMEOUT") or 120, metavar="S",
                        help="end the guest after S seconds of this host (default $PMUBENCH_LAB_TIMEOUT or 120)")
    parser.add_argument("--verbose", action="store_true", help="show the guest's console too, on standard error")


def _add_file_options(parser):
    parser.add_argument("--put", action="append", default=[], metavar="HOST:GUEST",
                        help="copy a file or a folder into the guest before it starts")
    parser.add_argument("--get", action="append", default=[], metavar="GUEST:HOST",
                        help="copy a file or a folder out after the command, whatever its exit code")
    parser.add_argument("--program", action="append", default=[], metavar="FILE",
                        help="copy an arm64 program to /bin (a shared library to /lib) with all libraries it needs")
    parser.add_argument("--setup", default="", metavar="SHELL",
                        help="shell text to run first, e.g. 'echo 1 >/proc/sys/kernel/perf_user_access'; where a line of "
                             "it fails, COMMAND is not run")


def _parser():
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="lab", description=_ABOUT, formatter_class=plain, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    run = verbs.add_parser("run", help="run a command in a guest", description=_RUN, formatter_class=plain,
                           usage="lab run [OPTION]... -- COMMAND [ARGUMENT]...", allow_abbrev=False)
    _add_machine_options(run)
    _add_file_options(run)
    run.add_argument("command", nargs="*", help=argparse.SUPPRESS)

    execute = verbs.add_parser("exec", help="run an arm64 program of this host in a guest", description=_EXEC,
                               formatter_class=plain, usage="lab exec [OPTION]... PROGRAM [ARGUMENT]...",
                               allow_abbrev=False)
    _add_machine_options(execute)
    _add_file_options(execute)
    execute.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)

    fetch = verbs.add_parser("fetch", help="fetch the guest's kernel and busybox into the cache",
                             description="Fetches Debian's arm64 kernel and busybox (60 MB) into "
                             "$PMUBENCH_LAB_CACHE, by default ~/.cache/pmubench-lab; `run` does it by itself.")
    fetch.add_argument("--update", action="store_true", help="also where an older kernel is there")

    check = verbs.add_parser("check", help="show that the lab works here, PMU included",
                             description="Boots a guest and checks what the lab promises.")
    _add_machine_options(check)
    return parser


def _split(argv):
    """(options, command after --), so that the command's own options are left alone."""
    return (argv[:argv.index("--")], argv[argv.index("--") + 1:]) if "--" in argv else (argv, [])


def machine_of(options):
    """The Machine of the command line's options."""
    if options.smp < 1 or options.mem < 256 or options.timeout <= 0:
        raise WrongUse("--smp is at least 1, --mem at least 256, --timeout more than 0")
    devices = _devices_of(options)
    # The player moves the counters by the host's time, which has to be the guest's.
    icount = options.icount or ("off" if devices else machine.DEFAULT_ICOUNT)
    if devices and icount != "off":
        raise WrongUse("a mesh needs guest time that is host time", "leave --icount off")
    return machine.Machine(cpu=options.cpu, smp=options.smp, sockets=options.sockets, mem_mib=options.mem,
                           icount=machine.parse_icount(icount), append=options.append, uncore=devices)


def _devices_of(options):
    if not options.mesh and not options.controller:
        return None
    lines = []
    if options.traffic:
        try:
            with open(options.traffic, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except OSError as e:
            raise WrongUse(f"cannot read {options.traffic}: {e.strerror}") from e
    return uncore.Uncore(options.mem, options.mesh, options.controller, lines, options.cache_model)


def _run(options, command):
    if not command:
        raise WrongUse("no command given", "write it after --:  ci/lab/lab run -- uname -a")
    emulated = machine_of(options)
    machine.qemu()
    gets = [guest.split_pair(pair) for pair in options.get]
    puts = [guest.split_pair(pair) for pair in options.put]
    fetched = debian.fetch()
    files = guest.files(fetched, command, puts, options.program, [path for path, _host in gets], options.setup,
                        emulated.uncore)
    done = session.run(emulated, fetched.kernel, files, options.timeout, options.verbose)
    if done.status == NOT_FOUND:
        print(f"lab: the guest could not start {command[0]!r}: copy it there with --program or --put",
              file=sys.stderr)
    if gets:
        results.extract(done.result, gets)
    return done.status


def _exec(options, _command):
    if not options.command:
        raise WrongUse("no program given", "write:  ci/lab/lab exec PROGRAM [ARGUMENT]...")
    program, *arguments = options.command
    options.program.append(program)
    return _run(options, [os.path.basename(program), *arguments])


def _fetch(options, _command):
    begin = time.monotonic()
    fetched = debian.fetch(update=options.update)
    print(f"{fetched.folder}: kernel {fetched.release} ({time.monotonic() - begin:.1f} s)")
    return 0


def _check(options, _command):
    return selfcheck.run(machine_of(options), options.timeout, options.verbose)


def _stop(number, _frame):
    # Leaves by the way of an exception, so that QEMU ends and temporary files go.
    raise SystemExit(128 + number)


def main(argv):
    """Runs the command line and returns its exit code."""
    signal.signal(signal.SIGTERM, _stop)
    verbs = {"run": _run, "exec": _exec, "fetch": _fetch, "check": _check}
    is_exec = argv[:1] == ["exec"]
    before, command = (argv, []) if is_exec else _split(argv)
    try:
        options = _parser().parse_args(before)
        if options.verb == "run":
            command = options.command + command
        return verbs[options.verb](options, command)
    except LabError as e:
        print(f"lab: {e}", file=sys.stderr)
        return e.code
    except KeyboardInterrupt:
        print("lab: interrupted, the guest is gone", file=sys.stderr)
        return 130
