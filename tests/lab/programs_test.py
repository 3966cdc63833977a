"""A program is put into the guest with all that it needs, or with a word on what is missing."""
import os
import tempfile
import unittest

import requirements  # noqa: F401
from fake_elf import make
from lab import programs
from lab.errors import MachineCannot, WrongUse


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def guest_files(self, path):
        return set(programs.files_of(path, [os.path.join(self.folder, "lib")]))

    def test_libraries_of_libraries_come_along_once(self):
        self.write("lib/ld.so", make())
        self.write("lib/a.so", make(needed=("b.so", "ld.so")))
        self.write("lib/b.so", make(needed=("a.so",)))
        program = self.write("prog", make(interpreter="/lib/ld.so", needed=("a.so", "b.so")))
        self.assertEqual(self.guest_files(program), {"bin/prog", "lib/a.so", "lib/b.so", "lib/ld.so"})

    def test_the_run_path_comes_first(self):
        self.write("lib/a.so", make())
        mine = make() + b"mine"
        self.write("own/a.so", mine)
        program = self.write("prog", make(needed=("a.so",), run_path=("$ORIGIN/own",)))
        files = programs.files_of(program, [os.path.join(self.folder, "lib")])
        self.assertEqual(files["lib/a.so"].data, mine)

    def test_a_library_goes_to_lib(self):
        self.assertEqual(self.guest_files(self.write("libpre.so", make())), {"lib/libpre.so"})

    def test_a_missing_library_is_named_with_who_needs_it(self):
        program = self.write("prog", make(needed=("libgone.so.1",)))
        with self.assertRaisesRegex(MachineCannot, "prog needs libgone.so.1"):
            self.guest_files(program)

    def test_a_program_for_another_machine_is_refused(self):
        with self.assertRaisesRegex(WrongUse, "x86-64"):
            self.guest_files(self.write("prog", make(machine=62)))

    def test_what_is_no_program_is_refused(self):
        with self.assertRaisesRegex(WrongUse, "--put"):
            self.guest_files(self.write("script", b"#!/bin/sh\n"))
        with self.assertRaisesRegex(WrongUse, "cannot read"):
            self.guest_files(os.path.join(self.folder, "nothing"))


if __name__ == "__main__":
    unittest.main()
