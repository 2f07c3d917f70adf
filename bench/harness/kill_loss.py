# SPDX-License-Identifier: Apache-2.0
"""kill -9 while recording: how much is lost, how soon it records again, does everything play?"""
import random
import time

from . import frames
from .cameras import cameras
from .clips import PROFILES, clip
from .places import scratch
from .report import Benchmark, Outcome
from .server import Server

CAMERAS = 4
ONE_FRAGMENT_S = 2.0
BACK_S = 5.0
SLACK_S = 0.25  # of the measuring itself: the kill falls between two frames


def last_ends(server, before_us):
    """UTC of the end of what is recorded before a moment, per camera."""
    query = "&".join(f"camera=cam{i}" for i in range(CAMERAS))
    path = f"/api/v1/timeline?{query}&from_us={before_us - 600_000_000}&to_us={before_us}&buckets=1"
    listed = server.get(path)["cameras"]
    return [max((span["end_us"] for span in c["spans"]), default=0) for c in listed]


def one_kill(folder, port, pause):
    with Server(folder, port, CAMERAS) if not any(folder.iterdir()) else Server(folder) as server:
        server.count = CAMERAS
        server.wait_for_recording()
        time.sleep(pause)
        killed_us = time.time_ns() // 1000
        server.group.kill()
    begun = time.monotonic()
    with Server(folder) as server:
        server.count = CAMERAS

        def resumed():
            cameras = server.get("/api/v1/cameras")
            return all((camera["last_fragment_us"] or 0) > killed_us for camera in cameras)
        server.wait_until(resumed, 30, "does not resume")
        back = time.monotonic() - begun
        lost = [(killed_us - end) / 1e6 for end in last_ends(server, killed_us)]
    return max(lost), back


def unplayable(folder):
    """Files that ffmpeg does not read to the end without a complaint."""
    found = []
    for path in sorted(folder.rglob("*.mp4")):
        pictures, complaint = frames.hashes(path)
        if complaint or not pictures:
            found.append(f"{path.name}: {complaint.splitlines()[0] if complaint else 'empty'}")
    return found


def run(options):
    seed = int(time.time())
    chance = random.Random(seed)
    profile = PROFILES["1080p15"]
    losses, backs = [], []
    with cameras(clip(profile), CAMERAS, options) as port, scratch(options.dir) as folder:
        for _ in range(3 if options.quick else 20):
            lost, back = one_kill(folder, port, chance.uniform(0.5, 6))
            losses.append(round(lost, 3))
            backs.append(round(back, 3))
        broken = unplayable(folder)
    # The first fragment after a start ends one GOP later, which is not the recorder's doing.
    passed = (max(losses) <= ONE_FRAGMENT_S + SLACK_S and max(backs) <= BACK_S + ONE_FRAGMENT_S
              and not broken)
    return Outcome(max(losses), "s lost at worst (a fragment is 2 s)", ONE_FRAGMENT_S, passed, {}, {
        "lost_s": losses, "first_fragment_after_s": backs, "unplayable": broken, "seed": seed})


BENCHMARK = Benchmark("kill-loss", 6, "kill -9 at random moments: seconds lost, time to record "
                      "again", run)
