# SPDX-License-Identifier: Apache-2.0
"""./run starts the program wherever the repository lies and however little its caller is given.

What it would install and build is left out: stand-ins take the place of tools/ and of the program.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import ROOT, workspace  # noqa: E402


def stand_in(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Run(unittest.TestCase):
    def setUp(self):
        self.work = workspace()
        self.folder = self.work.__enter__()
        self.clone = self.folder / "Überwachung Süd"
        self.clone.mkdir()
        shutil.copy(ROOT / "run", self.clone / "run")
        stand_in(self.clone / "tools/install.sh", "#!/bin/sh\n")
        stand_in(self.clone / "tools/build.sh", "build_program() { :; }\nbuild_web() { :; }\n")
        stand_in(self.clone / "build/release/vedette", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
        home = self.folder / "home"
        stand_in(self.folder / "bin/getent", f"#!/bin/sh\necho 'me:x:1:1::{home}:/bin/sh'\n")
        self.path = f"{self.folder / 'bin'}:{os.environ['PATH']}"

    def tearDown(self):
        self.work.__exit__(None, None, None)

    def run_it(self, *arguments, **environment):
        done = subprocess.run(
            [str(self.clone / "run"), *arguments], cwd="/", capture_output=True, text=True,
            env={"PATH": self.path, "LANG": "C", **environment}, timeout=30)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    def test_without_a_home_it_is_that_of_the_user(self):
        data = self.folder / "home/.local/share/vedette"
        self.assertEqual(self.run_it(), ["serve", "--data", str(data), "--web", "web/dist"])
        self.assertTrue(data.is_dir())

    def test_options_are_handed_on_and_the_demo_has_a_folder_of_its_own(self):
        data = self.folder / "m y/.local/share/vedette-demo"
        self.assertEqual(
            self.run_it("--demo", "--listen", "127.0.0.1:9", HOME=str(self.folder / "m y")),
            ["serve", "--data", str(data), "--web", "web/dist", "--demo", "--listen",
             "127.0.0.1:9"])

    def test_the_data_folder_may_be_named(self):
        data = self.folder / "Daten Süd"
        self.assertIn(str(data), self.run_it(VEDETTE_DATA=str(data)))
        self.assertTrue(data.is_dir())
        self.assertFalse((self.folder / "home").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
