# SPDX-License-Identifier: Apache-2.0
"""Another camera takes the address of one that is recorded: it is asked about until settled."""
import pathlib
import socketserver
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import Server, run, simulated_cameras, wait_for, workspace  # noqa: E402

LOGIN = ["--auth", "md5", "--user", "admin", "--password", "secret"]


class Stranger(socketserver.StreamRequestHandler):
    """A camera of another make that knows neither the user nor the password."""

    def handle(self):
        sequence = "1"
        for line in self.rfile:
            text = line.decode("latin-1").strip()
            if text.lower().startswith("cseq:"):
                sequence = text[5:].strip()
            if text == "":
                answer = ["RTSP/1.0 401 Unauthorized", f"CSeq: {sequence}",
                          "Server: Hipcam RealServer/V1.0",
                          'WWW-Authenticate: Digest realm="IP Camera(C9999)", nonce="1"', "", ""]
                self.wfile.write("\r\n".join(answer).encode())


class At:
    """The stranger at an address."""

    def __init__(self, port):
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", port), Stranger)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def leave(self):
        self.server.shutdown()
        self.server.server_close()


class OtherDevice(unittest.TestCase):
    def test_is_asked_about_until_it_leaves_or_is_confirmed(self):
        with workspace() as folder:
            data = folder / "data"
            data.mkdir()
            camera = simulated_cameras(folder, "--fps", "5", *LOGIN)
            port = camera.port
            server = Server(data)
            try:
                server.add_camera("door", f"rtsp://admin:secret@127.0.0.1:{port}/cam0")
                server.wait_state("door", "recording")
                config = data / "config.db"
                wait_for("the camera to be known", lambda: b"Vedette" in config.read_bytes())
                self.assertIsNone(server.camera("door")["other_device"])

                camera.stop()
                stranger = At(port)
                other = wait_for("the question", lambda: server.camera("door")["other_device"], 30)
                self.assertEqual(other["is"], "IP Camera(C9999)")
                alarms = server.get("/api/v1/status")[1]["alarms"]
                self.assertIn("other_device", [alarm["cause"] for alarm in alarms])
                code, out, err = run("status", "--data", data)
                self.assertEqual(code, 0, err)
                self.assertIn("QUESTION: door: Another camera seems to answer", out)

                stranger.leave()
                camera = simulated_cameras(folder, "--fps", "5", "--port", str(port), *LOGIN)
                wait_for("the camera to be back",
                         lambda: server.camera("door")["other_device"] is None, 40)
                server.wait_state("door", "recording")

                camera.stop()
                stranger = At(port)
                wait_for("the question again", lambda: server.camera("door")["other_device"], 30)
                code, out, err = run("camera", "confirm", "--data", data, "--id", "door")
                self.assertEqual((code, out), (0, "what answers now is camera door\n"), err)
                self.assertIsNone(server.camera("door")["other_device"])
                stranger.leave()
                code, _, err = run("camera", "confirm", "--data", data, "--id", "nobody")
                self.assertEqual(code, 3, err)
                self.assertIn('there is no camera "nobody"', err)
            finally:
                server.stop()
                camera.stop()


if __name__ == "__main__":
    unittest.main()
