# SPDX-License-Identifier: Apache-2.0
"""What evidence and durability cost on the disk: the share of records, checkpoints and ledger in
the bytes of a volume, and the bytes that the kernel writes for the recorder per byte of media."""
import pathlib
import struct
import time

from .cameras import cameras
from .clips import PROFILES, clip
from .places import scratch
from .process import children_of
from .report import Benchmark, Outcome
from .server import Server

CAMERAS = 8
MOST_SHARE = 0.002
MOST_AMPLIFICATION = 1.02
WARM_UP_S, QUICK_S, WHOLE_S = 5, 20, 40


def boxes(path):
    """(type, size) of the boxes of a file; the last one may be cut off."""
    with open(path, "rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            if size < 8:
                return
            yield kind, size
            file.seek(size - 8, 1)


def weigh(volume):
    """Bytes of a volume by what they are for."""
    sums = {"media": 0, "evidence": 0, "structure": 0}
    for path in volume.rglob("*.mp4"):
        for kind, size in boxes(path):
            if kind == b"mdat":
                sums["media"] += size - 8
                sums["structure"] += 8
            else:
                sums["evidence" if kind == b"uuid" else "structure"] += size
    for path in volume.glob("vedette.ledger/*"):
        sums["evidence"] += path.stat().st_size
    return sums


def written(group):
    """What the kernel wrote to block devices for these processes, and did not have to after all."""
    total, cancelled = 0, 0
    for process in group.processes:
        for pid in children_of(process.pid):
            lines = pathlib.Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines()
            values = {name: int(value) for name, value in (line.split(": ") for line in lines)}
            total += values["write_bytes"]
            cancelled += values["cancelled_write_bytes"]
    return total, cancelled


def record(options):
    """Records for a while: the volume's bytes at the end, and what was added and written within."""
    profile = PROFILES["1080p15"]
    seconds = QUICK_S if options.quick else WHOLE_S
    with cameras(clip(profile), CAMERAS, options) as port, scratch(options.dir) as folder:
        volume = folder / "video"
        with Server(folder, port, CAMERAS) as server:
            server.wait_for_recording()
            time.sleep(WARM_UP_S)
            before, (out_before, cancelled_before) = weigh(volume), written(server.group)
            time.sleep(seconds)
            after, (out_after, cancelled_after) = weigh(volume), written(server.group)
        return weigh(volume), {
            "cameras": CAMERAS, "seconds": seconds,
            "media_bytes": after["media"] - before["media"],
            "write_bytes": out_after - out_before,
            "cancelled_write_bytes": cancelled_after - cancelled_before}


def run_share(options):
    sums, detail = record(options)
    share = sums["evidence"] / sum(sums.values())
    return Outcome(round(share, 6), "of the bytes of a volume are records, checkpoints and ledger",
                   MOST_SHARE, share <= MOST_SHARE, {},
                   {**{f"{name}_bytes": size for name, size in sums.items()},
                    "cameras": CAMERAS, "seconds": detail["seconds"]})


def run_amplification(options):
    _, detail = record(options)
    if detail["write_bytes"] == 0:
        raise RuntimeError("the kernel counts no writes to this folder: give one on a disk with "
                           "--dir")
    ratio = detail["write_bytes"] / detail["media_bytes"]
    return Outcome(round(ratio, 4), "bytes written to the disk per byte of media (/proc/PID/io)",
                   MOST_AMPLIFICATION, ratio <= MOST_AMPLIFICATION, {}, detail)


BENCHMARKS = [
    Benchmark("evidence-share", 1, "records, checkpoints and ledger in the bytes of 8 cameras of "
              "2 Mbit/s", run_share),
    Benchmark("write-amplification", 1, "bytes that reach the disk per byte of media, 8 cameras of "
              "2 Mbit/s", run_amplification),
]
