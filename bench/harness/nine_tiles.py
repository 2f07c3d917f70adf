# SPDX-License-Identifier: Apache-2.0
"""Nine sub-streams live with the open timeline, the browser and the server on one machine."""
from . import browser, places
from .report import Benchmark, Outcome

TILES, FPS = 9, 10
LEAST = 0.9


def run(options):
    seconds = 6 if options.quick else 20
    names = [f"cam{i}" for i in range(TILES)]
    with places.scratch(options.dir) as folder, browser.page_server(folder) as server:
        with browser.stamped_cameras(TILES) as port:
            for index, name in enumerate(names):
                browser.add_camera(server, name, port, index, sub=True)
            browser.wait_for_pictures(server, names)
            seen = browser.drive("nine-tiles.mjs", address=server.url(""), cameras=names,
                                 seconds=seconds)
    rows = [{"camera": name, **seen["tiles"][name]} for name in names]
    slowest = min(row["perSecond"] for row in rows)
    wrong = [f"{row['camera']} shows the {row['stream']} stream" for row in rows
             if row["stream"] != "sub"]
    return Outcome(round(slowest, 2), "pictures per second in the slowest of nine tiles",
                   LEAST * FPS, slowest >= LEAST * FPS and not wrong, {},
                   {"rows": rows, "camera_fps": FPS, "wrong": wrong})


BENCHMARK = Benchmark("nine-tiles", 1.5, "nine sub-streams live beside the open timeline", run)
