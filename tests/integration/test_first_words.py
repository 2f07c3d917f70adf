# SPDX-License-Identifier: Apache-2.0
"""What the program prints can be used as it stands: addresses answer, commands run."""
import pathlib
import re
import socket
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import BIN, Process, run, workspace  # noqa: E402


def has_version_6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class FirstWords(unittest.TestCase):
    def start(self, folder, data, listen):
        return Process([BIN, "serve", "--data", data, "--listen", listen], folder / "log")

    def test_the_address_printed_is_the_one_that_answers(self):
        version_6 = ["[::1]:0"] if has_version_6() else []
        for listen in ["localhost:0", "127.0.0.2:0", *version_6]:
            with self.subTest(listen), workspace() as folder:
                server = self.start(folder, folder / "data", listen)
                try:
                    url = server.wait_line(r"running at (http://\S+/)").group(1)
                    with urllib.request.urlopen(url + "healthz", timeout=10) as answer:
                        self.assertEqual(answer.status, 200)
                finally:
                    server.stop()

    def test_without_an_address_none_is_named(self):
        with workspace() as folder:
            server = self.start(folder, folder / "data", "")
            try:
                server.wait_line(r"^Vedette is running, with no address")
                self.assertNotIn("http://", server.output())
            finally:
                server.stop()

    def test_the_command_that_adds_a_camera_runs_as_it_is_printed(self):
        with workspace() as folder:
            data = folder / "Überwachung Süd's"
            server = self.start(folder, data, "127.0.0.1:0")
            try:
                command = server.wait_line(r"^Next: .* or: (.*)$").group(1)
                done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""), command)
                self.assertTrue(re.search(r"^door\b", run("camera", "list", "--data", data)[1]))
            finally:
                server.stop()

    def test_what_was_typed_wrongly_names_the_help_of_its_own_command(self):
        for typed, helped in ((["camera", "probe", "--url", "rtsp://x"], "camera probe"),
                              (["camera"], "camera"), (["serve", "--dta", "x"], "serve")):
            status, _, errors = run(*typed)
            self.assertEqual(status, 2, errors)
            self.assertTrue(errors.strip().endswith(f"; try: vedette {helped} --help"), errors)

    def test_an_answer_that_a_full_disk_did_not_take_is_a_failure(self):
        with workspace() as folder, open("/dev/full", "w", encoding="utf-8") as full:
            data = folder / "data"
            data.mkdir()
            for command in (["config", "export"], ["camera", "list", "--json"]):
                done = subprocess.run([BIN, *command, "--data", data], stdout=full,
                                      stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 3, command)
                self.assertIn("No space left", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
