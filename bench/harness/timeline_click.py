# SPDX-License-Identifier: Apache-2.0
"""From a click on the timeline to the picture of that moment on the screen: the moment is drawn
into the pictures and read back from the canvas, so a picture of another moment does not count."""
from . import browser, stamped_archive
from .browser import quantile
from .report import Benchmark, Outcome

TARGET_MS, SERVER_MS = 200, 50


def run(options):
    clicks = 40 if options.quick else 200
    with stamped_archive.server() as (server, meaning):
        stamped_archive.server_ms(server, meaning, 20)  # the first to ask would wait for the disk
        seen = browser.drive("timeline-click.mjs", timeout=900, address=server.url(""),
                             meaning=meaning, clicks=clicks)["results"]
        server_ms = stamped_archive.server_ms(server, meaning, clicks)
    times = [one["ms"] for one in seen if one.get("ms") is not None]
    wrong = [f"camera {one['camera']}: {one.get('offMs')} ms off after 5 s" for one in seen
             if one.get("ms") is None]
    if not times:
        raise RuntimeError(f"no click ended with its picture: {wrong[:5]}")
    server_p95 = {kind: round(quantile(values, 0.95), 1) for kind, values in server_ms.items()}
    p95 = quantile(times, 0.95)
    passed = p95 <= TARGET_MS and not wrong and max(server_p95.values()) <= SERVER_MS
    return Outcome(round(p95), "ms from click to picture, p95", TARGET_MS, passed, {}, {
        "p50_ms": round(quantile(times, 0.5)), "p99_ms": round(quantile(times, 0.99)),
        "max_ms": round(max(times)), "clicks": len(seen), "wrong": wrong,
        "pictures_of_another_moment_shown_before": sum(one["others"] for one in seen),
        "server_p95_ms": server_p95, "server_target_ms": SERVER_MS,
        "server_median_ms": {k: round(quantile(v, 0.5), 1) for k, v in server_ms.items()},
        "cameras": meaning["cameras"], "days": meaning["days"]})


BENCHMARK = Benchmark("timeline-click", 3, "a click on 64 cameras × 30 days, to the picture", run)
