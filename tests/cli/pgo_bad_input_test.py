#!/usr/bin/env python3
"""What `pmubench pgo` says to input that cannot work: each refusal names what to do."""
import os
import pathlib
import shutil
import signal
import subprocess

from pgo_tool import BUILD, TARGET, TOOL, PgoTest, main, ran

JIT_TARGET = BUILD / "tests/branches/jit_target"
NOBODY = 65534


def with_machine(program, copy, machine):
    """A copy of an ELF file that claims to be of another architecture; its build id stays."""
    data = bytearray(program.read_bytes())
    data[18:20] = machine.to_bytes(2, "little")
    copy.write_bytes(data)


class Binaries(PgoTest):
    def test_stripped(self):
        program = self.folder / "app"
        shutil.copy(TARGET, program)
        subprocess.run(["strip", program], check=True)
        profile = self.recorded(program, 100)
        self.assert_refused(self.pgo("export", "--for", "bolt", "--binary", program, profile),
                            "is stripped", "profile the binary before `strip`")

    def test_no_debug_information(self):
        profile = self.recorded(TARGET, 100)
        program = self.folder / "app"
        subprocess.run(["strip", "--strip-debug", TARGET, "-o", program], check=True)
        self.assert_refused(self.pgo("export", "--for", "llvm", "--binary", program, profile),
                            "has no debug information", "-g1 -fdebug-info-for-profiling")

    def test_debug_information_that_autofdo_cannot_read(self):
        profile = self.recorded(TARGET, 100)
        self.assert_refused(self.pgo("export", "--for", "autofdo", "--binary", TARGET, profile),
                            "DWARF 5", "-gdwarf-4")

    def test_changed_since_the_recording(self):
        program = self.folder / "app"
        shutil.copy(TARGET, program)
        profile = self.recorded(program, 100)
        program.unlink()
        shutil.copy(JIT_TARGET, program)
        self.assert_refused(self.pgo("export", "--for", "bolt", "--binary", program, profile),
                            "was changed since the recording", "record again")

    def test_not_a_binary(self):
        profile = self.recorded(TARGET, 100)
        script = self.folder / "app.sh"
        script.write_text("#!/bin/sh\n")
        self.assert_refused(self.pgo("export", "--for", "bolt", "--binary", script, profile), "not an ELF binary")
        self.assert_refused(self.pgo("export", "--for", "bolt", "--binary", "/nowhere", profile), "/nowhere")

    def test_profile_of_another_architecture(self):
        profile = self.recorded(TARGET, 100)
        program = self.folder / "branch_target"
        aarch64, x86_64 = 183, 62
        here = int.from_bytes(TARGET.read_bytes()[18:20], "little")
        with_machine(TARGET, program, aarch64 if here == x86_64 else x86_64)
        self.assert_refused(self.pgo("export", "--for", "bolt", "--binary", program, profile),
                            "aarch64", "x86-64", "record on the architecture")

    def test_another_program_than_the_recorded_one(self):
        profile = self.recorded(TARGET, 100)
        self.assert_refused(self.pgo("export", "--for", "bolt", "--binary", TOOL, profile),
                            "holds nothing of", "--binary")


class Recordings(PgoTest):
    def test_process_that_ends_at_once(self):
        done = self.pgo("record", "--source", "software", "--interval", "5000000", "--", "true")
        self.skip_without_ptrace(done)
        self.assert_refused(done, "nothing was recorded", "more work", "--interval")

    def test_code_made_at_run_time(self):
        done = self.pgo("record", "--source", "software", "--", JIT_TARGET, "300")
        self.skip_without_ptrace(done)
        self.assertIn("no binary to optimise", done.stderr, done.stdout)
        self.assertIn("JIT", done.stdout + done.stderr)

    def test_command_that_is_not_there(self):
        self.assert_refused(self.pgo("record", "--source", "software", "--", "/nowhere/at/all"), "/nowhere/at/all",
                            "check the path")

    def test_nothing_to_record(self):
        self.assert_refused(self.pgo("record"), "-- COMMAND")

    def test_ptrace_refused(self):
        """A process of another user, or the first one: the message has yama's value and what to do."""
        if os.geteuid() == 0:
            other = subprocess.Popen(["sleep", "60"])
            self.addCleanup(other.wait)
            self.addCleanup(other.send_signal, signal.SIGKILL)
            os.chmod(self.folder, 0o777)
            # The build may lie where only root may go.
            tool = shutil.copy(TOOL, self.folder)
            done = ran(tool, "pgo", "record", "--source", "software", "--pid", other.pid, cwd=self.folder,
                       user=NOBODY, group=NOBODY, extra_groups=[])
        else:
            done = self.pgo("record", "--source", "software", "--pid", 1)
        yama = pathlib.Path("/proc/sys/kernel/yama/ptrace_scope")
        value = f"ptrace_scope is {yama.read_text().strip()}" if yama.exists() else "no yama"
        self.assert_refused(done, "was refused", value, code=3)

    def test_no_such_source(self):
        self.assert_refused(self.pgo("record", "--source", "lbrr", "--", "true"), "no branch source", "software")


class Profiles(PgoTest):
    def test_broken_files(self):
        broken = self.folder / "broken"
        for content in (b"", b"hello\n", TARGET.read_bytes()[:4000]):
            broken.write_bytes(content)
            done = self.pgo("export", "--for", "bolt", "--binary", TARGET, broken)
            self.assert_refused(done, "broken")
        self.assert_refused(self.pgo("export", "--for", "bolt", "/nowhere/at/all"), "/nowhere/at/all")
        self.assert_refused(self.pgo("export", "--for", "bolt", self.folder), "")

    def test_text_without_addresses(self):
        text = self.folder / "script"
        text.write_text("app 7 main+0x12/loop+0x3/P/-/-/1\n")
        self.assert_refused(self.pgo("record", "--import", text), "-F pid,ip,brstack")
        text.write_text("")
        self.assert_refused(self.pgo("record", "--import", text), "holds no branch stack")

    def test_unknown_format(self):
        self.assert_refused(self.pgo("export", "--for", "gcov", self.folder), "llvm, bolt, autofdo or text")


class Runs(PgoTest):
    def test_wrong_use(self):
        self.assert_refused(self.pgo("run", "--run", "{binary}"), "--build or --cmake")
        self.assert_refused(self.pgo("run", "--build", "true {out}", "--run", "./app"), "{binary}")

    def test_missing_llvm_names_its_packages(self):
        self.assert_refused(self.pgo("run", "--build", "true {out}", "--run", "{binary}", "--llvm", "3"),
                            "apt-get install clang-3")


if __name__ == "__main__":
    main(TOOL, TARGET, JIT_TARGET, "strip")
