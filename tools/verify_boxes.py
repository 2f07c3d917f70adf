# SPDX-License-Identifier: Apache-2.0
"""Records, checkpoints, entries of a ledger and other boxes, as docs/design/format.md has them."""
import hashlib
import re
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

USER_TYPE = bytes.fromhex("d6ba0aecf7de4c24be93b7ee460fc0e1")
ZEROS = bytes(32)
FRAGMENT, CHECKPOINT, GAP, DELETION, HOLD, FILE, SERVICE, OMITTED, EXPORT = range(1, 10)
OPENED, CLOSED, RECOVERED, GIVEN_UP, LOST = range(1, 6)
STOPPED = 2
ID = re.compile(r"[a-z0-9_][a-z0-9_-]*")
CAUSE = re.compile(r"[a-z0-9_-]*")


class Bad(Exception):
    """A box that no writer of ours makes."""


def sha(data):
    return hashlib.sha256(data).digest()


def merkle_root(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\0" + leaves[0])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + merkle_root(leaves[:split]) + merkle_root(leaves[split:]))


def require(condition, what):
    if not condition:
        raise Bad(what)


def text_id(data):
    text = data.decode("ascii", "replace")
    require(ID.fullmatch(text), "an id has other characters")
    return text


def split_texts(data, lengths):
    require(sum(lengths) == len(data), "lengths do not add up")
    at = 0
    for length in lengths:
        yield data[at:at + length]
        at += length


class Record:
    """docs/design/format.md, "The record"."""

    def __init__(self, box):
        require(len(box) >= 140, "a record of too few bytes")
        (self.kind, algorithm, self.stream, flags, source, site, camera) = box[25:32]
        require(box[24] == 1 and self.kind == FRAGMENT and algorithm == 1, "not a record we know")
        require(self.stream < 2 and flags < 4 and source < 2, "a field out of its range")
        require(1 <= site <= 48 and 1 <= camera <= 64, "length of an id")
        self.random_access = bool(flags & 1)
        self.run = box[32:40]
        (self.sequence, self.error_us, self.start_us, self.media_time, self.timescale,
         self.duration, self.size) = struct.unpack(">IIqqIII", box[40:76])
        require(self.media_time >= 0 and self.timescale > 0, "a time out of its range")
        self.fragment_hash, self.previous = box[76:108], box[108:140]
        self.site, self.camera = map(text_id, split_texts(box[140:], (site, camera)))
        self.hash = sha(box)

    def end_us(self):
        return self.start_us + self.duration * 1_000_000 // self.timescale

    def whose(self):
        return self.site, self.camera, self.stream, self.run

    def is_of(self, fragment):
        return len(fragment) == self.size and sha(fragment) == self.fragment_hash


class Checkpoint:
    """docs/design/format.md, "The checkpoint"."""

    def __init__(self, box):
        require(len(box) >= 297, "a checkpoint of too few bytes")
        kind, algorithm, self.stream, self.flags, signing, site, camera = box[25:32]
        require(box[24] == 1 and kind == CHECKPOINT and algorithm == 1 and signing == 1,
                "not a checkpoint we know")
        self.of_ledger = self.flags == 4
        require(self.flags < 16 and (self.of_ledger or not self.flags & 4), "flags of a checkpoint")
        require(not self.flags & 1 or self.flags & 8, "final without closing")
        require(self.stream < 2 and 1 <= site <= 48 and camera <= 64, "a field out of its range")
        require((camera == 0) == self.of_ledger, "a ledger has no camera, a recording has one")
        self.run = box[32:40]
        self.first, self.count, self.number, self.signed_us = struct.unpack(">QIIq", box[40:64])
        self.root, self.init, self.previous = box[64:96], box[96:128], box[128:160]
        self.ledger_entries, = struct.unpack(">Q", box[160:168])
        self.ledger_hash, self.key = box[168:200], box[200:232]
        require(self.number > 0 or self.previous == ZEROS, "the first one points at another")
        require(self.ledger_entries > 0 or self.ledger_hash == ZEROS, "hash of no entry")
        if self.of_ledger:
            require(self.stream == 0 and self.init == ZEROS, "fields a ledger's does not have")
            require(self.ledger_entries == self.first + self.count, "length of the ledger")
        else:
            require(self.first + self.count < 2 ** 32 + 1, "more records than a run has")
        self.site, self.camera = [p.decode("ascii", "replace")
                                  for p in split_texts(box[232:-64], (site, camera))]
        require(ID.fullmatch(self.site), "an id has other characters")
        require(not camera or ID.fullmatch(self.camera), "an id has other characters")
        self.message, self.signature = box[:-64], box[-64:]
        self.hash = sha(box)

    def end(self):
        return self.first + self.count

    def whose(self):
        return self.site, self.camera, self.stream, self.run

    def is_signed(self):
        return is_signed(self.key, self.signature, self.message)


def is_signed(key, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Entry:
    """docs/design/format.md, "The ledger"."""
    ENDS = {GAP: 124, DELETION: 168, HOLD: 116, FILE: 168, SERVICE: 124, EXPORT: 108}
    EVENTS = {GAP: 2, DELETION: 1, HOLD: 2, FILE: 5, SERVICE: 2, EXPORT: 1}

    def __init__(self, box):
        require(len(box) >= 93, "an entry of too few bytes")
        self.kind, algorithm, self.event, self.stream, cause, site, camera = box[25:32]
        require(box[24] == 1 and self.kind in self.ENDS and algorithm == 1, "not an entry we know")
        require(1 <= self.event <= self.EVENTS[self.kind] and self.stream < 2, "an unknown event")
        require(cause <= 64 and 1 <= site <= 48 and camera <= 64, "length of a text")
        require(camera or self.kind in (HOLD, SERVICE), "a camera is missing")
        require(not camera or self.kind != SERVICE, "a camera too many")
        self.volume = box[32:40]
        self.sequence, self.written_us = struct.unpack(">Qq", box[40:56])
        self.previous = box[56:88]
        detail, zero = struct.unpack(">HH", box[88:92])
        require(zero == 0 and detail <= 1024, "a field out of its range")
        require(self.sequence > 0 or self.previous == ZEROS, "the first one points at another")
        end = self.ENDS[self.kind]
        require(len(box) >= end, "an entry of too few bytes")
        self.read_own(box[92:end])
        site, camera, cause, detail = split_texts(box[end:], (site, camera, cause, detail))
        self.site, self.camera = text_id(site), camera and text_id(camera)
        self.cause = cause.decode("ascii", "replace")
        require(CAUSE.fullmatch(self.cause), "the cause is no word")
        try:
            self.detail = detail.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Bad("the detail is no UTF-8") from error
        require(not re.search(r"[\x00-\x1f\x7f]", self.detail), "control characters in the detail")
        self.hash = sha(box)

    def read_own(self, data):
        if self.kind == GAP:
            self.id, self.start_us, self.end_us, self.seen_us = struct.unpack(">Qqqq", data)
        elif self.kind == HOLD:
            self.id, self.start_us, self.end_us = struct.unpack(">Qqq", data)
        elif self.kind == SERVICE:
            self.key = data
        elif self.kind == EXPORT:
            self.start_us, self.end_us = struct.unpack(">qq", data)
        else:
            self.run, self.head = data[:8], data[44:]
            (self.number, self.first, self.count, self.bytes, self.start_us,
             self.end_us) = struct.unpack(">IIIQqq", data[8:44])


class Omitted:
    """docs/design/bundle.md, "original-NNNN.mp4"."""

    def __init__(self, box):
        require(len(box) >= 52 + 32 and box[24] == 1 and box[25] == OMITTED and box[26] == 1
                and box[27:32] == bytes(5), "not an omitted box we know")
        self.run = box[32:40]
        self.first, self.count = struct.unpack(">QI", box[40:52])
        require(1 <= self.count <= 1000 and len(box) == 52 + 32 * self.count, "count of hashes")
        self.hashes = [box[52 + 32 * i:84 + 32 * i] for i in range(self.count)]


def box_at(data, at):
    """(type, end) of the box at an offset, or None where none fits."""
    if at + 8 > len(data):
        return None
    size, = struct.unpack(">I", data[at:at + 4])
    if size < 8 or at + size > len(data):
        return None
    return data[at + 4:at + 8], at + size


def kind_at(data, at):
    """The kind of our record at an offset, else 0."""
    box = box_at(data, at)
    ours = box and box[0] == b"uuid" and box[1] - at > 32 and data[at + 8:at + 24] == USER_TYPE
    return data[at + 25] if ours else 0


def next_record(data, at):
    """Where the next record that looks whole begins, at or after an offset; or the end."""
    at += 8
    while True:
        at = data.find(USER_TYPE, at)
        if at < 0:
            return len(data)
        if kind_at(data, at - 8):
            return at - 8
        at += 1
