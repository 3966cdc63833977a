"""What the lab reads of a program, from files made for it and from the compiler's."""
import os
import shutil
import subprocess
import tempfile
import unittest

from fake_elf import make
from requirements import skip_test  # finds the package
from lab import elf

COMPILER = "aarch64-linux-gnu-gcc"


class ElfTest(unittest.TestCase):
    def test_a_dynamic_program(self):
        read = elf.parse(make(interpreter="/lib/ld.so", needed=("libx.so.1", "liby.so"), run_path=("$ORIGIN/a:/b",)))
        self.assertEqual(read.machine, "arm64")
        self.assertEqual(read.interpreter, "/lib/ld.so")
        self.assertEqual(read.needed, ("libx.so.1", "liby.so"))
        self.assertEqual(read.run_path, ("$ORIGIN/a", "/b"))
        self.assertTrue(read.dynamic)

    def test_a_static_program_needs_nothing(self):
        read = elf.parse(make())
        self.assertEqual((read.interpreter, read.needed), ("", ()))
        self.assertFalse(read.dynamic)

    def test_other_machines_are_named(self):
        self.assertEqual(elf.parse(make(machine=62)).machine, "x86-64")

    def test_what_is_no_elf_is_refused(self):
        for data in (b"", b"#!/bin/sh\n", make()[:70], make(bits=1), b"\x7fELF"):
            with self.assertRaises(ValueError):
                elf.parse(data)

    def test_the_cross_compilers_own_program(self):
        if not shutil.which(COMPILER):
            skip_test(self, COMPILER + " is not installed")
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "p")
            subprocess.run([COMPILER, "-x", "c", "-", "-o", program], input=b"int main(void) { return 0; }", check=True)
            with open(program, "rb") as f:
                read = elf.parse(f.read())
            self.assertEqual(read.interpreter, "/lib/ld-linux-aarch64.so.1")
            self.assertEqual(read.needed, ("libc.so.6",))


if __name__ == "__main__":
    unittest.main()
