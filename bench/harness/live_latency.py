# SPDX-License-Identifier: Apache-2.0
"""Camera to screen: the simulator draws the moment at which a picture is sent into the picture, and
the page's canvas is read once per animation frame."""
from . import browser, places
from .browser import quantile
from .report import Benchmark, Outcome

P50_MS, P95_MS = 150, 250
RATES = (15, 25)


def run(options):
    seconds = 6 if options.quick else 20
    ages, wrong = {}, []
    with places.scratch(options.dir) as folder, browser.page_server(folder) as server:
        with browser.stamped_cameras(1, "--fps", RATES[0]) as slow, \
                browser.stamped_cameras(1, "--fps", RATES[1]) as fast:
            for rate, port in zip(RATES, (slow, fast)):
                browser.add_camera(server, f"fps{rate}", port, 0)
            names = [f"fps{rate}" for rate in RATES]
            browser.wait_for_pictures(server, names)
            seen = browser.drive("live-latency.mjs", address=server.url(""), cameras=names,
                                 seconds=seconds)
    rows = []
    for rate, name in zip(RATES, names):
        ages[name] = seen[name]["agesMs"]
        if len(ages[name]) < 0.9 * rate * seconds:
            wrong.append(f"{name}: {len(ages[name])} pictures seen in {seconds} s")
        rows.append({"camera": name, "pictures": len(ages[name]),
                     **{f"p{int(100 * share)}_ms": quantile(ages[name], share)
                        for share in (0.5, 0.95, 0.99)}, "max_ms": max(ages[name])})
    p50, p95 = (max(quantile(ages[n], share) for n in names) for share in (0.5, 0.95))
    passed = p50 <= P50_MS and p95 <= P95_MS and not wrong
    return Outcome({"p50": p50, "p95": p95}, "ms from the camera to the screen",
                   {"p50": P50_MS, "p95": P95_MS}, passed, {}, {"rows": rows, "wrong": wrong})


BENCHMARK = Benchmark("live-latency", 1.5, "camera to screen, of a 15 and a 25 fps camera", run)
