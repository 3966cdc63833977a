#!/usr/bin/env python3
"""Every command that messages and documents tell people to give exists, with its options.

named_commands_test.py TOOL SOURCE-FOLDER
"""
import functools
import pathlib
import re
import subprocess
import sys
import unittest

TOOL, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
del sys.argv[1:]
# In `...`, or where a line starts; what follows a bare -- is another's.
NAMED = re.compile(r"(?:`|^[ ]*(?:\$ )?(?:sudo )?)(?:build/release/bin/)?pmubench((?: [^`'\"\n|;&>]*)?)",
                   re.M)


def text_of(file):
    """A document's prose keeps only what is in `...`; its blocks stay as they are."""
    text = file.read_text()
    if file.suffix != ".md":
        return text
    parts = re.split(r"^```.*\n", text, flags=re.M)
    for i in range(0, len(parts), 2):
        parts[i] = "\n".join(re.findall(r"`[^`]+`", parts[i])) + "\n"
    return "".join(parts)


@functools.cache
def help_of(*verbs):
    """The --help of a verb; None where there is none."""
    done = subprocess.run([TOOL, *verbs, "--help"], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def subcommands(text):
    found = re.search(r"^Subcommands:\n((?:  .*\n)+)", text, re.M)
    return re.findall(r"^  ([a-z]+)", found.group(1), re.M) if found else []


def wrong(command):
    """What is not there of a command, or None."""
    words = command.split(" -- ")[0].split()
    verbs = []
    while words and words[0] in subcommands(help_of(*verbs)):
        verbs.append(words.pop(0))
    known = help_of(*verbs)
    if subcommands(known) and words and re.fullmatch(r"[a-z]+", words[0]):
        return f"no subcommand {words[0]}"
    for word in words:
        flag = re.match(r"--[a-z][a-z-]+", word)
        if flag and not re.search(rf"{flag.group()}(?![a-z-])", known + help_of()):
            return f"no option {flag.group()}"
    return None


class NamedCommands(unittest.TestCase):
    def test_all_exist(self):
        files = [SOURCE / "README.md", *SOURCE.glob("docs/**/*.md")]
        for folder in ("harness", "reports", "workloads"):
            files += [*SOURCE.glob(f"{folder}/**/*.cc"), *SOURCE.glob(f"{folder}/**/*.h")]
        seen = 0
        for file in files:
            for found in NAMED.finditer(text_of(file)):
                seen += 1
                with self.subTest(file=str(file.relative_to(SOURCE)), command=found.group(0).strip()):
                    self.assertIsNone(wrong(found.group(1)))
        self.assertGreater(seen, 100)


if __name__ == "__main__":
    unittest.main()
