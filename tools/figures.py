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
    "kill-loss": "lost at `kill -9`",
}


def row(result):
    peers = ", ".join(f"{name.split(' (')[0]} {value}" for name, value in result["peers"].items())
    verdict = "" if result["pass"] else " (missed)"
    what = WHAT.get(result["name"], result["name"])
    return (f"| {what} | `{result['name']}` | {result['value']} {result['unit']}{verdict} "
            f"| {result['target']} | {peers or '–'} |")


def table():
    results = [json.loads(path.read_text(encoding="utf-8"))
               for path in sorted((REPOSITORY / "bench/results").glob("*.json"))]
    order = list(WHAT)
    results.sort(key=lambda r: order.index(r["name"]) if r["name"] in order else len(order))
    head = ["| what | script | value | target | others, same run |", "|---|---|---|---|---|"]
    commits = ", ".join(sorted({r["commit"] for r in results})) or "none yet"
    return "\n".join(head + [row(r) for r in results]) + f"\n\nMeasured at commit {commits}.\n"


def main():
    if "--print" in sys.argv:
        print(table())
        return 0
    page = REPOSITORY / "README.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(TABLE.sub(lambda m: m[1] + table() + m[3], text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
