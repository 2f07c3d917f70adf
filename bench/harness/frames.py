# SPDX-License-Identifier: Apache-2.0
"""Were all frames stored, and are they those that were sent? By the MD5 of each coded picture."""
import concurrent.futures
import subprocess

# Parameter sets, delimiters, filler and SEI may be stored elsewhere than where they were sent.
PICTURES_ONLY = "h264_mp4toannexb,filter_units=remove_types=6-9|12"


class Lost(Exception):
    """Frames are missing, changed or out of order: the run is void."""


def hashes(path):
    """MD5 of every coded picture of a file, in decode order, and what ffmpeg complained about."""
    done = subprocess.run(["ffmpeg", "-v", "warning", "-i", str(path), "-map", "0:v:0", "-c",
                           "copy", "-bsf:v", PICTURES_ONLY, "-f", "framemd5", "-"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    rows = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    return [row.split(",")[-1].strip() for row in rows], done.stderr.strip()


def check_order(sent, stored, name):
    """`stored` must be an unbroken piece of `sent` repeated for ever."""
    if not stored:
        raise Lost(f"{name}: no frame stored")
    place = {digest: index for index, digest in enumerate(sent)}
    last = None
    for number, digest in enumerate(stored):
        at = place.get(digest)
        if at is None:
            raise Lost(f"{name}: frame {number} of {len(stored)} was never sent")
        if last is not None and at != (last + 1) % len(sent):
            raise Lost(f"{name}: {(at - last - 1) % len(sent)} frames lost before frame {number}")
        last = at


def check_camera(sent, files, at_least, name):
    stored = []
    for path in files:
        part, complaint = hashes(path)
        if complaint and part:
            raise Lost(f"{path}: {complaint.splitlines()[0]}")
        stored += part
    check_order(sent, stored, name)
    if len(stored) < at_least:
        raise Lost(f"{name}: {len(stored)} frames stored, at least {at_least} were sent")
    return len(stored)


def check_all(clip, files_by_camera, at_least):
    """The number of frames stored by all cameras; raises Lost."""
    sent, _ = hashes(clip)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(check_camera, sent, files, at_least, name)
                for name, files in files_by_camera.items()]
        return sum(job.result() for job in jobs)
