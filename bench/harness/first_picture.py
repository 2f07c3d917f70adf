# SPDX-License-Identifier: Apache-2.0
"""From opening a camera's tile to its first picture in the canvas."""
from . import browser, places
from .browser import quantile
from .report import Benchmark, Outcome

TARGET_MS = 300


def run(options):
    rounds = 12 if options.quick else 40
    names = ["one", "two"]
    with places.scratch(options.dir) as folder, browser.page_server(folder) as server:
        with browser.stamped_cameras(len(names)) as port:
            for index, name in enumerate(names):
                browser.add_camera(server, name, port, index)
            browser.wait_for_pictures(server, names)
            samples = browser.drive("first-picture.mjs", address=server.url(""), cameras=names,
                                    rounds=rounds)["samples"]
    took = [s["tookMs"] for s in samples]
    worst = max(took)
    detail = {"rounds": len(took), "p50_ms": round(quantile(took, 0.5)),
              "p95_ms": round(quantile(took, 0.95)), "max_ms": round(worst),
              "age_of_it_p50_ms": quantile([s["ageMs"] for s in samples], 0.5)}
    return Outcome(round(quantile(took, 0.95)), "ms to the first picture, p95", TARGET_MS,
                   quantile(took, 0.95) <= TARGET_MS, {}, detail)


BENCHMARK = Benchmark("first-picture", 1.5, "opening a camera's tile to its first picture", run)
