# SPDX-License-Identifier: Apache-2.0
"""Recorded video comes back over HTTP: exactly the GOPs that cover a range, as a playable file."""
import pathlib
import random
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import (  # noqa: E402
    Server, contains, frame_hashes, make_clip, run, simulated_cameras, wait_for, workspace,
)


class Playback(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = workspace()
        cls.folder = cls.work.__enter__()
        cls.clip = make_clip(cls.folder / "clip.mp4", seconds=30)
        cls.cameras = simulated_cameras(cls.folder, "--file", cls.clip, "--cameras", "1")
        cls.server = Server(cls.folder / "data")
        cls.server.add_camera("door", cls.cameras.url())
        cls.server.wait_state("door", "recording")
        first = wait_for("a first fragment", lambda: cls.server.camera("door")["last_fragment_us"])
        wait_for("ten seconds of recording",
                 lambda: cls.server.camera("door")["last_fragment_us"] > first + 10_000_000)
        now = int(time.time() * 1e6)
        _, timeline, _ = cls.server.get(
            f"/api/v1/timeline?camera=door&from_us={now - 3_600_000_000}&to_us={now}&buckets=100")
        cls.span = timeline["cameras"][0]["spans"][0]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.cameras.stop()
        cls.work.__exit__(None, None, None)

    def media(self, from_us, to_us, more="", **headers):
        path = f"/api/v1/cameras/door/media.mp4?from_us={from_us}&to_us={to_us}{more}"
        return self.server.request("GET", path, raw=True, headers=headers)

    def test_a_range_is_exactly_the_gops_that_cover_it(self):
        start = self.span["start_us"] + 3_300_000
        status, body, headers = self.media(start, start + 2_000_000)
        self.assertEqual(status, 200)
        path = self.folder / "range.mp4"
        path.write_bytes(body)
        frames = frame_hashes(path)
        self.assertTrue(contains(frame_hashes(self.clip) * 2, frames))
        # GOPs of one second: two seconds touch three of them (four if both ends fall on an edge).
        self.assertIn(len(frames), (45, 60))
        begin = int(headers["Vedette-Start-Us"])
        self.assertLessEqual(begin, start)
        self.assertGreater(begin, start - 1_100_000)

    def test_key_frames_alone_are_those_of_the_range(self):
        start = self.span["start_us"] + 2_300_000
        _, body, _ = self.media(start, start + 5_000_000)
        whole = self.folder / "whole.mp4"
        whole.write_bytes(body)
        status, body, _ = self.media(start, start + 5_000_000, "&frames=key")
        self.assertEqual(status, 200)
        keys = self.folder / "keys.mp4"
        keys.write_bytes(body)
        self.assertEqual(frame_hashes(keys), frame_hashes(whole)[::15])
        _, body, _ = self.media(start, start + 5_000_000, "&frames=key&every_us=2000000")
        keys.write_bytes(body)
        self.assertIn(len(frame_hashes(keys)), (3, 4))

    def test_byte_ranges_are_the_same_bytes(self):
        start = self.span["start_us"] + 1_000_000
        _, whole, headers = self.media(start, start + 5_000_000)
        self.assertEqual(headers["Accept-Ranges"], "bytes")
        rng = random.Random(1)
        for _ in range(20):
            a = rng.randrange(len(whole))
            b = min(len(whole) - 1, a + rng.randrange(100_000))
            status, part, _ = self.media(start, start + 5_000_000, Range=f"bytes={a}-{b}")
            self.assertEqual(status, 206)
            self.assertEqual(part, whole[a:b + 1])
        status, _, _ = self.media(start, start + 5_000_000, Range=f"bytes={len(whole)}-")
        self.assertEqual(status, 416)

    def test_a_time_without_recording_says_so(self):
        status, problem, _ = self.server.get(
            "/api/v1/cameras/door/media.mp4?from_us=1000000&to_us=2000000")
        self.assertEqual(status, 404)
        self.assertIn("recorded", problem["detail"])

    def test_a_snapshot_is_a_picture_of_the_camera(self):
        at = self.span["start_us"] + 4_000_000
        status, jpeg, headers = self.server.get(
            f"/api/v1/cameras/door/snapshot.jpg?at_us={at}", raw=True)
        self.assertEqual((status, headers["Content-Type"]), (200, "image/jpeg"))
        path = self.folder / "snapshot.jpg"
        path.write_bytes(jpeg)
        size = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0",
             str(path)], capture_output=True, text=True, check=True).stdout.strip()
        self.assertEqual(size, "640,360")

    def test_the_command_line_sees_the_running_server(self):
        code, out, err = run("camera", "list", "--data", self.folder / "data")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("door", out)
        code, out, err = run("status", "--data", self.folder / "data", "--json")
        self.assertEqual((code, err), (0, ""))
        self.assertIn('"recording"', out)

    def test_metrics_and_health(self):
        _, text, _ = self.server.get("/metrics", raw=True)
        self.assertIn(b"# TYPE vedette_", text)
        self.assertEqual(self.server.get("/healthz")[1], {"status": "ok"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
