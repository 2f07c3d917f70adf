# SPDX-License-Identifier: Apache-2.0
"""Memory of one camera more: the slope of PSS over the number of cameras, less the GOP ring.

The ring is what Vedette says it holds at that moment: vedette_stream_ring_bytes of all streams.
"""
import statistics
import time

from .cameras import cameras
from .clips import PROFILES, clip
from .places import scratch
from .record_cost import slope
from .report import Benchmark, Outcome
from .server import Server

TARGET_MIB = 1.0
MIB = 1 << 20


def ring_bytes(server, count):
    rings = [value for name, value in server.metrics().items()
             if name.startswith("vedette_stream_ring_bytes{")]
    assert len(rings) == count, f"{len(rings)} rings for {count} cameras"
    return sum(rings)


def measure(count, profile, options):
    with cameras(clip(profile), count, options) as port, scratch(options.dir) as folder:
        with Server(folder, port, count) as server:
            server.wait_for_recording()
            time.sleep(options.seconds)
            total, ring = [], []
            for _ in range(10):
                total.append(server.group.pss_bytes())
                ring.append(ring_bytes(server, count))
                time.sleep(0.5)
    return {"cameras": count, "pss_mib": round(statistics.median(total) / MIB, 2),
            "ring_mib": round(statistics.mean(ring) / MIB, 2)}


def run(options):
    profile = PROFILES["1080p15"]
    counts = [1, 8] if options.quick else [1, 8, 16, 32]
    rows = [measure(count, profile, options) for count in counts]
    value = slope([(r["cameras"], r["pss_mib"] - r["ring_mib"]) for r in rows])
    return Outcome(round(value, 3), "MiB per camera beyond the GOP ring", TARGET_MIB,
                   value <= TARGET_MIB, {}, {"rows": rows})


BENCHMARK = Benchmark("memory", 4, "memory per camera beyond its GOP ring", run)
