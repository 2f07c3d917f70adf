# SPDX-License-Identifier: Apache-2.0
"""500 WebSocket viewers of 8 cameras, a tenth of which never read: does recording notice?

Half of the run has no viewer. Commit latency is the time from the end of a fragment (the arrival of
the next key frame) to the moment at which GET /api/v1/cameras says that it is committed, asked 40
times a second; a shard ticks faster while somebody watches, so it may well fall.
"""
import contextlib
import json
import subprocess
import sys
import time

from . import frames, places
from .browser import quantile
from .cameras import cameras
from .clips import PROFILES, clip
from .report import Benchmark, Outcome
from .server import Server

VIEWERS, CAMERAS, SILENT_EVERY = 500, 8, 10
GROWTH = 1.10
# Two GOPs of 2 s at 2 Mbit/s for each viewer that does not read, and as much again for everything
# else that 500 connections need.
MEMORY_BYTES = 2 * (VIEWERS // SILENT_EVERY) * 2 * 500_000
NOISE_MS = 5


class Watch:
    """The server while nobody, and while everybody watches."""

    def __init__(self, server):
        self.server, self.last = server, {}

    def commits(self, seconds):
        """Latencies in ms, and the largest proportional set size on the way."""
        latencies, most = [], 0
        end = time.monotonic() + seconds
        next_memory = 0
        while time.monotonic() < end:
            for camera in self.server.get("/api/v1/cameras"):
                newest = camera["last_fragment_us"]
                known = self.last.get(camera["id"])
                self.last[camera["id"]] = newest
                if known is not None and newest != known:
                    latencies.append(time.time() * 1000 - newest / 1000)
            if time.monotonic() > next_memory:
                most = max(most, self.server.group.pss_bytes())
                next_memory = time.monotonic() + 0.5
            time.sleep(0.025)
        return latencies, most


@contextlib.contextmanager
def viewers(port):
    """All of them, reading; gives a call that ends them and tells what arrived."""
    process = subprocess.Popen(
        ["taskset", "-c", "0", sys.executable, places.REPOSITORY / "bench/harness/viewers.py",
         str(port), str(VIEWERS), str(CAMERAS), str(SILENT_EVERY)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def finish():
        process.stdin.close()
        return json.loads(process.stdout.readline())
    try:
        if not process.stdout.readline():
            raise RuntimeError("the viewers could not connect")
        yield finish
    finally:
        process.kill()
        process.wait()


def lost_frames(server):
    return sum(v for name, v in server.metrics().items()
               if name.startswith(("vedette_stream_lost_frames_total",
                                   "vedette_stream_lost_packets_total")))


def run(options):
    seconds = 8 if options.quick else 25
    profile = PROFILES["1080p15"]
    wrong = []
    with cameras(clip(profile), CAMERAS, options) as port, places.scratch(options.dir) as folder:
        with Server(folder, port, CAMERAS) as server:
            server.wait_for_recording()
            begun = time.monotonic()
            watch = Watch(server)
            watch.commits(2)
            quiet, quiet_bytes = watch.commits(seconds)
            with viewers(server.system.listen) as finish:
                watch.commits(2)
                busy, busy_bytes = watch.commits(seconds)
                jumps = server.metrics()["vedette_live_jumps_total"]
                arrived = finish()
            lost = lost_frames(server)
            length = time.monotonic() - begun
        try:
            least = int((length - profile.gop_seconds) * profile.fps)
            stored = frames.check_all(clip(profile), server.files(), least)
        except frames.Lost as error:
            stored, wrong = 0, [*wrong, str(error)]
    return judge({"quiet": quiet, "busy": busy, "lost": lost, "stored": stored, "wrong": wrong,
                  "arrived": arrived, "jumps": jumps, "seconds": seconds,
                  "memory": (quiet_bytes, busy_bytes)})


def judge(seen):
    p95 = [quantile(seen[part], 0.95) for part in ("quiet", "busy")]
    grown = seen["memory"][1] - seen["memory"][0]
    wrong = list(seen["wrong"])
    if seen["lost"]:
        wrong.append(f"{seen['lost']:.0f} packets or frames lost")
    if p95[1] > GROWTH * p95[0] + NOISE_MS:
        wrong.append(f"commits took {p95[1]:.0f} ms instead of {p95[0]:.0f}")
    if grown > MEMORY_BYTES:
        wrong.append(f"memory grew by {grown >> 20} MiB, allowed are {MEMORY_BYTES >> 20}")
    whole = 0.9 * seen["seconds"] * 250_000
    if seen["arrived"]["least_bytes"] < whole:
        wrong.append(f"a viewer that reads got {seen['arrived']['least_bytes']} bytes")
    detail = {"frames_stored": seen["stored"], "commit_p95_ms_without": round(p95[0], 1),
              "commit_p50_ms": round(quantile(seen["busy"], 0.5), 1),
              "commit_p50_ms_without": round(quantile(seen["quiet"], 0.5), 1),
              "memory_growth_mib": round(grown / 2**20, 1), "viewers": VIEWERS,
              "never_reading": VIEWERS // SILENT_EVERY, "jumps": seen["jumps"],
              "mbit_per_s_to_viewers": round(seen["arrived"]["bytes"] * 8e-6 / seen["seconds"]),
              "least_mb_of_a_reader": round(seen["arrived"]["least_bytes"] / 1e6, 2),
              "wrong": wrong}
    return Outcome(round(p95[1], 1), "ms to commit a fragment, p95, with 500 viewers",
                   round(GROWTH * p95[0] + NOISE_MS, 1), not wrong, {}, detail)


BENCHMARK = Benchmark("viewers-500", 1.5, "recording while 500 pages watch and 50 never read", run)
