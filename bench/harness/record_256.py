# SPDX-License-Identifier: Apache-2.0
"""256 cameras of 2 Mbit/s, the simulator on one core and the recorder on the other, into a quota.

No frame may be lost: what is on disk at the end is, per camera, an unbroken piece of what was sent.
None may be late: every camera's last fragment is never older than a GOP and a few seconds.
"""
import time

from . import frames
from .cameras import cameras
from .clips import PROFILES, clip
from .places import scratch
from .report import Benchmark, Outcome
from .server import Server

MAX_AGE_S = 5.0
QUOTA_SLACK = 1.02


def watch(server, seconds, started_us):
    """Looks at every camera each two seconds; the worst that was seen."""
    seen = {"oldest_s": 0.0, "not_recording": 0, "used_bytes": 0}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(2)
        listed = server.get("/api/v1/cameras")
        now = time.time_ns() // 1000
        ages = [(now - (c["last_fragment_us"] or started_us)) / 1e6 for c in listed]
        seen["oldest_s"] = max(seen["oldest_s"], *ages)
        down = sum(c["state"] != "recording" for c in listed)
        seen["not_recording"] = max(seen["not_recording"], down)
        volumes = server.get("/api/v1/status")["volumes"]
        seen["used_bytes"] = max(seen["used_bytes"], sum(v["used_bytes"] for v in volumes))
    return seen


def gaps(server, started_us):
    now = time.time_ns() // 1000
    found = server.get(f"/api/v1/ledger?kind=gap&from_us={started_us}&to_us={now}")
    return found if isinstance(found, list) else found.get("entries", found.get("items", []))


def run(options):
    profile = PROFILES["1080p15"]
    count = 32 if options.quick else 256
    seconds, quota = (60, "100MB") if options.quick else (600, "10GB")
    quota_bytes = 100e6 if options.quick else 10e9
    with cameras(clip(profile), count, options) as port, scratch(options.dir) as folder:
        with Server(folder, port, count, ("--quota", quota)) as server:
            server.wait_for_recording(60)
            started_us, cpu = time.time_ns() // 1000, server.group.cpu_seconds()
            seen = watch(server, seconds, started_us)
            cpu = server.group.cpu_seconds() - cpu
            broken = gaps(server, started_us)
        lost, stored = None, 0
        try:
            stored = frames.check_all(clip(profile), server.files(), 1)
        except frames.Lost as error:
            lost = str(error)
    most = quota_bytes * QUOTA_SLACK
    passed = (lost is None and not broken and seen["oldest_s"] <= MAX_AGE_S
              and seen["not_recording"] == 0 and seen["used_bytes"] <= most)
    return Outcome(0 if lost is None and not broken else None, "frames lost", 0, passed, {}, {
        "cameras": count, "seconds": seconds, "quota": quota, "frames_checked": stored,
        "lost": lost, "gaps": broken[:5], "oldest_fragment_s": round(seen["oldest_s"], 2),
        "cameras_not_recording": seen["not_recording"], "used_bytes": seen["used_bytes"],
        "percent_of_a_core_per_camera": round(100 * cpu / seconds / count, 4)})


BENCHMARK = Benchmark("record-256", 14, "256 cameras for 10 minutes into a 10 GB quota: none lost, "
                      "none late", run)
