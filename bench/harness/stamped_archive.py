# SPDX-License-Identifier: Apache-2.0
"""64 cameras × 30 days in the catalog with real pictures behind them: one recording of a quarter of
an hour, in which every picture says its own place, stands behind them all
(bench_synthesize_timeline)."""
import contextlib
import json
import random
import shutil
import subprocess
import time
import urllib.request

from . import browser, places

SYNTHESIZE = places.VEDETTE.parent / "bench/bench_synthesize_timeline"
WIDTH, HEIGHT, FPS, GOP = 640, 360, 15, 30
SECONDS = 900
LOOP_MS = 30_000  # as src/sim/stamp.h counts; the mark says which one
BLACK, WHITE = 32, 220


def crc8(data):
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


def bits(ms, mark):
    data = bytes([ms >> 8, ms & 0xFF, mark])
    code = int.from_bytes(data + bytes([crc8(data)]), "big")
    return [code >> (31 - i) & 1 for i in range(32)]


def pictures():
    """Raw I420 pictures: a gradient, a bar that moves, and the stamp of src/sim/stamp.h."""
    square = WIDTH // 40
    plain = bytes(60 + x * 100 // WIDTH for x in range(WIDTH)) * HEIGHT
    chroma = bytes([128]) * (WIDTH * HEIGHT // 2)
    cells = [bytes([value]) * square for value in (BLACK, WHITE)]
    for number in range(SECONDS * FPS):
        at_ms = round(number * 1000 / FPS)
        luma = bytearray(plain)
        bar = number * 4 % (WIDTH - 40)
        for y in range(200, 280):
            luma[y * WIDTH + bar:y * WIDTH + bar + 40] = bytes([200]) * 40
        code = bits(at_ms % LOOP_MS, at_ms // LOOP_MS)
        for row in range(2):
            line = b"".join(cells[bit] for bit in code[row * 16:row * 16 + 16])
            for y in range((2 + row) * square, (3 + row) * square):
                start = y * WIDTH + 2 * square
                luma[start:start + len(line)] = line
        yield luma
        yield chroma


def clip():
    """The MP4 file, made when it is not there yet."""
    path = places.BUILD / f"stamped-{WIDTH}x{HEIGHT}-{SECONDS}s.mp4"
    if path.exists():
        return path
    places.BUILD.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.mp4")
    encoder = subprocess.Popen([
        "ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p",
        "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "-", "-c:v", "libx264", "-preset",
        "ultrafast", "-tune", "zerolatency", "-crf", "28", "-g", str(GOP), "-keyint_min", str(GOP),
        "-sc_threshold", "0", "-video_track_timescale", "90000", partial], stdin=subprocess.PIPE)
    for plane in pictures():
        encoder.stdin.write(plane)
    encoder.stdin.close()
    if encoder.wait() != 0:
        raise RuntimeError("ffmpeg failed")
    partial.rename(path)
    return path


def archive(cameras, days):
    """The data folder and what its pictures mean. It takes minutes to make and is kept for the next
    run: nothing that is measured writes to it."""
    folder = places.BUILD / f"stamped-archive-{cameras}x{days}"
    meaning = folder / "meaning.json"
    if not meaning.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        made = subprocess.run([SYNTHESIZE, folder, folder / "video", clip(), str(cameras),
                               str(days)], check=True, capture_output=True, text=True)
        meaning.write_text(made.stdout, encoding="utf-8")
    return folder, json.loads(meaning.read_text(encoding="utf-8"))


@contextlib.contextmanager
def server(cameras=64, days=30, core=None):
    """A server with the page on such an archive, and what the pictures mean. Its cameras are set up
    and away: what is measured is looking at the past."""
    folder, meaning = archive(cameras, days)
    with browser.page_server(folder, core=core) as running:
        known = {camera["id"] for camera in running.get("/api/v1/cameras")}
        for number in range(cameras):
            name = f"cam{number}"
            if name not in known:
                running.post("/api/v1/cameras", {"id": name, "name": f"Camera {number + 1}",
                                                 "url": f"rtsp://127.0.0.1:9/{name}"})
        yield running, {**meaning, "cameras": cameras, "days": days}


def first_byte_ms(running, path):
    """From the request to the first byte of its answer, as a client sees it; the whole is read."""
    begun = time.perf_counter()
    with urllib.request.urlopen(running.url(path), timeout=30) as answer:
        answer.read(1)
        took = (time.perf_counter() - begun) * 1000
        answer.read()
    return took


def server_ms(running, meaning, rounds):
    """First bytes of pictures at random moments, and of all cameras' lanes in several views."""
    dice = random.Random(4)
    length = meaning["files"] * meaning["file_us"]
    media, lanes = [], []
    for _ in range(rounds):
        at = meaning["begin_us"] + dice.randrange(length - 10_000_000)
        camera = f"cam{dice.randrange(meaning['cameras'])}"
        media.append(first_byte_ms(
            running, f"/api/v1/cameras/{camera}/media.mp4?from_us={at}&to_us={at + 1}"))
    for span in (3600, 86_400, 30 * 86_400, 360 * 86_400) * max(1, rounds // 20):
        to = meaning["begin_us"] + length // 2 + span * 500_000
        lanes.append(first_byte_ms(
            running, f"/api/v1/timeline?from_us={to - span * 1_000_000}&to_us={to}&buckets=720"))
    return {"media": media, "timeline": lanes}
