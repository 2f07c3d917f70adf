# SPDX-License-Identifier: Apache-2.0
"""What cameras serve is what stands on disk, frame for frame, and any player opens it."""
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import (  # noqa: E402
    Server, coded_hashes, contains, frame_hashes, frames_before_last_key, gst_cameras, make_clip,
    recording_files, simulated_cameras, wait_for, workspace,
)

# The issue asks for 60 s; ./test uses less, `./test --full` and the benchmark the whole time.
SECONDS = int(os.environ.get("VEDETTE_RECORD_SECONDS", "12"))


class StoredEqualsServed(unittest.TestCase):
    def check(self, folder, codec, count, extra=()):
        clip = make_clip(folder / f"{codec}.mp4", codec, seconds=SECONDS + 10, extra=extra)
        served = coded_hashes(clip, codec), frame_hashes(clip)
        cameras = gst_cameras(folder, clip, count, "--codec", codec)
        server = Server(folder / f"data-{codec}")
        try:
            for index in range(count):
                server.add_camera(f"cam{index}", cameras.url(index))
            for index in range(count):
                server.wait_state(f"cam{index}", "recording")
            time.sleep(SECONDS)
        finally:
            server.stop()
            cameras.stop()
        for index in range(count):
            volume = folder / f"data-{codec}" / "video"
            self.compare(served, recording_files(volume, f"cam{index}"), codec)

    def compare(self, served, files, codec):
        served_slices, served_frames = served
        self.assertTrue(files)
        slices = [one for path in files for one in coded_hashes(path, codec)]
        self.assertGreater(len(slices), (SECONDS - 3) * 15)
        self.assertTrue(contains(served_slices, slices), f"{files}: stored differs from served")
        # The end is cut in coding order, so its last pictures do not stand side by side when they
        # are shown; those before the last key frame do.
        frames = [frame for path in files for frame in frame_hashes(path)]
        self.assertEqual(len(frames), len(slices), files)
        whole = len(frames) - len(frame_hashes(files[-1])) + frames_before_last_key(files[-1])
        self.assertTrue(contains(served_frames, frames[:whole]), f"{files}: decodes differently")
        for path in files:
            probe = subprocess.run(
                ["ffprobe", "-v", "warning", "-show_format", str(path)],
                capture_output=True, text=True,
            )
            self.assertEqual(probe.stderr, "", path)

    def test_eight_h264_cameras_of_another_maker(self):
        with workspace() as folder:
            self.check(folder, "h264", 8)

    def test_pictures_of_several_slices(self):
        # GStreamer repeats the parameter sets before every slice of an IDR picture.
        with workspace() as folder:
            self.check(folder, "h264", 1, ["-x264-params", "slices=4"])

    def test_four_h265_cameras_of_another_maker(self):
        with workspace() as folder:
            self.check(folder, "h265", 4)


class Interruptions(unittest.TestCase):
    def test_recording_resumes_within_5_s_of_the_cameras_return(self):
        with workspace() as folder:
            clip = make_clip(folder / "clip.mp4", seconds=20)
            cameras = simulated_cameras(folder, "--file", clip, "--cameras", "1")
            server = Server(folder / "data")
            try:
                server.add_camera("door", cameras.url())
                server.wait_state("door", "recording")
                cameras.stop()
                down = server.wait_state("door", "down", timeout=12)
                self.assertTrue(down["message"])
                time.sleep(3)
                again = simulated_cameras(
                    folder, "--file", clip, "--cameras", "1", "--port", str(cameras.port))
                returned = time.monotonic()
                server.wait_state("door", "recording", timeout=10)
                self.assertLess(time.monotonic() - returned, 5)
                now_us = int(time.time() * 1e6)
                _, timeline, _ = server.get(
                    f"/api/v1/timeline?camera=door&from_us={now_us - 60_000_000}&to_us={now_us}"
                    "&buckets=10")
                causes = [gap["cause"] for gap in timeline["cameras"][0]["gaps"]]
                self.assertTrue(causes, "the stretch without the camera is a gap with a cause")
                again.stop()
            finally:
                server.stop()
                cameras.stop()

    def test_a_camera_that_stops_sending_is_noticed_within_10_s(self):
        with workspace() as folder:
            clip = make_clip(folder / "clip.mp4", seconds=20)
            cameras = simulated_cameras(folder, "--file", clip, "--cameras", "1")
            server = Server(folder / "data")
            try:
                server.add_camera("door", cameras.url())
                server.wait_state("door", "recording")
                cameras.process.child.send_signal(signal.SIGSTOP)
                server.wait_state("door", "down", timeout=12)
                cameras.process.child.send_signal(signal.SIGCONT)
                server.wait_state("door", "recording", timeout=12)
            finally:
                server.stop()
                cameras.stop()

    def test_kill_9_loses_at_most_the_open_fragment(self):
        with workspace() as folder:
            clip = make_clip(folder / "clip.mp4", seconds=20)
            cameras = simulated_cameras(folder, "--file", clip, "--cameras", "1")
            server = Server(folder / "data")
            try:
                server.add_camera("door", cameras.url())
                server.wait_state("door", "recording")
                wait_for("a committed fragment", lambda: server.camera("door")["last_fragment_us"])
                time.sleep(4)
                committed = server.camera("door")["last_fragment_us"]
                server.stop(signal.SIGKILL)
                server = Server(folder / "data")
                server.wait_state("door", "recording")
                _, timeline, _ = server.get(
                    f"/api/v1/timeline?camera=door&from_us={committed - 60_000_000}"
                    f"&to_us={int(time.time() * 1e6)}&buckets=10")
                spans = timeline["cameras"][0]["spans"]
                self.assertTrue(
                    any(s["start_us"] < committed <= s["end_us"] + 100_000 for s in spans),
                    f"{committed} was reported recorded but is not in {spans}")
                for path in recording_files(folder / "data" / "video", "door"):
                    if path.stat().st_size > 20_000:
                        frame_hashes(path)
            finally:
                server.stop()
                cameras.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
