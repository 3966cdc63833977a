#!/usr/bin/env python3
"""`pmubench control` on a real kernel, as root of the emulated machine: changed, put back, after a kill -9 too.
machine_control_lab_test.py ARM64-BUILD-FOLDER"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
from requirements import LAB, missing, skip  # noqa: E402

SHOW = r"""
show() {
  printf '"%s": {' "$1"
  for file in /proc/sys/kernel/randomize_va_space /proc/sys/kernel/perf_event_paranoid /proc/sys/vm/nr_hugepages \
    /sys/kernel/mm/transparent_hugepage/enabled; do
    printf '"%s": "%s", ' "${file##*/}" "$(cat $file)"
  done
  printf '"partition": "%s", ' "$(cat /sys/fs/cgroup/pmubench/cpuset.cpus.partition 2>/dev/null)"
  printf '"cpus": "%s"},\n' "$(grep Cpus_allowed_list /proc/self/status | cut -f2)"
}
"""
DURING = SHOW + "show during > during.json\nexit 7\n"
SCRIPT = SHOW + r"""
mkdir -p /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
all=aslr=off,perf_event_paranoid=-1,huge_pages=3,transparent_huge_pages=madvise,isolated_cpus=1
{
  echo '{'
  show before
  pmubench control --set $all -- sh /root/during >&2
  printf '"code": %s,\n' $?
  show after
  pmubench control --set $all -- sh -c 'kill -9 $PPID' >&2
  tries=0
  while [ -e /run/pmubench/control.json ] && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  show killed
  cat during.json
  echo '"end": 0 }'
} > out.json
"""


def main():
    tool = os.path.join(sys.argv[1], "bin/pmubench")
    why = missing([tool])
    if why:
        skip(why)
    with tempfile.TemporaryDirectory() as folder:
        put = []
        for name, text in (("script", SCRIPT), ("during", DURING)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
            put += ["--put", f"{folder}/{name}:/root/{name}"]
        done = subprocess.run([LAB, "run", "--smp", "2", "--timeout", "400", "--program", tool, *put, "--get",
                               f"out.json:{folder}/out.json", "--", "sh", "script"],
                              check=False, capture_output=True, text=True)
        print(done.stderr)
        with open(os.path.join(folder, "out.json"), encoding="utf-8") as file:
            text = file.read()
    print(text)
    seen = json.loads(text)
    during = seen["during"]
    assert (during["randomize_va_space"], during["perf_event_paranoid"], during["nr_hugepages"]) == ("0", "-1", "3")
    assert "[madvise]" in during["enabled"]
    assert during["partition"] == "isolated" and during["cpus"] == "1", during
    assert seen["code"] == 7, "the command's own exit code"
    assert seen["after"] == seen["before"]
    assert seen["killed"] == seen["before"]
    print("changed, and put back twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
