# SPDX-License-Identifier: Apache-2.0
"""What a crash leaves at the end of a file, as docs/design/format.md has it ("A torn end")."""
import struct

from verify_boxes import (CHECKPOINT, FRAGMENT, USER_TYPE, Bad, Checkpoint, Entry, Record,
                                    box_at, kind_at)

SECTOR = 512
MOST_OF_LEDGER = 256 << 10   # more than one write of a ledger ever has
MOST_BEHIND = 16             # more than the records that lie between two syncs
OUR_HEAD = b"uuid" + USER_TYPE + b"\1"


def zeros(data, begin, end):
    return not bytes(data[begin:end]).strip(b"\0")


def has_lost_sector(data, begin, end):
    """Whether a sector that should hold some of these bytes was never written."""
    at, end = begin, min(end, len(data))
    while at < end:
        stop = min(end, (at // SECTOR + 1) * SECTOR)
        # The first two bytes of a box are zeros anyway.
        if (at > begin or stop - at >= 3) and zeros(data, at, stop):
            return True
        at = stop
    return False


def is_cut_box(data, at, ledger):
    """Whether what is left of the file is the beginning of a box, and lacks its end."""
    rest, left = bytes(data[at:at + 2048]), len(data) - at
    most = 168 + 48 + 64 + 64 + 1024 if ledger else 296 + 48 + 64
    if left == 0 or rest[:2].strip(b"\0"):
        return False
    if left < 4:
        return left < 3 or rest[2] <= most >> 8
    size, = struct.unpack(">I", rest[:4])
    if not left < size <= most or not (OUR_HEAD + b"\0").startswith(rest[4:25]):
        return False
    if left <= 25:
        return True
    return rest[26:27] in (b"", b"\1") and fits_lengths(rest, size, ledger)


def fits_lengths(rest, size, ledger):
    kinds = {CHECKPOINT: 296, **(Entry.ENDS if ledger else {FRAGMENT: 140})}
    fixed = kinds.get(rest[25])
    if fixed is None:
        return False
    if len(rest) < 32:
        return size >= fixed
    least = fixed + rest[30] + rest[31]
    if not ledger or rest[25] == CHECKPOINT:
        return size == least
    least += rest[29]
    if len(rest) < 90:
        return least <= size <= least + 1024
    return size == least + struct.unpack(">H", rest[88:90])[0]


def reading(data, at, makers):
    """What stands at an offset, decoded; None when nothing there can be."""
    maker = makers.get(kind_at(data, at))
    if maker is None:
        return None
    try:
        return maker(bytes(data[at:box_at(data, at)[1]]))
    except Bad:
        return None


RECORDS = {FRAGMENT: Record, CHECKPOINT: Checkpoint}
ENTRIES = {CHECKPOINT: Checkpoint, **{kind: Entry for kind in Entry.ENDS}}


def good_boxes(data, at, makers):
    """(offset, decoded) of each box that can be read, at or after an offset."""
    at += 8
    while (at := data.find(USER_TYPE, at)) >= 0:
        box = reading(data, at - 8, makers)
        if box is not None:
            yield at - 8, box
        at += 1


def next_good(data, at, makers=None):
    """Where the next of them begins, or the end."""
    return next((offset for offset, _ in good_boxes(data, at, makers or RECORDS)), len(data))


def may_follow_tear(data, at):
    """What was written behind a tear was not synced: it is little, and nothing of it is signed."""
    boxes = [box for _, box in good_boxes(data, at, RECORDS)]
    return len(boxes) <= MOST_BEHIND and not any(
        isinstance(box, Checkpoint) and box.is_signed() for box in boxes)


def is_torn_ledger_end(data, at):
    if zeros(data, at, len(data)):
        return True
    if len(data) - at > MOST_OF_LEDGER:
        return False
    behind = list(good_boxes(data, at + 1, ENTRIES))
    if not behind:
        return is_cut_box(data, at, True) or has_lost_sector(data, at, len(data))
    return has_lost_sector(data, at, behind[0][0]) and not any(
        isinstance(box, Checkpoint) and box.is_signed() for _, box in behind)


def is_torn_recording_end(data, at):
    """Whether all from an offset on, where the next box of an open recording should begin, may be
    what a crash left."""
    box = reading(data, at, RECORDS)
    if isinstance(box, Record):
        return is_torn_fragment(data, at, box)
    if isinstance(box, Checkpoint):
        end = box_at(data, at)[1]
        return (not box.is_signed() and has_lost_sector(data, at, end)
                and may_follow_tear(data, end))
    good = next_good(data, at + 1)
    if zeros(data, at, len(data)) or (good == len(data) and is_cut_box(data, at, False)):
        return True
    return has_lost_sector(data, at, good) and may_follow_tear(data, at)


def is_torn_fragment(data, at, record):
    body = box_at(data, at)[1]
    end = body + record.size
    if end <= len(data) and record.is_of(data[body:end]):
        return False
    if not may_follow_tear(data, body):
        return False
    good = next_good(data, body)
    if good == len(data) and end > len(data) and fits_fragment(data, body, record):
        return True
    return has_lost_sector(data, at, min(end, good))


def fits_fragment(data, body, record):
    """Whether what is there of moof and mdat is of the size that the record says."""
    if body + 8 > len(data):
        return True
    size, kind = struct.unpack(">I4s", data[body:body + 8])
    if kind != b"moof" or size >= record.size:
        return False
    if body + size + 8 > len(data):
        return True
    rest, kind = struct.unpack(">I4s", data[body + size:body + size + 8])
    return kind == b"mdat" and size + rest == record.size
