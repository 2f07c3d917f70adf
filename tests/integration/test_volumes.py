# SPDX-License-Identifier: Apache-2.0
"""Where is recorded to and with which limits: by command, by file, with and without a server."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import (  # noqa: E402
    Server, make_clip, recording_files, run, simulated_cameras, wait_for, workspace,
)

EMPTY = "version: 1\ncameras: []\nlayouts: []\n"


class Volumes(unittest.TestCase):
    def setUp(self):
        self.work = workspace()
        self.folder = self.work.__enter__()
        self.data = self.folder / "data"
        self.data.mkdir()
        self.file = self.folder / "site.yaml"

    def tearDown(self):
        self.work.__exit__(None, None, None)

    def volume(self, what, *options, code=0):
        result, out, err = run("volume", what, "--data", self.data, *options)
        self.assertEqual(result, code, err)
        return out if code == 0 else err

    def export(self):
        code, out, err = run("config", "export", "--data", self.data)
        self.assertEqual(code, 0, err)
        return out

    def apply(self, text, *options):
        self.file.write_text(text)
        return run("config", "apply", "--data", self.data, self.file, *options)

    def test_without_a_server_the_next_start_follows(self):
        self.assertEqual(self.volume("list"), "")
        out = self.volume("set", "--path", "video", "--quota", "1TB")
        self.assertEqual(out, "recorded to from now on: "
                              "video  quota 1TB, reserve 5 % but at most 1 GiB\n")
        out = self.volume("set", "--path", "video", "--reserve", "20GB")
        self.assertEqual(out, "video  quota 1TB, reserve 20GB\n")
        self.assertIn("only volume", self.volume("remove", "--path", "video", code=3))
        self.assertIn("not a size", self.volume("set", "--path", "video", "--quota", "0", code=2))
        err = self.volume("set", "--path", "../x", "--quota", "1GB", code=2)
        self.assertIn("write the path of a folder", err)
        err = self.volume("set", "--path", "video", "--dry-run", code=3)
        self.assertIn("server", err)
        server = Server(self.data)
        try:
            volume, = server.get("/api/v1/storage")[1]["volumes"]
            self.assertEqual(volume["path"], str(self.data / "video"))
            self.assertEqual(volume["quota_bytes"], 10**12)
            self.assertEqual(volume["reserve_bytes"], 20 * 10**9)
            self.assertIs(volume["reserve_set"], True)
        finally:
            server.stop()

    def test_a_file_goes_out_and_in_and_out_again(self):
        text = EMPTY + ("volumes:\n"
                        "  - {path: /srv/disk1, quota: 1.5TB, reserve: 0}\n"
                        "  - path: video\n")
        code, out, err = self.apply(text)
        self.assertEqual(code, 0, err)
        self.assertEqual(out, "volume /srv/disk1 added\nvolume video added\n")
        first = self.export()
        self.assertTrue(first.endswith('volumes:\n  - path: "/srv/disk1"\n    quota: 1500GB\n'
                                       '    reserve: 0\n  - path: "video"\n'), first)
        self.assertEqual(self.apply(first)[:2], (0, "nothing to change\n"))
        self.assertEqual(self.apply(EMPTY)[:2], (0, "nothing to change\n"))
        self.assertEqual(self.export(), first)
        code, _, err = self.apply(EMPTY + "volumes: [{path: video}]\n")
        self.assertEqual(code, 3)
        self.assertIn("would remove: volume /srv/disk1", err)
        self.assertEqual(self.export(), first)
        code, out, _ = self.apply(EMPTY + "volumes: [{path: video}]\n", "--remove")
        self.assertEqual((code, out), (0, "volume /srv/disk1 removed\n"))

    def test_a_wrong_file_changes_nothing_and_says_where_it_is_wrong(self):
        self.assertEqual(self.apply(EMPTY + "volumes: [{path: video, quota: 7GB}]\n")[0], 0)
        before = self.export()
        rows = [
            ("volumes: []", "4:10: volumes: a site records to one volume at least"),
            ("volumes: [{path: a, quota: 0}]", "4:28: volumes[0].quota: not a size"),
            ("volumes: [{path: a, size: 1GB}]", "4:21: volumes[0]: there is no \"size\""),
            ("volumes: [{path: a/../b}]", "4:18: volumes[0].path: write the path of a folder"),
            ("volumes: [{path: a}, {path: a}]", "4:29: volumes[1].path: a stands twice"),
            ("volumes: [{path: a}, {path: a/b}]", "4:29: volumes[1].path: of two volumes none"),
            ("volumes: [{quota: 1GB}]", "4:11: volumes[0].path: path is missing"),
        ]
        for line, expected in rows:
            code, out, err = self.apply(EMPTY + line + "\n", "--remove")
            self.assertEqual((code, out), (2, ""), line)
            self.assertIn(f"{self.file}:{expected}", err)
            self.assertEqual(len(err.strip().splitlines()), 1, err)
            self.assertEqual(self.export(), before, line)

    def test_changes_are_followed_while_recording_goes_on(self):
        first, second = self.folder / "first", self.folder / "second"
        for folder in (first, second):
            folder.mkdir()
        clip = make_clip(self.folder / "clip.mp4", seconds=20)
        cameras = simulated_cameras(self.folder, "--file", clip, "--cameras", "1")
        options = ("--volume", f"{first},reserve=0", "--quota", "5GB")
        server = Server(self.data, *options)
        try:
            server.add_camera("door", cameras.url(0))
            server.wait_state("door", "recording")
            wait_for("a fragment", lambda: server.camera("door")["last_fragment_us"])
            self.assertEqual(self.volume("list"), f"{first}  quota 5GB, reserve 0\n")

            text = self.export()
            two = text + f'  - path: "{second}"\n    quota: 1GB\n'
            missing = two + f'  - path: "{self.folder}/third"\n'
            line = len(missing.splitlines())
            for how in ((), ("--dry-run",)):
                code, _, err = self.apply(missing, *how)
                self.assertEqual(code, 2, err)
                self.assertIn(f"{self.file}:{line}:11: volumes[2].path: there is no folder", err)
            code, out, err = self.apply(two, "--dry-run")
            self.assertEqual(code, 0, err)
            self.assertIn(f"volume {second} added", out)
            self.assertEqual(list(second.iterdir()), [], "looking marks no folder as ours")
            self.assertEqual(self.export(), text)

            self.assertEqual(self.apply(two)[0], 0)
            self.assertTrue((second / "vedette-volume.json").exists())
            say = self.volume("set", "--path", second, "--quota", "1MB", "--dry-run")
            self.assertIn("this deletes nothing now", say)
            self.volume("set", "--path", second, "--quota", "2GB", "--reserve", "0")
            out = self.volume("remove", "--path", first)
            self.assertIn("nothing new is recorded", out)
            wait_for("recordings on the second disk", lambda: recording_files(second, "door"))
            self.assertTrue(recording_files(first, "door"), "what was there stays")
            listed = json.loads(self.volume("list", "--json"))
            self.assertEqual([one["path"] for one in listed], [str(second)])
        finally:
            server.stop()
        # The same options as before say nothing new: what was changed is kept.
        server = Server(self.data, *options)
        try:
            self.assertEqual(self.volume("list"), f"{second}  quota 2GB, reserve 0\n")
            left = [one for one in server.get("/api/v1/storage")[1]["volumes"] if one["removed"]]
            self.assertEqual([one["path"] for one in left], [str(first)])
        finally:
            server.stop()
            cameras.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
