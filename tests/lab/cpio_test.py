"""The archive that the kernel unpacks: written, read back, and taken by cpio(1) where it is here."""
import shutil
import stat
import subprocess
import tempfile
import unittest

from requirements import skip_test  # finds the package
from lab import cpio


class CpioTest(unittest.TestCase):
    FILES = {"init": cpio.file(b"#!/bin/sh\n", executable=True), "a/b/c": cpio.file(b"x" * 4097),
             "empty": cpio.file(b""), "link": cpio.link("a/b"), "a/odd": cpio.file(b"\0\1\2")}

    def test_round_trip(self):
        back = cpio.read(cpio.write(self.FILES))
        for path, entry in self.FILES.items():
            self.assertEqual(back[path], entry, path)

    def test_folders_come_before_what_is_in_them(self):
        order = list(cpio.read(cpio.write(self.FILES)))
        self.assertLess(order.index("a"), order.index("a/b"))
        self.assertLess(order.index("a/b"), order.index("a/b/c"))
        self.assertTrue(stat.S_ISDIR(cpio.read(cpio.write(self.FILES))["a/b"].mode))

    def test_modes(self):
        back = cpio.read(cpio.write(self.FILES))
        self.assertEqual(back["init"].mode, 0o100755)
        self.assertEqual(back["empty"].mode, 0o100644)
        self.assertTrue(stat.S_ISLNK(back["link"].mode))

    def test_a_damaged_archive_is_refused(self):
        archive = cpio.write(self.FILES)
        with self.assertRaises(ValueError):
            cpio.read(archive[:200])
        with self.assertRaises(ValueError):
            cpio.read(b"x" + archive)

    def test_cpio_takes_it(self):
        if not shutil.which("cpio"):
            skip_test(self, "cpio is not installed")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cpio", "-i", "--quiet"], input=cpio.write(self.FILES), cwd=folder, check=True)
            with open(folder + "/a/b/c", "rb") as f:
                self.assertEqual(f.read(), b"x" * 4097)


if __name__ == "__main__":
    unittest.main()
