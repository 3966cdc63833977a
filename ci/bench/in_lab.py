"""Runs measure_turns on the host and in the lab's guest, for the benches that compare ways to share counters."""
import argparse
import json
import os
import subprocess
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CPUS = {"neoverse-n1": 6, "a64fx": 8}


def parser(about, seconds):
    result = argparse.ArgumentParser(description=about, formatter_class=argparse.RawTextHelpFormatter)
    result.add_argument("--build", default="build/release", help="build tree of this host (default build/release)")
    result.add_argument("--arm64", default="build/arm64", help="build tree of the preset arm64")
    result.add_argument("--cpu", default="neoverse-n1", choices=CPUS, help="6 or 8 general counters")
    result.add_argument("--seconds", default=seconds, type=float, help="of the guest, each run (default %(default)s)")
    return result


def build(*trees):
    for tree in trees:
        subprocess.run(["cmake", "--build", tree, "--target", "measure_turns"], check=True, stdout=subprocess.DEVNULL)


def on_host(tree, *arguments):
    done = subprocess.run([f"{tree}/bench/measure_turns", *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def in_guest(args, *arguments, file=None):
    """The JSON that measure_turns prints; `file` is copied there as g.json."""
    with tempfile.TemporaryDirectory() as folder:
        put = []
        if file is not None:
            path = os.path.join(folder, "g.json")
            with open(path, "w", encoding="utf-8") as out:
                json.dump(file, out)
            put = ["--put", f"{path}:/root/g.json"]
        done = subprocess.run(
            [os.path.join(SOURCE, "ci/lab/lab"), "run", "--cpu", args.cpu, "--timeout", "1800", *put, "--program",
             f"{args.arm64}/bench/measure_turns", "--", "measure_turns", *arguments],
            check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)
