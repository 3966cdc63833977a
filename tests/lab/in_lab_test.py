"""What in_lab.py makes of the output of a GoogleTest program."""
import unittest

from in_lab import wrong_with

RAN = "[ RUN      ] Core.Counts\n[       OK ] Core.Counts (3 ms)\n"
SKIPPED = "[ RUN      ] Core.Reads\na.cc:7: Skipped\nno core PMU\n\n[  SKIPPED ] Core.Reads (0 ms)\n"
OF_A_TABLE = "[  SKIPPED ] All/Table.Agrees/armv8, where GetParam() = \"armv8\" (0 ms)\n"
SUMMARY = "[  SKIPPED ] 1 test, listed below:\n[  SKIPPED ] Core.Reads\n"


class OutputTest(unittest.TestCase):
    def test_all_ran(self):
        self.assertEqual(wrong_with(RAN, []), "")

    def test_a_skipped_test_is_named_once(self):
        self.assertRegex(wrong_with(RAN + SKIPPED + SUMMARY, []), r"need: Core\.Reads$")
        self.assertRegex(wrong_with(RAN + OF_A_TABLE, []), r"need: All/Table\.Agrees/armv8$")

    def test_what_may_skip(self):
        self.assertEqual(wrong_with(RAN + SKIPPED + SUMMARY, ["Core.Reads"]), "")
        self.assertIn("Core.Reads", wrong_with(RAN + SKIPPED + SUMMARY, ["Core.Counts"]))

    def test_nothing_ran(self):
        self.assertEqual(wrong_with("", []), "no test ran to its end")
        self.assertEqual(wrong_with(SKIPPED + SUMMARY, ["Core.Reads"]), "no test ran to its end")


if __name__ == "__main__":
    unittest.main()
