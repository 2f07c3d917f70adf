# SPDX-License-Identifier: Apache-2.0
"""Dragging over the timeline: pictures shown per second; and the timeline's own frames per second
while it is zoomed and panned with all lanes open, from the browser's trace."""
from . import browser, stamped_archive
from .report import Benchmark, Outcome

PICTURES, FRAMES = 15, 50


def run(options):
    seconds = 3 if options.quick else 8
    with stamped_archive.server() as (server, meaning):
        seen = browser.drive("timeline-drag.mjs", timeout=300,
                             address=server.url(""), meaning=meaning,
                             seconds=seconds)
    drags = {name: round(drag["pictures"], 1) for name, drag in seen["drags"].items()}
    moves = {name: round(drag["moves"], 1) for name, drag in seen["drags"].items()}
    frames = {name: {key: round(value, 1) for key, value in seen[name].items()}
              for name in ("zoom", "pan")}
    fewest = min(frames[name]["fps"] for name in frames)
    pictures = min(drags.values())
    return Outcome({"pictures": pictures, "frames": fewest}, "per second",
                   {"pictures": PICTURES, "frames": FRAMES},
                   pictures >= PICTURES and fewest >= FRAMES, {},
                   {"pictures_per_s_by_view": drags,
                    "moves_per_s_by_view": moves, **frames, "cameras": meaning["cameras"],
                    "days": meaning["days"]})


BENCHMARK = Benchmark("scrub", 2, "dragging, zooming and panning 64 cameras × 30 days", run)
