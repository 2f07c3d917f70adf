# SPDX-License-Identifier: Apache-2.0
"""The configuration as one file: out, in, out again; and a wrong one changes nothing."""
import os
import pathlib
import stat
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import (  # noqa: E402
    Server, make_clip, recording_files, run, simulated_cameras, wait_for, workspace,
)


def export(data, *options):
    code, out, err = run("config", "export", "--data", data, *options)
    if code != 0:
        raise AssertionError(err)
    return out


def apply(data, path, *options):
    return run("config", "apply", "--data", data, path, *options)


FILE = """version: 1
cameras:
  - id: yard
    name: "Yard: the gate"
    url: "rtsp://viewer:secret@10.0.0.3:8554/1?a=b"
    sub_url: "rtsp://viewer:secret@10.0.0.3:8554/2"
    transport: udp
    keep_at_most: {time: 14d, size: 1.5TB}
    keep_at_least: {time: 36h}
  - {id: door, name: Door, url: "rtsp://10.0.0.2/1"}
layouts:
  - id: front
    name: Front
    grid: focus
    tiles: [{camera: yard, size: 2}, {camera: gone}]
"""


class WithoutAServer(unittest.TestCase):
    def setUp(self):
        self.work = workspace()
        self.folder = self.work.__enter__()
        self.data = self.folder / "data"
        self.data.mkdir()
        self.file = self.folder / "site.yaml"
        self.file.write_text(FILE)

    def tearDown(self):
        self.work.__exit__(None, None, None)

    def test_out_and_in_and_out_again_is_the_same(self):
        code, out, err = apply(self.data, self.file)
        self.assertEqual(code, 0, err)
        self.assertEqual(out, "camera yard added\ncamera door added\nlayout front added\n")
        first = export(self.data, "--with-passwords")
        saved = self.folder / "saved.yaml"
        export(self.data, "--with-passwords", saved)
        self.assertEqual(saved.read_text(), first)
        self.assertEqual(stat.S_IMODE(os.stat(saved).st_mode), 0o600)
        other = self.folder / "other"
        other.mkdir()
        self.assertEqual(apply(other, saved)[0], 0)
        self.assertEqual(export(other, "--with-passwords"), first)
        self.assertIn("viewer:secret@", first)

        hidden = export(self.data)
        self.assertNotIn("secret", hidden)
        saved.write_text(hidden)
        self.assertEqual(apply(self.data, saved)[:2], (0, "nothing to change\n"))
        self.assertEqual(export(self.data, "--with-passwords"), first)
        third = self.folder / "third"
        third.mkdir()
        code, _, err = apply(third, saved)
        self.assertEqual(code, 2)
        self.assertIn("cameras[0].url: no password is stored", err)

    def test_removing_a_camera_must_be_said(self):
        self.assertEqual(apply(self.data, self.file)[0], 0)
        before = export(self.data, "--with-passwords")
        self.file.write_text('version: 1\ncameras: []\nlayouts: []\n')
        for options in [(), ("--dry-run",)]:
            code, _, err = apply(self.data, self.file, *options)
            self.assertEqual(code, 3)
            self.assertIn("would remove: yard, door", err)
            self.assertIn("--remove", err)
        code, out, _ = apply(self.data, self.file, "--remove", "--dry-run")
        self.assertEqual(code, 0)
        self.assertIn("camera door removed", out)
        self.assertEqual(export(self.data, "--with-passwords"), before)
        self.assertEqual(apply(self.data, self.file, "--remove")[0], 0)
        self.assertIn("cameras: []\n", export(self.data))

    def test_a_wrong_file_changes_nothing_and_says_where_it_is_wrong(self):
        self.assertEqual(apply(self.data, self.file)[0], 0)
        before = export(self.data, "--with-passwords")
        rows = [
            ("transport: udp", "transport: sctp", "7:16: cameras[0].transport: "),
            ("1.5TB", "lots", "8:37: cameras[0].keep_at_most.size: not a size"),
            ("keep_at_least", "keep", "9:5: cameras[0]: there is no \"keep\""),
            ("36h", "36d", "9:27: cameras[0].keep_at_least.time: "),
            ("id: door", "id: yard", "10:10: cameras[1].id: "),
            ("rtsp://10.0.0.2/1", "http://10.0.0.2/1", "10:33: cameras[1].url: "),
            ("viewer:secret@10.0.0.3:8554/1", "viewer:***@10.0.0.4/1", "5:10: cameras[0].url: "),
            ("focus", "5x5", "14:11: layouts[0].grid: write auto"),
            ("camera: gone", "camera: yard", "15:47: layouts[0].tiles[1].camera: yard is in"),
            ("version: 1", "version: 9", "1:10: version: "),
            ("layouts:", "layouts: [", "12:3: this is not YAML"),
        ]
        for old, new, expected in rows:
            self.file.write_text(FILE.replace(old, new, 1).replace("Yard:", "Changed:"))
            code, out, err = apply(self.data, self.file)
            self.assertEqual((code, out), (2, ""), new)
            self.assertTrue(err.startswith(f"{self.file}:{expected}"), err)
            self.assertEqual(len(err.strip().splitlines()), 1, err)
            self.assertEqual(export(self.data, "--with-passwords"), before, new)

    def test_files_that_cannot_be_read(self):
        code, _, err = apply(self.data, self.folder / "none.yaml")
        self.assertEqual(code, 3)
        self.assertIn("none.yaml", err)
        self.assertNotEqual(apply(self.data, self.folder)[0], 0)
        self.file.write_text("a: " + "x" * (1 << 20))
        code, _, err = apply(self.data, self.file)
        self.assertEqual(code, 2)
        self.assertIn("1 MiB", err)


class WithARunningServer(unittest.TestCase):
    def test_what_does_not_change_goes_on_recording(self):
        with workspace() as folder:
            clip = make_clip(folder / "clip.mp4", seconds=20)
            cameras = simulated_cameras(folder, "--file", clip, "--cameras", "2")
            server = Server(folder / "data")
            file = folder / "site.yaml"
            try:
                server.add_camera("door", cameras.url(0))
                server.wait_state("door", "recording")
                wait_for("a fragment", lambda: server.camera("door")["last_fragment_us"])
                runs = recording_files(folder / "data/video", "door")
                text = export(folder / "data", "--with-passwords")
                added = (f'  - {{id: yard, name: Yard, url: "{cameras.url(1)}"}}\n'
                         '\nlayouts:\n'
                         '  - {id: all, name: All, tiles: [{camera: yard}]}\n')
                file.write_text(text.replace('name: "door"', 'name: "Front"')
                                .replace("transport: tcp\n",
                                         "transport: tcp\n    keep_at_most: {time: 3d}\n")
                                .replace("\nlayouts: []\n", added))
                code, out, err = apply(folder / "data", file)
                self.assertEqual(code, 0, err)
                self.assertEqual(out, "camera yard added\ncamera door changed\nlayout all added\n")
                server.wait_state("yard", "recording")
                door = server.camera("door")
                self.assertEqual(door["name"], "Front")
                self.assertEqual(door["retention"]["max_age_us"], 3 * 86400 * 1000000)
                self.assertEqual(len(server.get("/api/v1/layouts")[1]), 1)
                last = door["last_fragment_us"]
                wait_for("more of the door",
                         lambda: server.camera("door")["last_fragment_us"] > last)
                self.assertEqual(recording_files(folder / "data/video", "door"), runs,
                                 "the run of a camera that stays is the same")
                self.assertEqual(server.get("/api/v1/config?passwords=true")[0], 403)

                whole = export(folder / "data", "--with-passwords")
                file.write_text(text)
                code, _, err = apply(folder / "data", file)
                self.assertEqual(code, 3)
                self.assertIn("would remove: yard", err)
                self.assertEqual(export(folder / "data", "--with-passwords"), whole)
                self.assertEqual(apply(folder / "data", file, "--remove")[0], 0)
                self.assertIsNone(server.camera("yard"))
                self.assertTrue(recording_files(folder / "data/video", "yard"))
                self.assertEqual(export(folder / "data", "--with-passwords"), text)
                self.assertEqual(recording_files(folder / "data/video", "door"), runs)
            finally:
                server.stop()
                cameras.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
