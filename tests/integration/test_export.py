# SPDX-License-Identifier: Apache-2.0
"""Recordings as files to take away, from a running server and without one."""
import json
import pathlib
import signal
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import (  # noqa: E402
    BIN, Server, frame_hashes, make_clip, run, simulated_cameras, wait_for, workspace,
)

SECOND = 1_000_000
VERIFIER = pathlib.Path(__file__).resolve().parents[2] / "tools/verify.py"


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = workspace()
        cls.folder = cls.work.__enter__()
        cls.data = cls.folder / "data"
        clip = make_clip(cls.folder / "clip.mp4", seconds=40)
        cls.cameras = simulated_cameras(cls.folder, "--file", clip, "--cameras", "2")
        cls.server = Server(cls.data)
        cls.server.add_camera("door", cls.cameras.url(0))
        cls.server.add_camera("gate", cls.cameras.url(1))
        cls.span = wait_for("ten seconds of recording", cls.recorded, 40)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.cameras.stop()
        cls.work.__exit__(None, None, None)

    @classmethod
    def recorded(cls):
        _, timeline, _ = cls.server.get(
            "/api/v1/timeline?camera=door&from_us=0&to_us=4000000000000000")
        spans = timeline["cameras"][0]["spans"]
        long_enough = spans and spans[0]["end_us"] - spans[0]["start_us"] > 14 * SECOND
        return spans[0] if long_enough else None

    def export(self, out, begin, end, *more, camera="door"):
        return run("export", "--data", self.data, "--camera", camera, "--from", begin, "--to", end,
                   "--out", out, *more)

    def left_in_exports(self):
        folder = self.data / "exports"
        return sorted(p.name for p in folder.iterdir()) if folder.exists() else []

    def test_an_mp4_holds_the_gops_of_the_range_and_plays(self):
        begin = self.span["start_us"] + 2 * SECOND
        out = self.folder / "film.mp4"
        code, _, err = self.export(out, begin, begin + 5 * SECOND)
        self.assertEqual(code, 0, err)
        self.assertIn("100 %", err)
        probe = subprocess.run(["ffprobe", "-v", "warning", "-show_format", "-of", "json", out],
                               capture_output=True, text=True)
        self.assertEqual(probe.stderr, "")
        seconds = float(json.loads(probe.stdout)["format"]["duration"])
        self.assertAlmostEqual(seconds, 5.5, delta=0.6)
        self.assertIn(len(frame_hashes(out)), (75, 90))
        wait_for("the job to be gone", lambda: not self.left_in_exports())

    def test_wrong_ones_get_one_line_and_leave_nothing(self):
        begin = self.span["start_us"]
        there = self.folder / "there.mp4"
        there.write_text("mine")
        rows = [
            (3, "is there already", there, begin, begin + SECOND),
            (3, "the recording before ends", self.folder / "x.mp4", begin + 10 ** 12,
             begin + 10 ** 12 + SECOND),
            (3, "the next one begins", self.folder / "x.mp4", 1, SECOND),
            (2, "later", self.folder / "x.mp4", begin, begin),
            (2, ".mp4", self.folder / "x.avi", begin, begin + SECOND),
            (2, "--from", self.folder / "x.mp4", "yesterday", begin),
            (2, "7 days", self.folder / "x.mp4", begin, begin + 10 ** 12),
            (3, "no folder", self.folder / "none/x.mp4", begin, begin + SECOND),
        ]
        for wanted, words, out, start, end in rows:
            code, _, err = self.export(out, start, end)
            self.assertEqual(code, wanted, err)
            self.assertIn(words, err.splitlines()[-1])
        code, _, err = self.export(self.folder / "x.mp4", begin, begin + SECOND, camera="cellar")
        self.assertEqual(code, 3)
        self.assertIn('no recording of camera "cellar"', err)
        self.assertEqual(there.read_text(), "mine")
        self.assertEqual(sorted(p.name for p in self.folder.glob("x.*")), [])
        wait_for("the jobs to be gone", lambda: not self.left_in_exports())

    def test_over_http_the_file_comes_in_ranges(self):
        begin = self.span["start_us"]
        status, job, _ = self.server.request("POST", "/api/v1/exports", {
            "camera": "door", "from_us": begin, "to_us": begin + 3 * SECOND})
        self.assertEqual(status, 202)
        address = f"/api/v1/exports/{job['id']}"
        done = wait_for("the export", lambda: (
            lambda j: j if j["state"] not in ("queued", "running") else None)(
                self.server.get(address)[1]))
        self.assertEqual(done["state"], "done", done)
        status, film, _ = self.server.get(done["file"], raw=True)
        self.assertEqual((status, len(film)), (200, done["size"]))
        status, part, _ = self.server.request("GET", done["file"], raw=True,
                                              headers={"Range": "bytes=100-199"})
        self.assertEqual((status, part), (206, film[100:200]))
        self.assertEqual(self.server.request("DELETE", address, raw=True)[0], 204)

    def verdicts(self, bundle, *more):
        """(exit code, JSON) of both verifiers."""
        for command in ([BIN, "verify"], ["/usr/bin/python3", VERIFIER]):
            done = subprocess.run([*command, bundle, "--json", *more], capture_output=True,
                                  text=True, timeout=60)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            yield done.returncode, json.loads(done.stdout)

    def test_a_bundle_proves_itself_until_one_byte_is_changed(self):
        begin = self.span["start_us"] + 3 * SECOND
        out = self.folder / "door.zip"
        code, _, err = self.export(out, begin, begin + 6 * SECOND, "--operator", "Inspector Moreau")
        self.assertEqual(code, 0, err)
        code, key, err = run("key", "--data", self.data)
        self.assertEqual(code, 0, err)
        fingerprint = key.split("fingerprint ")[1].strip()
        for code, verdict in self.verdicts(out, "--key", fingerprint):
            self.assertEqual((code, verdict["findings"]), (0, []))
            self.assertIn(verdict["fragments"], (6, 7))
        for code, verdict in self.verdicts(out, "--key", "ab" * 32):
            self.assertEqual((code, {f["class"] for f in verdict["findings"]}), (1, {"wrong_key"}))

        def entered():
            address = "/api/v1/ledger?kind=export&camera=door&from_us=0&to_us=4000000000000000"
            return [e for e in self.server.get(address)[1]["entries"] if "Moreau" in e["detail"]]

        entry = wait_for("the export in the ledger", entered)[0]
        self.assertEqual((entry["from_us"], entry["to_us"]), (begin, begin + 6 * SECOND))
        self.assertEqual((entry["by"], entry["detail"]),
                         ("local-owner", "bundle by Inspector Moreau"))

        with zipfile.ZipFile(out) as archive:
            self.assertIsNone(archive.testzip())
            report = archive.read("report.txt").decode()
            video = self.folder / "from-bundle.mp4"
            video.write_bytes(archive.read("video.mp4"))
            original = archive.getinfo("original-0001.mp4")
            place = original.header_offset + 30 + len(original.filename) + original.file_size // 2
        self.assertIn('camera "door"', report.splitlines()[0])
        self.assertIn("Inspector Moreau", report)
        self.assertIn("Yes: the whole stretch", report)
        self.assertIn(len(frame_hashes(video)), (90, 105))

        changed = bytearray(out.read_bytes())
        changed[place] ^= 1
        bad = self.folder / "changed.zip"
        bad.write_bytes(changed)
        for code, verdict in self.verdicts(bad):
            self.assertEqual(code, 1)
            found = {(f["class"], f["path"]) for f in verdict["findings"]}
            self.assertIn(("altered", "original-0001.mp4"), found)

    def test_a_bundle_says_what_is_missing(self):
        begin = self.span["start_us"] - 20 * SECOND
        out = self.folder / "early.zip"
        code, _, err = self.export(out, begin, begin + 25 * SECOND)
        self.assertEqual(code, 0, err)
        with zipfile.ZipFile(out) as archive:
            self.assertIn("No: ", archive.read("report.txt").decode())
        for code, verdict in self.verdicts(out):
            self.assertEqual((code, verdict["findings"]), (0, []))

    def test_without_a_server_the_catalog_is_asked(self):
        data = self.folder / "other"
        server = Server(data)
        server.add_camera("door", self.cameras.url(0))

        def recorded():
            _, timeline, _ = server.get("/api/v1/timeline?from_us=0&to_us=4000000000000000")
            spans = timeline["cameras"][0]["spans"]
            return spans and spans[0]["end_us"] - spans[0]["start_us"] > 4 * SECOND and spans[0]
        span = wait_for("four seconds", recorded, 30)
        server.stop()
        out = self.folder / "offline.mp4"
        code, _, err = run("export", "--data", data, "--camera", "door", "--from", span["start_us"],
                           "--to", span["start_us"] + 3 * SECOND, "--out", out)
        self.assertEqual(code, 0, err)
        self.assertGreaterEqual(len(frame_hashes(out)), 45)
        code, _, err = run("export", "--data", self.folder, "--camera", "door", "--from", "1",
                           "--to", "2", "--out", self.folder / "none.mp4")
        self.assertEqual(code, 3)
        self.assertIn("--data", err)

    def test_ctrl_c_leaves_no_half_file(self):
        begin = self.span["start_us"]
        out = self.folder / "half.mp4"
        child = subprocess.Popen([BIN, "export", "--data", self.data, "--camera", "door", "--from",
                                  str(begin), "--to", str(begin + 10 * SECOND), "--out", out],
                                 stderr=subprocess.PIPE, text=True)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=20)
        # It may have been too quick for the signal, or not yet have listened for it.
        if child.returncode not in (0, -signal.SIGINT):
            self.assertEqual(child.returncode, 3)
            self.assertIn("cancelled", err)
        self.assertEqual(out.exists(), child.returncode == 0)
        self.assertEqual(list(self.folder.glob("half.mp4.*")), [])


if __name__ == "__main__":
    unittest.main()
