# SPDX-License-Identifier: Apache-2.0
"""kill -9 while recording: how much is lost, how soon it records again, does everything play, and
does `vedette verify` find every archive intact that a kill leaves?

Several servers, each with its eight cameras, are killed and started again independently of each
other at random moments, so that a thousand kills take a quarter of an hour. What a camera had sent
completely and is not on disk counts as lost; a fragment is a GOP of one second here.
"""
import concurrent.futures
import json
import random
import subprocess
import sys
import time

from . import frames
from .cameras import cameras
from .clips import PROFILES, clip
from .places import VEDETTE, scratch
from .report import Benchmark, Outcome
from .server import Server

CAMERAS = 8
LANES = 8
KILLS_PER_FOLDER = 25
PROFILE = PROFILES["180p10"]
BACK_S = 5.0
SLACK_S = 0.25  # of the measuring: the moment of the kill, the cameras' own unevenness


def last_ends(server, before_us):
    """UTC of the end of what is recorded before a moment, per camera."""
    query = "&".join(f"camera=cam{i}" for i in range(CAMERAS))
    path = f"/api/v1/timeline?{query}&from_us={before_us - 600_000_000}&to_us={before_us}&buckets=1"
    listed = server.get(path)["cameras"]
    return [max((span["end_us"] for span in c["spans"]), default=0) for c in listed]


def first_starts(server, after_us):
    """UTC of the first moment recorded after one, per camera; 0 where there is none yet."""
    query = "&".join(f"camera=cam{i}" for i in range(CAMERAS))
    to_us = after_us + 600_000_000
    path = f"/api/v1/timeline?{query}&from_us={after_us}&to_us={to_us}&buckets=1"
    listed = server.get(path)["cameras"]
    return [min((span["start_us"] for span in c["spans"]), default=0) for c in listed]


def verified(folder):
    """(what `vedette verify` complains of, torn ends) in the archive as it lies there."""
    done = subprocess.run([VEDETTE, "verify", folder / "video", "--key", folder / "keys/site.pub",
                           "--json"], capture_output=True, text=True, check=False)
    if not done.stdout:
        return [done.stderr.strip() or f"vedette verify ended with {done.returncode}"], 0
    result = json.loads(done.stdout)
    return [f"{f['class']}: {f['path']}: {f['detail']}" for f in result["findings"]], \
        len(result["torn"])


def one_kill(folder, port, chance):
    """The most that a camera lost, and the longest until one was recorded again, in seconds; what
    verify says of what the kill left."""
    known = () if any(folder.iterdir()) else (port, CAMERAS)
    with Server(folder, *known, core=None) as server:
        server.count = CAMERAS
        server.wait_for_recording()
        time.sleep(chance.uniform(0, 3))
        killed_us = time.time_ns() // 1000
        server.group.kill()
    found, torn = verified(folder)
    started_us = time.time_ns() // 1000
    with Server(folder, core=None) as server:
        server.wait_until(lambda: all(first_starts(server, started_us)), 30, "does not resume")
        back = max(first_starts(server, started_us)) - started_us
        lost = max(killed_us - end for end in last_ends(server, killed_us))
    return lost / 1e6, back / 1e6, found, torn


def unplayable(folder, camera):
    """Files of a camera that ffmpeg does not read to the end without a complaint."""
    found = []
    for path in sorted(folder.rglob(f"{camera}/**/*.mp4")):
        pictures, complaint = frames.hashes(path)
        if complaint or not pictures:
            found.append(f"{path.name}: {complaint.splitlines()[0] if complaint else 'empty'}")
    return found


def lane(number, kills, seed, options):
    """One server, killed so many times: losses, times until it records, files that do not play,
    what verify found, torn ends."""
    chance = random.Random(f"{seed}/{number}")
    losses, backs, broken, findings, ends = [], [], [], [], []
    with cameras(clip(PROFILE), CAMERAS, options, core=None) as port:
        while len(losses) < kills:
            with scratch(options.dir) as folder:
                for _ in range(min(KILLS_PER_FOLDER, kills - len(losses))):
                    lost, back, found, torn = one_kill(folder, port, chance)
                    losses.append(lost)
                    backs.append(back)
                    findings += found
                    ends.append(torn)
                    print(f"server {number}: {len(losses)} of {kills} kills", file=sys.stderr)
                findings += verified(folder)[0]  # stopped in order
                broken += unplayable(folder, f"cam{chance.randrange(CAMERAS)}")
    return losses, backs, broken, findings, ends


def run(options):
    seed = int(time.time())
    shares = [options.kills // LANES + (n < options.kills % LANES) for n in range(LANES)]
    clip(PROFILE)
    # Processes: what starts a server does things after fork() that threads must not.
    with concurrent.futures.ProcessPoolExecutor(LANES) as pool:
        jobs = [pool.submit(lane, n, share, seed, options) for n, share in enumerate(shares)]
        results = [job.result() for job in jobs]
    losses, backs, broken, findings, ends = ([x for result in results for x in result[i]]
                                             for i in range(5))
    worst = max(losses)
    # What is not complete yet is no fragment: beside one whole fragment up to one GOP is under way.
    most = 2 * PROFILE.gop_seconds + SLACK_S
    passed = worst <= most and max(backs) <= BACK_S and not broken and not findings
    return Outcome(round(worst, 3), "s of a camera lost at worst (a fragment is 1 s, the one under "
                   "way comes on top)", most, passed, {}, {
                       "kills": len(losses), "cameras": CAMERAS, "servers": LANES,
                       "lost_s": spread(losses), "recording_again_s": spread(backs),
                       "whole_fragments_lost": max(
                           int((lost - SLACK_S) // PROFILE.gop_seconds) for lost in losses),
                       "verify_findings": len(findings), "verify_examples": findings[:10],
                       "torn_ends": sum(ends), "unplayable": broken[:10], "seed": seed})


def spread(values):
    ordered = sorted(values)
    return {"median": round(ordered[len(ordered) // 2], 3),
            "p99": round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], 3),
            "worst": round(ordered[-1], 3)}


BENCHMARK = Benchmark("kill-loss", 18, "kill -9 at 1000 random moments: seconds lost, time to "
                      "record again, verify clean every time", run)
