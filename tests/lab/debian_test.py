"""The cache: what counts as complete, which kernel is taken, two users at the same time."""
import os
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import requirements
from lab import debian
from lab.errors import MachineCannot

_FETCH = """
import sys
sys.path.insert(0, sys.argv[1])
from lab import debian
def fill(cache, image):
    print("filled")
    import time
    time.sleep(0.3)
    folder = cache + "/guest-6.1.0-9-arm64"
    import os
    os.makedirs(folder)
    open(folder + "/complete.json", "w").close()
debian._fill = fill
debian.kernel_package = lambda: "linux-image-6.1.0-9-arm64:arm64"
print(debian.fetch(sys.argv[2]).release)
"""


class CacheTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = folder.name

    def add(self, release, complete=True):
        folder = os.path.join(self.cache, "guest-" + release)
        os.makedirs(folder)
        if complete:
            with open(os.path.join(folder, "complete.json"), "w", encoding="ascii") as f:
                f.write("{}")

    def test_the_newest_complete_kernel_is_taken(self):
        self.add("6.1.0-9-arm64")
        self.add("6.1.0-56-arm64")
        self.add("6.1.0-57-arm64", complete=False)
        self.assertEqual(debian.cached(self.cache).release, "6.1.0-56-arm64")

    def test_an_empty_cache_has_none(self):
        self.assertIsNone(debian.cached(self.cache))
        self.assertIsNone(debian.cached(os.path.join(self.cache, "nothing")))

    def test_two_users_fetch_once(self):
        command = [sys.executable, "-c", _FETCH, os.path.join(requirements.SOURCE, "ci"), self.cache]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                for _ in range(2)]
        said = "".join(p.communicate()[0] for p in both)
        self.assertEqual(said.count("filled"), 1, said)
        self.assertEqual(said.count("6.1.0-9-arm64"), 2, said)

    def test_a_folder_that_cannot_be_written_has_a_remedy(self):
        blocked = os.path.join(self.cache, "file")
        with open(blocked, "w", encoding="ascii"):
            pass
        with self.assertRaisesRegex(MachineCannot, "PMUBENCH_LAB_CACHE"):
            debian.fetch(os.path.join(blocked, "below"))

    def test_without_the_architecture_it_says_what_to_do(self):
        with mock.patch.object(debian, "_ask", lambda *command: "amd64\n"):
            with self.assertRaisesRegex(MachineCannot, "dpkg --add-architecture arm64"):
                debian.kernel_package()

    def test_the_folder_is_chosen_by_the_environment(self):
        with mock.patch.dict(os.environ, {"PMUBENCH_LAB_CACHE": "/x/y"}):
            self.assertEqual(debian.cache_folder(), "/x/y")
        with mock.patch.dict(os.environ, {"PMUBENCH_LAB_CACHE": "", "XDG_CACHE_HOME": "/z"}):
            self.assertEqual(debian.cache_folder(), "/z/pmubench-lab")


if __name__ == "__main__":
    unittest.main()
