#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the table of figures in README.md from bench/results/*.json (bench/run --all).

usage: figures.py           rewrites the table
       figures.py --print   prints it only
"""
import json
import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
TABLE = re.compile(r"(<!-- figures:.*?-->\n)(.*?)(<!-- /figures -->)", re.S)
WHAT = {
    "record-cost": "recording one 1080p15 camera of 2 Mbit/s",
    "record-256": "256 cameras recorded for 10 minutes into 10 GB",
    "memory": "memory of one camera more",
    "media-first-byte": "a random range among 100 000 files",
    "catalog-10m": "a deleted catalog rebuilt from the files",
    "tamper": "edits of recordings, ledgers and bundles",
    "first-page": "opening the first page to its controls and a tile that is fed",
    "kill-loss": "lost at `kill -9`",
    "live-latency": "camera to screen",
    "first-picture": "opening a camera to its first picture",
    "timeline-click": "a click on the timeline to the picture, 64 cameras of 30 days",
    "scrub": "pictures while dragging, 64 cameras of 30 days",
    "nine-tiles": "nine live tiles: the slowest against its camera",
    "viewers-500": "recording while 500 watch and 50 never read",
    "evidence-share": "signatures and hashes in what is stored",
    "write-amplification": "written to the disk per byte of media",
}


HEAD = ["| what | script | value | target | others, same run | commit |",
        "|---|---|---|---|---|---|"]
ROW = re.compile(r"^\|[^|]*\| `([a-z0-9-]+)` \|")


def said(value):
    """A figure, or several by name."""
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{name} {one}" for name, one in value.items())


def row(result):
    peers = ", ".join(f"{name.split(' (')[0]} {value}" for name, value in result["peers"].items())
    verdict = "" if result["pass"] else " (missed)"
    what = WHAT.get(result["name"], result["name"])
    return (f"| {what} | `{result['name']}` | {said(result['value'])} {result['unit']}{verdict} "
            f"| {said(result['target'])} | {peers or '–'} | {result['commit']} |")


def table(before):
    """A row that was not measured again stays as it was: its commit says when that is."""
    rows = {found[1]: line for line in before.splitlines() if (found := ROW.match(line))}
    for path in sorted((REPOSITORY / "bench/results").glob("*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        rows[result["name"]] = row(result)
    order = list(WHAT)
    names = sorted(rows, key=lambda name: order.index(name) if name in order else len(order))
    return "\n".join(HEAD + [rows[name] for name in names]) + "\n"


def main():
    page = REPOSITORY / "README.md"
    text = page.read_text(encoding="utf-8")
    rows = table(TABLE.search(text)[2])
    if "--print" in sys.argv:
        print(rows)
        return 0
    page.write_text(TABLE.sub(lambda m: m[1] + rows + m[3], text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
