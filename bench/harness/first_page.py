# SPDX-License-Identifier: Apache-2.0
"""From opening the page for the first time, on loopback, to what can be used on it."""
from . import browser, places
from .browser import quantile
from .report import Benchmark, Outcome

TARGET_MS = 1000


def run(options):
    rounds = 5 if options.quick else 20
    with places.scratch(options.dir) as folder, browser.page_server(folder) as server:
        with browser.stamped_cameras(1) as port:
            browser.add_camera(server, "one", port, 0, sub=True)
            browser.wait_for_pictures(server, ["one"])
            samples = browser.drive("first-page.mjs", address=server.url(""), camera="one",
                                    rounds=rounds)["samples"]
    usable = [max(s["controlMs"], s["tileMs"]) for s in samples]
    detail = {"rounds": rounds, "usable_p50_ms": round(quantile(usable, 0.5)),
              "usable_max_ms": round(max(usable))}
    for name in ("controlMs", "tileMs", "pictureMs"):
        detail[f"{name[:-2]}_p50_ms"] = round(quantile([s[name] for s in samples], 0.5))
    worst = quantile(usable, 0.95)
    return Outcome(round(worst), "ms until the first page is usable, p95", TARGET_MS,
                   worst <= TARGET_MS, {}, detail)


BENCHMARK = Benchmark("first-page", 1, "the first page: its controls, and a tile that is fed", run)
