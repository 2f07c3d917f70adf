# SPDX-License-Identifier: Apache-2.0
"""A catalog with 10 million fragments: how soon it records, how fast a deleted one is back.

The fragments of the rebuild are real files with real records, but next to no pictures, so that they
fit on a small disk; the rest of the 10 million are rows of the catalog alone. The rebuilt one is
compared with the deleted one row by row: the index of a file is one blob, and equal blobs are equal
fragments. The page cache is not emptied: what is measured is reading heads, not a disk.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import time

from . import places
from .cameras import cameras
from .clips import PROFILES, clip
from .places import scratch
from .report import Benchmark, Outcome
from .server import Server

TARGET_PER_S = 20_000
START_S = 10.0
FRAGMENTS = 10_000_000
PER_FILE = 300
CAMERAS = 50
BYTES_PER_FILE = 13_000 + PER_FILE * 290
MOST_BYTES = 1_900_000_000
SYNTHESIZE = places.VEDETTE.parent / "bench/bench_synthesize"
ROWS = ("SELECT run, seq, camera, kind, path, start_us, end_us, bytes, init_size, timescale, data"
        " FROM file JOIN fragment_index ON file = id WHERE path NOT LIKE '%/synthetic/%'"
        " AND start_us < ?")


def make(folder, real, total):
    """An archive of `real` fragments in files and `total` in its catalog; files there are."""
    files = real // PER_FILE // CAMERAS * CAMERAS
    more = max(0, total // PER_FILE - files)
    subprocess.run([SYNTHESIZE, folder, folder / "video", str(CAMERAS), str(files), str(PER_FILE),
                    str(more)], check=True)
    return files


def seconds_to_record(server, started_us):
    def recorded():
        return any((c["last_fragment_us"] or 0) > started_us for c in server.get("/api/v1/cameras"))
    server.wait_until(recorded, 60, "does not record")
    return time.time() - started_us / 1e6


def start_and_record(folder):
    """Seconds from the start of the process to its first committed fragment."""
    started_us = time.time_ns() // 1000
    with Server(folder) as server:
        return seconds_to_record(server, started_us)


def remove_catalog(folder):
    for part in ("", "-wal", "-shm"):
        (folder / f"catalog.db{part}").unlink(missing_ok=True)


def rows(database, before_us):
    db = sqlite3.connect(database)
    found = {(row[0], row[1]): row[2:] for row in db.execute(ROWS, (before_us,))}
    db.close()
    return found


def count_fragments(blob):
    value = shift = 0
    for byte in blob[1:]:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value
    return 0


def rebuild(folder):
    """The report of fsck, and whether the camera was recorded meanwhile."""
    with Server(folder) as server:
        seconds_to_record(server, time.time_ns() // 1000)
        before = server.get("/api/v1/cameras")[0]["last_fragment_us"]
        done = subprocess.run([places.VEDETTE, "fsck", "--data", folder, "--rebuild", "--json"],
                              capture_output=True, text=True, check=False)
        if not done.stdout:
            raise RuntimeError(done.stderr)
        after = server.get("/api/v1/cameras")[0]["last_fragment_us"]
        to = max(after, before + 1)  # nothing may have been committed meanwhile
        gaps = [gap["cause"] for gap in server.get(
            f"/api/v1/timeline?camera=cam0&from_us={before}&to_us={to}&buckets=1"
        )["cameras"][0]["gaps"]]
        return json.loads(done.stdout), (after - before) / 1e6, gaps


def run(options):
    total = 300_000 if options.quick else FRAGMENTS
    real = min(total, MOST_BYTES // BYTES_PER_FILE * PER_FILE)
    with cameras(clip(PROFILES["360p10"]), 1, options) as port, scratch(options.dir) as folder:
        begun_us = time.time_ns() // 1000
        files = make(folder, real, total)
        made_us = begun_us - 300 * 1_000_000  # the archive ends 10 minutes before it was made
        Server(folder, port, 1)  # configures the camera
        start = start_and_record(folder)
        catalog_bytes = os.path.getsize(folder / "catalog.db")
        shutil.copy(folder / "catalog.db", folder / "truth.db")
        shutil.copy(folder / "catalog.db-wal", folder / "truth.db-wal") if (
            folder / "catalog.db-wal").exists() else None
        remove_catalog(folder)
        report, recorded_s, gaps = rebuild(folder)
        truth, found = rows(folder / "truth.db", made_us), rows(folder / "catalog.db", made_us)
        on_disk = sum(row[5] for row in truth.values())
    fragments = sum(count_fragments(row[-1]) for row in truth.values())
    wrong = sum(found.get(key) != row for key, row in truth.items()) + len(set(found) - set(truth))
    took = report["elapsed_us"] / 1e6
    per_s = report["restored_fragments"] / took
    passed = (per_s >= TARGET_PER_S and start <= START_S and wrong == 0 and not report["error"]
              and len(truth) == files and len(report["rebuilt_volumes"]) == 1 and not gaps
              and recorded_s >= took - 6)
    return Outcome(round(per_s), "fragments rebuilt per second", TARGET_PER_S, passed, {}, {
        "fragments_in_catalog_at_start": total, "catalog_bytes": catalog_bytes,
        "first_fragment_after_start_s": round(start, 2), "start_target_s": START_S,
        "fragments_rebuilt": report["restored_fragments"], "fragments_expected": fragments,
        "files_rebuilt": report["restored_files"], "bytes_of_files": on_disk,
        "bytes_per_fragment": round(on_disk / max(1, fragments)), "rebuild_s": round(took, 2),
        "files_that_differ": wrong, "recorded_meanwhile_s": round(recorded_s, 2),
        "gaps_meanwhile": gaps, "findings": report["counts"], "page_cache": "warm"})


BENCHMARK = Benchmark("catalog-10m", 8, "start with 10 million fragments; a deleted "
                      "catalog rebuilt while recording", run)
