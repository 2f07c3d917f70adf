# SPDX-License-Identifier: Apache-2.0
"""The catalog is deleted after a kill -9: recording goes on, and fsck brings the timeline back."""
import json
import pathlib
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import (  # noqa: E402
    Server, make_clip, recording_files, run, simulated_cameras, wait_for, workspace,
)

SECOND = 1_000_000


def timeline(server, until_us):
    path = f"/api/v1/timeline?camera=door&from_us={until_us - 300 * SECOND}&to_us={until_us}"
    return server.get(path + "&buckets=1")[1]["cameras"][0]


def fsck(data, *options):
    """(exit code, report)."""
    code, out, err = run("fsck", "--data", data, "--json", *options)
    if not out:
        raise AssertionError(f"fsck ended with {code}: {err}")
    return code, json.loads(out)


def remove_catalog(data):
    for part in ("", "-wal", "-shm"):
        pathlib.Path(f"{data}/catalog.db{part}").unlink(missing_ok=True)


class LostCatalog(unittest.TestCase):
    def test_a_deleted_catalog_is_rebuilt_while_recording_goes_on(self):
        with workspace() as folder:
            data = folder / "data"
            clip = make_clip(folder / "clip.mp4", seconds=20)
            cameras = simulated_cameras(folder, "--file", clip, "--cameras", "1")
            server = Server(data)
            try:
                server.add_camera("door", cameras.url())
                server.wait_state("door", "recording")
                wait_for("a recording", lambda: server.camera("door")["last_fragment_us"])
                time.sleep(5)  # tidy: real time
                killed_us = int(time.time() * SECOND)
                before = timeline(server, killed_us)["spans"]
                server.stop(signal.SIGKILL)
                remove_catalog(data)
                server = Server(data)
                server.wait_state("door", "recording")
                lost = timeline(server, killed_us)["spans"]
                self.assertEqual(lost, [])
                code, report = fsck(data)
                self.assertEqual(code, 1)
                self.assertGreaterEqual(report["counts"]["unlisted_file"], 1)
                self.assertEqual(report["counts"]["other_catalog"], 1)
                code, report = fsck(data, "--rebuild")
                self.assertIsNone(report["error"])
                self.assertEqual(len(report["rebuilt_volumes"]), 1)
                self.assertGreaterEqual(report["restored_files"], 1)
                after = timeline(server, killed_us)["spans"]
                self.assertEqual(after[0]["start_us"], before[0]["start_us"])
                self.assertGreaterEqual(after[-1]["end_us"], before[-1]["end_us"])
                self.check_complete(server)
                code, report = fsck(data)
                self.assertEqual(report["problems"], report["counts"].get("torn_end", 0), report)
            finally:
                server.stop()
                cameras.stop()

    def check_complete(self, server):
        """From the first picture to now everything is recorded, or a gap with its cause."""
        now_us = int(time.time() * SECOND)
        wait_for("this moment to be recorded",
                 lambda: (server.camera("door")["last_fragment_us"] or 0) > now_us)
        line = timeline(server, now_us)
        known = sorted([(s["start_us"], s["end_us"]) for s in line["spans"]]
                       + [(g["start_us"], g["end_us"]) for g in line["gaps"]])
        end = known[0][0]
        for start, stop in known:
            self.assertLessEqual(start, end + 200_000, f"nothing is said of {end} to {start}")
            end = max(end, stop)
        self.assertGreaterEqual(end, now_us - SECOND)
        self.assertIn("unknown", [gap["cause"] for gap in line["gaps"]])

    def test_it_works_without_a_server_and_says_what_it_finds(self):
        with workspace() as folder:
            data = folder / "data"
            self.assertEqual(run("fsck", "--data", folder / "nothing")[0], 3)
            self.assertEqual(run("fsck")[0], 2)
            clip = make_clip(folder / "clip.mp4", seconds=20)
            cameras = simulated_cameras(folder, "--file", clip, "--cameras", "1")
            server = Server(data)
            try:
                server.add_camera("door", cameras.url())
                server.wait_state("door", "recording")
                wait_for("a recording", lambda: server.camera("door")["last_fragment_us"])
            finally:
                server.stop()
                cameras.stop()
            code, report = fsck(data)
            self.assertEqual((code, report["findings"]), (0, []))
            self.assertGreater(report["hashed_bytes"], 0)
            path = recording_files(data / "video", "door")[0]
            (path.parent / "holiday.mp4").write_bytes(b"mine")
            self.assertEqual(fsck(data)[0], 0)  # a note
            with open(path, "r+b") as file:
                file.seek(path.stat().st_size * 6 // 10)  # within the pictures
                file.write(b"not what was recorded")
            code, report = fsck(data)
            self.assertEqual(code, 1)
            self.assertEqual(report["counts"], {"altered_fragment": 1, "foreign_file": 1})
            self.assertEqual(fsck(data, "--quick")[1]["counts"].get("altered_fragment"), None)
            path.unlink()
            code, report = fsck(data, "--rebuild")
            self.assertEqual(report["dropped_rows"], 1)
            self.assertEqual(fsck(data)[0], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
