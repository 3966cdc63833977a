"""Boots guests: output, exit codes, files, and every way in which a guest can fail."""
import os
import subprocess
import tempfile
import time
import unittest

from requirements import LAB, missing, skip


# A boot takes 2 s, but a host that is busy with other work may need a hundred times that.
os.environ.setdefault("PMUBENCH_LAB_TIMEOUT", "400")


def lab(*arguments):
    return subprocess.run([LAB, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def ended_children(pid):
    """Children of a process that have ended and for which it has not waited yet."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        children = f.read().split()
    out = []
    for child in children:
        try:
            with open(f"/proc/{child}/stat", encoding="ascii") as f:
                if f.read().rsplit(")", 1)[1].split()[0] == "Z":
                    out.append(int(child))
        except FileNotFoundError:
            pass
    return out


class BootTest(unittest.TestCase):
    def test_check(self):
        done = lab("check")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("6 general counters", done.stdout)

    def test_a64fx_has_eight_counters(self):
        done = lab("check", "--cpu", "a64fx")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("8 general counters", done.stdout)

    def test_words_files_and_the_exit_code_arrive_as_they_are(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(folder + "/in/deep")
            with open(folder + "/in/deep/data", "wb") as f:
                f.write(bytes(range(256)) * 1000)
            done = lab("run", "--put", f"{folder}/in:/data", "--get", f"/root/out:{folder}/out",
                       "--get", f"copy:{folder}/copy", "--",
                       "sh", "-c", 'mkdir -p out/sub; cp /data/deep/data copy; echo "$1" >out/sub/word; '
                       'echo "$2"; echo problem >&2; exit 42', "sh", "two  words", "$HOME 'quoted'")
            self.assertEqual(done.returncode, 42, done.stderr)
            self.assertEqual(done.stdout, "$HOME 'quoted'\n")
            self.assertEqual(done.stderr, "problem\n")
            with open(folder + "/out/sub/word", encoding="ascii") as f:
                self.assertEqual(f.read(), "two  words\n")
            with open(folder + "/copy", "rb") as f:
                self.assertEqual(f.read(), bytes(range(256)) * 1000)

    def test_a_reader_that_comes_late_loses_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["run", "--get", f"big:{folder}/big", "--",
                         "sh", "-c", "head -c 3000000 /dev/zero >big; tr '\\0' x <big; echo end"]
            with subprocess.Popen([LAB, *arguments], stdout=subprocess.PIPE) as running:
                # The lab cannot write more than the pipe holds: the guest powers off by itself meanwhile.
                while running.poll() is None and not ended_children(running.pid):
                    time.sleep(0.05)
                out = running.stdout.read()
            self.assertEqual(running.returncode, 0)
            self.assertEqual((len(out), out[-5:]), (3000004, b"xend\n"))
            self.assertEqual(os.path.getsize(folder + "/big"), 3000000)

    def test_several_cpus(self):
        self.assertEqual(lab("run", "--smp", "2", "--", "nproc").stdout, "2\n")

    def test_a_command_that_is_not_there(self):
        done = lab("run", "--", "no-such-command")
        self.assertEqual(done.returncode, 127)
        self.assertIn("copy it there with --program", done.stderr)

    def test_a_setup_that_fails_runs_no_command(self):
        for setup in ("echo 1 >/proc/no-such-switch", "false; true"):
            done = lab("run", "--setup", setup, "--", "echo", "hello")
            self.assertEqual((done.returncode, done.stdout), (123, ""), done.stderr)
            self.assertIn("the guest's setup ended with 1", done.stderr)

    def test_a_file_that_was_not_written(self):
        done = lab("run", "--get", "nothing:/nowhere", "--", "true")
        self.assertEqual(done.returncode, 125)
        self.assertIn("the guest has no nothing", done.stderr)

    def test_time_out_says_what_was_printed_last(self):
        begin = time.monotonic()
        self.assertEqual(lab("run", "--", "true").returncode, 0)
        # A busy host boots slowly: the time allowed follows from what a boot takes here, now or, where that was not
        # enough, a moment later.
        boot = time.monotonic() - begin
        for allowed in (4 * boot, 30 * boot):
            done = lab("run", "--timeout", str(allowed), "--", "sh", "-c", "echo first; echo last words; sleep 1000")
            self.assertEqual(done.returncode, 124)
            if "last words" in done.stderr:
                break
        self.assertIn("still running the command", done.stderr)
        self.assertIn("last words", done.stderr)

    def test_a_panic_is_told(self):
        done = lab("run", "--", "sh", "-c", "echo c >/proc/sysrq-trigger")
        self.assertEqual(done.returncode, 125)
        self.assertIn("Kernel panic", done.stderr)

    def test_an_unknown_cpu_is_told(self):
        done = lab("run", "--cpu", "no-such-cpu", "--", "true")
        self.assertEqual(done.returncode, 125)
        self.assertIn("no-such-cpu", done.stderr)

    def test_wrong_use(self):
        for wrong in (["run"], ["run", "--put", "x", "--", "true"], ["run", "--icount", "fast", "--", "true"],
                      ["run", "--program", "/bin/sh", "--", "sh"], ["run", "--smp", "0", "--", "true"],
                      ["nothing"]):
            self.assertEqual(lab(*wrong).returncode, 2, wrong)


if __name__ == "__main__":
    REASON = missing()
    if REASON:
        skip(REASON)
    unittest.main()
