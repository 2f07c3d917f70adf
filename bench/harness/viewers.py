# SPDX-License-Identifier: Apache-2.0
"""Many live viewers in one process: `python3 viewers.py PORT VIEWERS CAMERAS SILENT`.

Each opens a WebSocket (RFC 6455), subscribes to one camera and then reads as fast as it can, except
for every SILENT-th, which never reads again. Prints {"connected"} when all are subscribed, and, at
the end of stdin, what arrived.
"""
import json
import os
import select
import socket
import sys


def masked_text(text):
    """A client's text frame; the mask is zero, which the server need not know."""
    payload = text.encode()
    return bytes([0x81, 0x80 | len(payload)]) + bytes(4) + payload


class Viewer:
    def __init__(self, port, camera, silent):
        self.silent, self.bytes, self.closed = silent, 0, False
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        if silent:
            # As a page on a slow line: the kernel shall not hold what the viewer does not take.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        self.socket.sendall(f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
                            .encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = self.socket.recv(4096)
            if not part:
                raise RuntimeError(f"refused: {answer[:300]!r}")
            answer += part
        if b" 101 " not in answer.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"refused: {answer[:300]!r}")
        self.socket.sendall(masked_text(json.dumps(
            {"op": "subscribe", "sub": 1, "camera": camera, "stream": "main"})))
        self.socket.setblocking(False)

    def read(self, buffer):
        try:
            count = self.socket.recv_into(buffer)
        except BlockingIOError:
            return
        except OSError:
            count = 0
        self.bytes += count
        self.closed = count == 0


def serve(viewers):
    poll, buffer = select.epoll(), bytearray(1 << 18)
    by_fd = {v.socket.fileno(): v for v in viewers if not v.silent}
    for descriptor in by_fd:
        poll.register(descriptor, select.EPOLLIN)
    poll.register(sys.stdin.fileno(), select.EPOLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == sys.stdin.fileno():
                if not os.read(descriptor, 64):
                    return
                continue
            viewer = by_fd[descriptor]
            viewer.read(buffer)
            if viewer.closed:
                poll.unregister(descriptor)


def main():
    port, count, cameras, every = map(int, sys.argv[1:5])
    viewers = [Viewer(port, f"cam{i % cameras}", i % every == every - 1) for i in range(count)]
    print(json.dumps({"connected": len(viewers)}), flush=True)
    serve(viewers)
    reading = [v for v in viewers if not v.silent]
    print(json.dumps({"reading": len(reading), "closed": sum(v.closed for v in viewers),
                      "least_bytes": min(v.bytes for v in reading),
                      "bytes": sum(v.bytes for v in reading)}), flush=True)


if __name__ == "__main__":
    main()
