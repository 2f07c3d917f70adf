#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that what the Markdown pages point at is there: files, anchors, and folders in backticks.

usage: check_docs.py [ROOT]    exit 1 when something is wrong
"""
import os
import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
SKIP = {".git", "build", "node_modules", "dist", "testdata"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# `src/rtp/packet.h`, `tools/tidy.py`: a path of ours, without a placeholder in it.
PATH = re.compile(r"`((?:src|docs|tools|bench|tests|cmake|web)/[\w./-]+)`")


def slug(heading):
    """GitHub's anchor of a heading."""
    text = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def prose(text):
    return re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"), text, flags=re.S | re.M)


def anchors(page):
    return {slug(h) for h in re.findall(r"^#+ +(.*)$", prose(page.read_text("utf-8")), re.M)}


def check_page(root, page):
    text = prose(page.read_text(encoding="utf-8"))
    for number, line in enumerate(text.splitlines(), 1):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists():
                yield number, f"{target}: there is no such file"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                yield number, f"{target}: that page has no such heading"
        for path in PATH.findall(line):
            built = path.startswith(("web/dist", "web/node_modules", "bench/results"))
            if not built and not (root / path).exists():
                yield number, f"{path}: there is no such path"


def main():
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else REPOSITORY
    problems = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIP)
        for name in sorted(files):
            page = pathlib.Path(folder) / name
            if page.suffix == ".md":
                problems += [f"{page.relative_to(root)}:{number}: {what}"
                             for number, what in check_page(root, page)]
    print(*problems, sep="\n") if problems else print("check_docs: ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
