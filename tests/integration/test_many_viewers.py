# SPDX-License-Identifier: Apache-2.0
"""Many, slow and stuck viewers beside a recorder (fault 23 of docs/trust.md): nothing recorded is
lost to them, memory stays bounded, and who comes after them is served."""
import pathlib
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from product import (  # noqa: E402
    Server, make_clip, simulated_cameras, wait_for, workspace,
)

CAMERAS = 3
SECONDS = 8
MOST_BYTES = 256 << 20  # what the process may grow by
MOST_INSIDE = 512 + 8  # connections that are served, and some that are just being refused

UPGRADE = (b"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
           b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           b"Sec-WebSocket-Version: 13\r\n\r\n")


def subscribe(camera):
    text = b'{"op":"subscribe","sub":1,"camera":"cam%d"}' % camera
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text


def connect(port, receive_bytes=None):
    peer = socket.socket()
    if receive_bytes:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    peer.settimeout(10)
    peer.connect(("127.0.0.1", port))
    return peer


def viewer(port, index, receive_bytes=None):
    """Upgraded and subscribed; None when the server takes no more."""
    peer = connect(port, receive_bytes)
    try:
        peer.sendall(UPGRADE % port)
        if b" 101 " not in peer.recv(15):
            peer.close()
            return None
        peer.sendall(subscribe(index % CAMERAS))
    except OSError:
        peer.close()
        return None
    return peer


def served(port):
    """How many connections the server holds now, as the system counts them."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def close_all(peers):
    for peer in peers:
        peer.close()


class Fault23(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = workspace()
        folder = cls.work.__enter__()
        clip = make_clip(folder / "clip.mp4", seconds=20)
        cls.cameras = simulated_cameras(folder, "--file", clip, "--cameras", str(CAMERAS))
        cls.server = Server(folder / "data")
        cls.port = int(cls.server.url.rsplit(":", 1)[1])
        for index in range(CAMERAS):
            cls.server.add_camera(f"cam{index}", cls.cameras.url(index))
        for index in range(CAMERAS):
            cls.server.wait_state(f"cam{index}", "recording", 90)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.cameras.stop()
        cls.work.__exit__(None, None, None)

    def resident(self):
        pid = self.server.process.child.pid
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(next(x.split()[1] for x in status.splitlines() if x.startswith("VmRSS"))) << 10

    def setUp(self):
        self.begin = int(time.time() * 1e6)
        self.before = self.resident()

    def expect_recorded(self):
        """Every camera, from setUp() until now, without a gap."""
        end = int(time.time() * 1e6)
        for index in range(CAMERAS):
            wait_for(f"cam{index} to be on the disk up to the end",
                     lambda: (self.server.camera(f"cam{index}")["last_fragment_us"] or 0) >= end)
        names = "&".join(f"camera=cam{index}" for index in range(CAMERAS))
        status, timeline, _ = self.server.get(
            f"/api/v1/timeline?{names}&from_us={self.begin}&to_us={end}&buckets=10")
        self.assertEqual(status, 200, timeline)
        self.assertEqual(len(timeline["cameras"]), CAMERAS)
        for camera in timeline["cameras"]:
            self.assertEqual(camera["gaps"], [], camera)
            self.assertEqual(len(camera["spans"]), 1, camera)
            self.assertLessEqual(camera["spans"][0]["start_us"], self.begin)
            self.assertGreaterEqual(camera["spans"][0]["end_us"], end - 1000)

    def test_three_hundred_that_never_read(self):
        peers = [viewer(self.port, i, 4096) for i in range(300)]
        self.assertNotIn(None, peers)
        most = 0
        for _ in range(SECONDS * 2):
            time.sleep(0.5)
            most = max(most, self.resident())
        self.assertLess(most - self.before, MOST_BYTES)
        close_all(peers)
        self.expect_recorded()

    def test_a_hundred_on_slow_lines_and_a_hundred_that_never_end_their_request(self):
        slow = [viewer(self.port, i, 4096) for i in range(100)]
        self.assertNotIn(None, slow)
        endless = [connect(self.port) for _ in range(100)]
        for peer in slow + endless:
            peer.setblocking(False)
        most = 0
        for step in range(SECONDS * 5):
            time.sleep(0.2)
            for peer in slow:
                try:
                    peer.recv(200)
                except OSError:
                    pass
            for peer in endless:
                try:
                    peer.send(b"GET /api/v1/status HTTP/1.1\r\nX: "[step:step + 1] or b"a")
                except OSError:
                    pass
            most = max(most, self.resident())
        self.assertLess(most - self.before, MOST_BYTES)
        close_all(slow + endless)
        self.expect_recorded()

    def test_viewers_that_come_and_go_in_a_storm(self):
        end, count = time.monotonic() + SECONDS, 0
        while time.monotonic() < end:
            peers = [viewer(self.port, i) for i in range(40)]
            for peer in filter(None, peers):
                # Half of them by a reset, in the middle of what is sent to them.
                if count % 2 == 0:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                peer.close()
                count += 1
        self.assertGreater(count, 200)
        self.assertLess(self.resident() - self.before, MOST_BYTES)
        self.expect_recorded()

    def test_more_than_are_let_in(self):
        peers, most = [], 0
        for index in range(700):
            try:
                peers.append(viewer(self.port, index, 4096))
            except OSError:
                peers.append(None)
            most = max(most, served(self.port))
        inside = [peer for peer in peers if peer]
        self.assertGreater(len(inside), 300)
        # Where it takes long, the first were sent away meanwhile.
        self.assertLess(most, MOST_INSIDE)
        time.sleep(SECONDS)
        self.assertLess(self.resident() - self.before, MOST_BYTES)
        close_all(inside)
        self.expect_recorded()


if __name__ == "__main__":
    unittest.main()
