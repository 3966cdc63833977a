#!/usr/bin/env python3
"""Other tools take what `pmubench pgo` writes: perf script, llvm-profgen and perf2bolt, a profile and a perf.data
file, of this machine and of the emulated arm64 one.   pgo_handoff_test.py native|arm64 [ARM64-BUILD]"""
import pathlib
import re
import subprocess
import sys

from pgo_tool import SOURCE, TARGET, TOOL, PgoTest, llvm_folder, main, ran

LLVM = llvm_folder()
LAB = SOURCE / "ci/lab/lab"
ARM64 = pathlib.Path("/nowhere")


class Handoff(PgoTest):
    def record(self):
        """Profile and perf.data file of the target, and the target."""
        profile = self.recorded(TARGET, 400, options=("--perf-data", "p.data", "--interval", 1000))
        return profile, self.folder / "p.data", TARGET

    def check_llvm_profile(self, done, path):
        self.assert_fine(done)
        shown = ran(f"{LLVM}/llvm-profdata", "show", "--sample", path)
        self.assertRegex(shown.stdout, r"Function: \S*Work", done.stderr + shown.stdout + shown.stderr)

    def check_fdata(self, done, path):
        self.assert_fine(done)
        text = path.read_text(errors="replace")
        self.assertRegex(text, r"(?m)^1 Work [0-9a-f]+ 1 (Often|Rare) 0 0 \d+", done.stdout + done.stderr)
        mismatch = re.search(r"mismatching disassembled function contents: \d+ \(([0-9.]+)%\)", done.stdout + done.stderr)
        self.assertTrue(mismatch is None or float(mismatch[1]) < 2, done.stdout + done.stderr)

    def test_profile(self):
        profile, _data, program = self.record()
        unsym, prof = self.folder / "p.unsym", self.folder / "p.prof"
        self.assert_fine(self.pgo("export", "--for", "llvm", "--binary", program, "-o", unsym, profile))
        self.check_llvm_profile(ran(f"{LLVM}/llvm-profgen", f"--binary={program}", f"--unsymbolized-profile={unsym}",
                                    f"--output={prof}"), prof)
        preagg, fdata = self.folder / "p.preagg", self.folder / "p.fdata"
        self.assert_fine(self.pgo("export", "--for", "bolt", "--binary", program, "-o", preagg, profile))
        # By its full path: Debian's link in /usr/bin starts another program.
        self.check_fdata(ran(f"{LLVM}/perf2bolt", program, "-pa", "-p", preagg, "-o", fdata), fdata)
        bolted = self.folder / "bolted"
        done = ran(f"{LLVM}/llvm-bolt", program, f"-data={fdata}", "-o", bolted, "-reorder-blocks=ext-tsp")
        self.assert_fine(done)
        self.assertIn("out of", done.stdout + done.stderr)
        self.runs(bolted)

    def runs(self, program):
        self.assertEqual(ran(program, 10).stdout, "done\n")

    def test_people_read_it(self):
        profile, _data, program = self.record()
        done = self.pgo("export", "--for", "text", "--binary", program, profile)
        self.assert_fine(done)
        self.assertRegex(done.stdout, r"Work\+0x[0-9a-f]+ -> Often\+0x0")

    def test_perf_data(self):
        _profile, data, program = self.record()
        stacks = ran("perf", "script", "-i", data, "-F", "pid,ip,brstack")
        self.assert_fine(stacks)
        self.assertGreater(len(re.findall(r"0x[0-9a-f]+/0x[0-9a-f]+/", stacks.stdout)), 500, stacks.stderr)
        prof = self.folder / "p.prof"
        self.check_llvm_profile(ran(f"{LLVM}/llvm-profgen", f"--binary={program}", f"--perfdata={data}",
                                    f"--output={prof}"), prof)
        fdata = self.folder / "p.fdata"
        self.check_fdata(ran(f"{LLVM}/perf2bolt", program, "-ignore-build-id", "-p", data, "-o", fdata), fdata)

    def test_perf_data_comes_back_the_same(self):
        profile, data, program = self.record()
        again = self.folder / "again.branches"
        self.assert_fine(self.pgo("record", "--import-data", data, "-o", again))
        texts = [self.pgo("export", "--for", "bolt", "--binary", program, path).stdout for path in (profile, again)]
        self.assertEqual(texts[0], texts[1])


class Arm64(Handoff):
    def record(self):
        tool, program = ARM64 / "bin/pmubench", ARM64 / "tests/branches/branch_target"
        profile, data = self.folder / "p.branches", self.folder / "p.data"
        # The build ids of mapped files are read in the guest, where the program is /bin/branch_target.
        subprocess.run([LAB, "run", "--timeout", "240", "--program", tool, "--program", program,
                        "--get", f"p.branches:{profile}", "--get", f"p.data:{data}", "--",
                        "pmubench", "pgo", "record", "--source", "software", "--interval", "1000", "--perf-data", "p.data",
                        "-o", "p.branches", "--", "/bin/branch_target", "200"], check=True)
        return profile, data, program

    def runs(self, program):
        done = ran(LAB, "exec", "--timeout", "240", program, 10)
        self.assertEqual(done.stdout, "done\n", done.stderr)

    # perf.data names the program by its path in the guest.
    test_perf_data_comes_back_the_same = None


if __name__ == "__main__":
    if sys.argv[1] == "arm64":
        ARM64 = pathlib.Path(sys.argv[2])
        sys.path.insert(0, str(SOURCE / "tests/lab"))
        from requirements import missing, skip
        why = missing([ARM64 / "bin/pmubench", ARM64 / "tests/branches/branch_target"])
        if why:
            skip(why)
        del Handoff
    else:
        del Arm64
    del sys.argv[1:]
    main(TOOL, TARGET, LLVM, LLVM and f"{LLVM}/llvm-bolt", "perf")
