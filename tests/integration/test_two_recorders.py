# SPDX-License-Identifier: Apache-2.0
"""A copy of the data folder is started beside the recorder: one of them records to the volume."""
import pathlib
import shutil
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import Server, run, simulated_cameras, wait_for, workspace  # noqa: E402


def volume_of(server):
    return server.get("/api/v1/storage")[1]["volumes"][0]


class TwoRecorders(unittest.TestCase):
    def test_the_second_waits_and_takes_over_when_the_first_was_killed(self):
        with workspace() as folder:
            data, copy, video = folder / "data", folder / "copy", folder / "video"
            data.mkdir()
            camera = simulated_cameras(folder, "--fps", "5")
            first = Server(data, "--volume", video)
            second = None
            try:
                first.add_camera("door", camera.url())
                first.wait_state("door", "recording")
                shutil.copytree(data, copy, ignore=shutil.ignore_patterns("*.sock"))
                second = Server(copy, "--volume", video)
                self.assertIn("another recorder writes to", volume_of(second)["problem"])
                self.assertIsNone(volume_of(first)["problem"])
                self.assertEqual(first.camera("door")["state"], "recording")
                self.assertNotEqual(second.camera("door")["state"], "recording")
                code, out, err = run("storage", "--data", copy)
                self.assertEqual(code, 0, err)
                self.assertIn("another recorder writes to", out)

                first.stop(signal.SIGKILL)
                wait_for("the second to take over", lambda: volume_of(second)["problem"] is None)
                second.wait_state("door", "recording", 40)
                second.stop()
                code, out, err = run("verify", video)
                self.assertEqual(code, 0, out + err)
            finally:
                first.stop(signal.SIGKILL)
                if second:
                    second.stop(signal.SIGKILL)
                camera.stop()

    def test_a_folder_of_another_site_is_refused_at_the_first_start(self):
        with workspace() as folder:
            theirs = folder / "theirs"
            theirs.mkdir()
            first = Server(theirs)
            try:
                wait_for("its volume", (theirs / "video/vedette-volume.json").exists)
                for wrong, says in ((theirs, "is the data folder of a server"),
                                    (theirs / "video", "belongs to another site's recorder")):
                    code, _, err = run("serve", "--data", folder / "ours", "--listen",
                                       "127.0.0.1:0", "--volume", wrong)
                    self.assertNotEqual(code, 0, err)
                    self.assertIn(says, err)
                self.assertFalse((theirs / "vedette-volume.json").exists())
                # What was refused is not remembered.
                second = Server(folder / "ours", "--volume", folder / "video")
                second.stop()
            finally:
                first.stop(signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
