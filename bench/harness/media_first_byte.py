# SPDX-License-Identifier: Apache-2.0
"""media.mp4 for a random range out of 100 000 recording files: time to the first byte.

One real recording is made; the catalog is then filled with files that are hard links to it, each a
little earlier. The index of a file begins with its start in UTC (docs/design/recording.md), which
is the one number changed in the copies.
"""
import os
import random
import socket
import sqlite3
import statistics
import time

from .cameras import cameras
from .clips import PROFILES, clip
from .places import scratch
from .report import Benchmark, Outcome
from .server import Server

TARGET_MS = 50.0
RANGE_US = 20_000_000


def read_varint(blob, at):
    value = shift = 0
    while True:
        byte = blob[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


class Index:
    """A fragment index cut at its first start, so that copies with another start are cheap."""

    def __init__(self, blob):
        at = 1
        for _ in range(7):  # count, offset, record size, sequence, size, moof size, duration
            _, at = read_varint(blob, at)
        zigzag, end = read_varint(blob, at)
        self.head, self.tail, self.start_us = blob[:at], blob[end:], zigzag >> 1

    def moved(self, by_us):
        return self.head + varint((self.start_us + by_us) << 1) + self.tail


def multiply(folder, wanted):
    """Fills the catalog; the span of UTC it then covers."""
    db = sqlite3.connect(folder / "catalog.db")
    db.row_factory = sqlite3.Row
    largest = "SELECT * FROM file WHERE state = 1 ORDER BY bytes DESC LIMIT 1"
    row = dict(db.execute(largest).fetchone())
    blob = db.execute("SELECT data FROM fragment_index WHERE file = ?", (row["id"],)).fetchone()[0]
    index, length = Index(blob), row["end_us"] - row["start_us"]
    original = next(p for p in folder.rglob("*.mp4") if str(p).endswith(row["path"]))
    root = str(original)[:-len(row["path"])]
    for number in range(1, wanted):
        by = -number * (length + 1_000_000)
        if number % 1000 == 1:
            part = f"{row['camera']}/copies/{number // 1000:04}"
            os.makedirs(root + part, exist_ok=True)
        copy = {**row, "id": 10_000_000 + number, "run": f"{number:016x}", "seq": 0,
                "path": f"{part}/{number:06}.mp4", "start_us": row["start_us"] + by,
                "end_us": row["end_us"] + by}
        # A file system allows 65 000 links to one file on ext4: start another one before that.
        if number % 50_000 == 0:
            fresh = original.with_name(f"copy-{number}.mp4")
            fresh.write_bytes(original.read_bytes())
            original = fresh
        os.link(original, root + copy["path"])
        names = ",".join(copy)
        db.execute(f"INSERT INTO file ({names}) VALUES ({','.join('?' * len(copy))})",
                   tuple(copy.values()))
        db.execute("INSERT INTO run VALUES (?,?,?,?,?)", (copy["run"], copy["camera"], copy["kind"],
                                                          copy["start_us"], copy["end_us"]))
        db.execute("INSERT INTO fragment_index VALUES (?,?)", (copy["id"], index.moved(by)))
    db.commit()
    db.close()
    return row["start_us"] - (wanted - 1) * (length + 1_000_000), row["end_us"]


def first_byte_ms(port, path):
    """From the connection to the first byte of the body; the body is then dropped."""
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
                           "\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer or not answer.split(b"\r\n\r\n", 1)[1]:
            part = connection.recv(65536)
            if not part:
                raise RuntimeError(f"{path}: {answer[:200]!r}")
            answer += part
        took = 1000 * (time.perf_counter() - begun)
    status = int(answer.split(b" ", 2)[1])
    if status != 200:
        raise RuntimeError(f"{path}: HTTP {status}")
    return took


def run(options):
    files = 5_000 if options.quick else 100_000
    seed = int(time.time())
    chance = random.Random(seed)
    with cameras(clip(PROFILES["360p10"]), 1, options) as port, scratch(options.dir) as folder:
        with Server(folder, port, 1) as server:
            server.wait_for_recording()
            time.sleep(60)
        begin, end = multiply(folder, files)
        with Server(folder) as server:
            times = []
            for _ in range(100 if options.quick else 500):
                start = chance.randrange(begin, end - RANGE_US)
                times.append(first_byte_ms(server.system.listen, "/api/v1/cameras/cam0/media.mp4"
                                           f"?from_us={start}&to_us={start + RANGE_US}"))
    p95 = statistics.quantiles(times, n=20)[-1]
    return Outcome(round(p95, 2), "ms to the first byte, p95", TARGET_MS, p95 <= TARGET_MS, {}, {
        "files": files, "requests": len(times), "p50_ms": round(statistics.median(times), 2),
        "max_ms": round(max(times), 2), "seed": seed})


BENCHMARK = Benchmark("media-first-byte", 4, "time to the first byte of media.mp4 among "
                      "100 000 files", run)
