# SPDX-License-Identifier: Apache-2.0
"""Each wrong thing gets one clear line and leaves everything else running."""
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import (  # noqa: E402
    Server, gst_cameras, make_clip, run, simulated_cameras, wait_for, workspace,
)

VERIFIER = pathlib.Path(__file__).resolve().parents[2] / "tools/verify.py"


class WrongCameras(unittest.TestCase):
    """One server with one good camera; each test adds a bad one beside it."""

    @classmethod
    def setUpClass(cls):
        cls.work = workspace()
        cls.folder = cls.work.__enter__()
        cls.clip = make_clip(cls.folder / "clip.mp4", seconds=20)
        cls.good = simulated_cameras(cls.folder, "--file", cls.clip, "--cameras", "1")
        cls.server = Server(cls.folder / "data")
        cls.server.add_camera("good", cls.good.url())
        cls.server.wait_state("good", "recording")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.good.stop()
        cls.work.__exit__(None, None, None)

    def expect_down(self, camera, url, cause, *words):
        self.server.add_camera(camera, url)
        try:
            entry = wait_for(
                f"{camera} to be down with {cause}",
                lambda: (lambda c: c if c["state"] == "down" and c["cause"] == cause else None)(
                    self.server.camera(camera)),
            )
            message = entry["message"]
            self.assertNotIn("\n", message)
            for word in words:
                self.assertIn(word, message)
            self.assertNotIn("secret", str(entry), "no password in an answer")
            self.assertEqual(self.server.camera("good")["state"], "recording")
        finally:
            self.server.request("DELETE", f"/api/v1/cameras/{camera}")

    def test_bad_urls_are_refused_when_they_are_added(self):
        for url in ["", "http://127.0.0.1/x", "rtsp://", "rtsp://host:99999/x", "not a url"]:
            status, problem, _ = self.server.request(
                "POST", "/api/v1/cameras", {"id": "bad", "name": "Bad", "url": url})
            self.assertEqual(status, 400, url)
            self.assertIn("detail", problem)
            code, _, err = run("camera", "add", "--data", self.folder / "data", "--id", "bad",
                               "--name", "Bad", "--url", url)
            self.assertEqual(code, 2, url)
            self.assertEqual(len(err.strip().splitlines()), 1, err)

    def test_nobody_listens_there(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.expect_down("nobody", f"rtsp://127.0.0.1:{port}/cam0", "unreachable", "127.0.0.1")

    def test_a_name_that_does_not_exist(self):
        self.expect_down("noname", "rtsp://camera.invalid/cam0", "unreachable", "camera.invalid")

    def test_a_wrong_password(self):
        cameras = gst_cameras(self.folder, self.clip, 1, "--user", "admin", "--password", "right")
        try:
            self.expect_down("locked", cameras.url(user="admin:secret@"), "unauthenticated",
                             "password")
            self.expect_down("nouser", cameras.url(), "unauthenticated", "password")
        finally:
            cameras.stop()

    def test_the_right_password(self):
        cameras = gst_cameras(self.folder, self.clip, 1, "--user", "admin", "--password", "right")
        try:
            self.server.add_camera("opened", cameras.url(user="admin:right@"))
            self.server.wait_state("opened", "recording")
        finally:
            self.server.request("DELETE", "/api/v1/cameras/opened")
            cameras.stop()

    def test_a_web_server_instead_of_a_camera(self):
        web = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        try:
            self.expect_down("web", f"rtsp://127.0.0.1:{web.server_port}/cam0", "not_a_camera")
        finally:
            web.shutdown()

    def test_a_path_the_camera_does_not_have(self):
        cameras = gst_cameras(self.folder, self.clip, 1)
        try:
            url = cameras.url().replace("/cam0", "/nothing-here")
            self.server.add_camera("path", url)
            entry = self.server.wait_state("path", "down")
            self.assertIn("nothing-here", entry["message"])
        finally:
            self.server.request("DELETE", "/api/v1/cameras/path")
            cameras.stop()

    def test_an_unsupported_codec(self):
        cameras = gst_cameras(self.folder, self.clip, 1, "--pipeline",
                              "videotestsrc is-live=true ! jpegenc ! rtpjpegpay name=pay0 pt=26")
        try:
            self.expect_down("jpeg", cameras.url(), "unsupported", "JPEG")
        finally:
            cameras.stop()

    def test_duplicate_ids_and_unknown_cameras(self):
        status, problem, _ = self.server.request(
            "POST", "/api/v1/cameras", {"id": "good", "name": "x", "url": "rtsp://127.0.0.1/x"})
        self.assertEqual(status, 409)
        self.assertIn("good", problem["detail"])
        self.assertEqual(self.server.request("DELETE", "/api/v1/cameras/none")[0], 404)

    def test_a_data_folder_instead_of_a_volume_to_verify(self):
        code, _, err = run("verify", self.folder / "data")
        self.assertEqual(code, 2)
        self.assertIn("is a data folder", err)
        self.assertIn(f"vedette verify {self.folder / 'data'}/video", err)
        self.assertEqual(len(err.strip().splitlines()), 1, err)

    def test_a_key_file_that_is_not_there(self):
        code, _, err = run("verify", self.folder / "data/video", "--key", self.folder / "none.pub")
        self.assertEqual(code, 2)
        self.assertIn(f"there is no file {self.folder / 'none.pub'}", err)
        self.assertIn("vedette key --data DIR", err)
        self.assertEqual(len(err.strip().splitlines()), 1, err)

    def test_an_export_into_a_folder_that_is_not_there(self):
        out = self.folder / "none" / "film.mp4"
        code, _, err = run("export", "--data", self.folder / "data", "--camera", "good",
                           "--from", "1795356207200000", "--to", "1795356217200000", "--out", out)
        self.assertEqual(code, 3)
        self.assertIn(f"there is no folder {self.folder / 'none'}", err)
        self.assertEqual(len(err.strip().splitlines()), 1, "no progress before it: " + err)

    def test_a_ledger_alone_and_an_mp4_without_signatures_are_the_same_to_both_verifiers(self):
        ledger = self.folder / "data/video/vedette.ledger"
        for path, wanted in [(ledger, 0), *((file, 0) for file in ledger.glob("*.ledger")),
                             (self.clip, 1)]:
            first, out, err = run("verify", path)
            second = subprocess.run([sys.executable, VERIFIER, path], capture_output=True,
                                    text=True, timeout=60)
            self.assertEqual(first, wanted, f"{path}: {out}{err}")
            self.assertEqual(second.returncode, wanted, f"{path}: {second.stdout}{second.stderr}")
            for said in (out, second.stdout):
                self.assertEqual("vedette export --out NAME.zip" in said, wanted == 1, said)

    def test_a_second_server_on_the_same_folder(self):
        code, _, err = run("serve", "--data", self.folder / "data", "--listen", "127.0.0.1:0")
        self.assertEqual(code, 3)
        self.assertEqual(len(err.strip().splitlines()), 1, err)
        self.assertIn("another", err)

    def test_a_port_in_use(self):
        port = self.server.url.rsplit(":", 1)[1]
        code, _, err = run(
            "serve", "--data", self.folder / "other", "--listen", f"127.0.0.1:{port}")
        self.assertEqual(code, 3)
        self.assertIn(port, err.strip().splitlines()[-1])


def fill(path):
    """Writes until the disk is full."""
    with open(path, "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"x" * 65536)
        except OSError:
            return


class WrongFolders(unittest.TestCase):
    def test_a_camera_for_a_data_folder_that_is_not_there(self):
        with workspace() as folder:
            nowhere = folder / "typo"
            code, _, err = run("camera", "add", "--data", nowhere, "--id", "door", "--name", "Door",
                               "--url", "rtsp://127.0.0.1/x")
            self.assertEqual(code, 3)
            self.assertIn(f"there is no data folder {nowhere}", err)
            self.assertIn("vedette serve --data", err)
            self.assertFalse(nowhere.exists(), "a typing error makes no folder")

    def test_names_that_are_no_text_do_not_break_what_verify_says(self):
        with workspace() as folder:
            (folder / "cam").mkdir()
            open(os.fsencode(folder / "cam") + b"/\xb5\x1b[2J.mp4", "wb").close()
            code, out, _ = run("verify", folder / "cam", "--json")  # read as UTF-8
            self.assertEqual(code, 1)
            self.assertIn("\ufffd", json.loads(out)["findings"][0]["path"])
            code, out, _ = run("verify", folder / "cam")
            self.assertEqual(code, 1)
            self.assertNotIn("\x1b", out)

    def test_a_data_folder_that_cannot_be_made(self):
        code, _, err = run("serve", "--data", "/proc/vedette", "--listen", "127.0.0.1:0")
        self.assertEqual(code, 3)
        self.assertIn("/proc/vedette", err)

    def test_a_data_folder_that_is_a_file(self):
        with workspace() as folder:
            (folder / "data").write_text("x")
            code, _, err = run("serve", "--data", folder / "data", "--listen", "127.0.0.1:0")
            self.assertEqual(code, 3)
            self.assertEqual(len(err.strip().splitlines()), 1, err)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to mount a small disk")
    def test_a_full_disk_says_so_and_the_server_stays_up(self):
        with workspace() as folder:
            disk = folder / "disk"
            disk.mkdir()
            if os.system(f"mount -t tmpfs -o size=24m tmpfs {disk}") != 0:
                self.skipTest("may not mount here")
            clip = make_clip(folder / "clip.mp4", seconds=20, size="1280x720")
            cameras = simulated_cameras(folder, "--file", clip, "--cameras", "2")
            server = Server(folder / "data", "--volume", disk)
            try:
                server.add_camera("a", cameras.url(0))
                server.add_camera("b", cameras.url(1))
                fill(disk / "ballast")
                wait_for("a camera to say that the disk is full",
                         lambda: "disk" in str(server.camera("a")["message"]), timeout=40)
                self.assertEqual(server.get("/healthz")[0], 200)
            finally:
                server.stop()
                cameras.stop()
                os.system(f"umount {disk}")

    def test_listening_beyond_loopback_is_refused(self):
        with workspace() as folder:
            code, _, err = run("serve", "--data", folder / "data", "--listen", "0.0.0.0:0")
            self.assertEqual(code, 3)
            self.assertIn("loopback", err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
