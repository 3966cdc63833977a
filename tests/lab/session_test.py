"""What the lab says of a guest that failed, from the console's lines alone."""
import io
import tarfile
import unittest

import requirements  # noqa: F401
from lab import guest, session
from lab.errors import SetupFailed, WrongUse


class DiagnoseTest(unittest.TestCase):
    def said(self, status=0, console=(), qemu=()):
        return str(session.diagnose(status, list(console), list(qemu)))

    def test_a_panic_is_quoted(self):
        self.assertIn("Attempted to kill init", self.said(
            console=["x", "[ 1.0] Kernel panic - not syncing: Attempted to kill init!", "Call trace:"]))

    def test_too_little_memory_has_a_remedy(self):
        self.assertIn("--mem", self.said(console=["Initramfs unpacking failed: write error", "Kernel panic - x"]))

    def test_qemus_own_words(self):
        self.assertIn("no such CPU", self.said(status=1, qemu=["no such CPU"]))

    def test_silence(self):
        self.assertIn("printed nothing", self.said())


class ResultTest(unittest.TestCase):
    def archive(self, files):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return out

    def test_the_status_is_read(self):
        self.assertEqual(session.result_status(self.archive({guest.STATUS_FILE: b"42\n"})), 42)

    def test_a_setup_that_failed_is_no_status_of_the_command(self):
        with self.assertRaisesRegex(SetupFailed, "setup ended with 1"):
            session.result_status(self.archive({guest.STATUS_FILE: f"{guest.SETUP_FAILED} 1\n".encode()}))

    def test_no_whole_archive_is_no_status(self):
        whole = self.archive({"big": b"x" * 5000, guest.STATUS_FILE: b"0\n"}).getvalue()
        for data in (b"", whole[:3000], b"garbage" * 200):
            self.assertIsNone(session.result_status(io.BytesIO(data)))


class MemoryTest(unittest.TestCase):
    def test_files_must_fit(self):
        self.assertGreaterEqual(session.memory_needed(300 << 20), 600)
        self.assertLess(session.memory_needed(2 << 20), 512)

    def test_pairs(self):
        self.assertEqual(guest.split_pair("a:b"), ("a", "b"))
        for wrong in ("a", ":b", "a:", ""):
            with self.assertRaises(WrongUse):
                guest.split_pair(wrong)


if __name__ == "__main__":
    unittest.main()
