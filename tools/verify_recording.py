# SPDX-License-Identifier: Apache-2.0
"""Boxes, records, checkpoints and recording files, as docs/design/format.md has them: the half of
tools/verify.py that knows nothing of folders and bundles."""
import hashlib
import re
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

USER_TYPE = bytes.fromhex("d6ba0aecf7de4c24be93b7ee460fc0e1")
ZEROS = bytes(32)
FRAGMENT, CHECKPOINT, GAP, DELETION, HOLD, FILE, SERVICE, OMITTED = range(1, 9)
OPENED, CLOSED, RECOVERED, GIVEN_UP, LOST = range(1, 6)
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


class Findings:
    """What is wrong, and what is merely so."""

    def __init__(self, key=None):
        self.key = key and key.lower()
        self.list = []
        self.not_signed_yet = 0
        self.records = 0
        self.checkpoints = 0
        self.keys = set()
        self.path = ""

    def add(self, kind, detail, offset=None):
        self.list.append({"class": kind, "path": self.path, "offset": offset, "detail": detail})

    def check_key(self, key, offset=None):
        """Whether this is the key asked for, and the same as every other one."""
        self.keys.add(key.hex())
        wanted = self.key in (None, key.hex(), sha(key).hex())
        if not wanted:
            self.add("wrong_key", f"signed with {key.hex()}, not with the key asked for", offset)
        elif len(self.keys) > 1:
            self.add("wrong_key", "signed with another key than the rest", offset)


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
    ENDS = {GAP: 124, DELETION: 168, HOLD: 116, FILE: 168, SERVICE: 124}
    EVENTS = {GAP: 2, DELETION: 1, HOLD: 2, FILE: 5, SERVICE: 2}

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


def decode(findings, maker, data, at, end):
    """The record in data[at:end], or None after saying why there is none."""
    try:
        return maker(bytes(data[at:end]))
    except Bad as error:
        findings.add("altered", f"a box of kind {data[at + 25]} does not decode: {error}", at)
        return None


class Window:
    """What was seen since the last checkpoint, and whether the next one covers it: the common part
    of recordings, their pieces in bundles, and ledgers."""

    def __init__(self, findings, first=None):
        self.findings, self.leaves, self.first = findings, [], first
        self.whole = True  # every leaf since the last checkpoint is known
        self.last = None   # the checkpoint before
        self.extra = None  # explains sequences that are not there

    def next(self):
        return None if self.first is None else self.first + len(self.leaves)

    def add(self, sequence, leaf):
        if self.first is None:
            self.first = sequence
        if sequence != self.next():
            self.whole = False
            self.first, self.leaves = sequence, []
        self.leaves.append(leaf)

    def check(self, point, at, piece=False):
        findings = self.findings
        findings.checkpoints += 1
        findings.check_key(point.key, at)
        if not point.is_signed():
            findings.add("altered", f"the signature of checkpoint {point.number} is wrong", at)
        self.check_order(point, at, piece)
        begin = point.first if self.first is None else self.first
        if not self.whole or (begin, len(self.leaves)) != (point.first, point.count):
            # Records before the first one it covers had a checkpoint of their own.
            fewer = not self.whole or len(self.leaves) < point.count or begin < point.first
            findings.add("removed" if fewer else "altered",
                         f"checkpoint {point.number} covers {point.count} from {point.first}; "
                         f"here are {len(self.leaves)} from {begin}", at)
        elif merkle_root(self.leaves) != point.root:
            findings.add("altered", f"checkpoint {point.number} signed other records", at)
        self.leaves, self.first, self.whole, self.last = [], point.end(), True, point

    def check_order(self, point, at, piece):
        findings, last = self.findings, self.last
        number = last.number + 1 if last else 0
        if last is None and piece:
            return
        if last and point.hash == last.hash:
            findings.add("duplicated", f"checkpoint {point.number} stands twice", at)
        elif point.number > number:
            findings.add("removed", f"{point.number - number} checkpoints are missing before "
                         f"number {point.number}", at)
        elif point.number < number:
            findings.add("reordered", f"checkpoint {point.number} stands behind {number - 1}", at)
        elif last and point.previous != last.hash:
            findings.add("altered", f"checkpoint {number - 1} is not the one its successor knows",
                         at)


class Recording:
    """A recording file, or a piece of one in a bundle."""

    def __init__(self, findings, data, piece=False):
        self.findings, self.data, self.piece = findings, data, piece
        self.records, self.points, self.mdats = [], [], []
        self.starts = []      # where each fragment begins, with the checkpoint before it
        self.whose = None
        self.closed = False   # has an index: nothing may be missing at its end
        self.torn = False
        self.by_sequence = {}
        self.init = ZEROS
        self.window = Window(findings)
        self.omitted_hash = None
        self.at = 0
        self.read_head()
        while self.at < len(data) and self.step():
            pass
        self.finish()

    # The head.

    def read_head(self):
        ends = []
        for name in (b"ftyp", b"moov"):
            box = box_at(self.data, self.at)
            if box is None or box[0] != name:
                self.findings.add("altered", f"{name.decode()} is not where it should be", self.at)
                self.at = next_record(self.data, self.at)
                return
            self.at = box[1]
            ends.append(box[1])
        self.init = sha(self.data[:ends[1]])
        self.reserve = self.at
        self.read_reserve()

    def read_reserve(self):
        for name in (b"sidx", b"free"):
            box = box_at(self.data, self.at)
            if box is None or box[0] != name or self.piece:
                continue
            if name == b"sidx":
                self.closed = True
            elif self.data[self.at + 8:box[1]].strip(b"\0"):
                self.findings.add("altered", "the reserve is not zeros", self.at)
            self.at = box[1]
        self.reserve_end = self.at

    # Boxes.

    def step(self):
        kind = kind_at(self.data, self.at)
        if kind == FRAGMENT:
            self.read_fragment()
        elif kind == CHECKPOINT:
            self.read_checkpoint()
        elif kind == OMITTED and self.piece:
            self.read_omitted()
        else:
            return self.read_other()
        return True

    def read_fragment(self):
        begin, end = self.at, box_at(self.data, self.at)[1]
        record = decode(self.findings, Record, self.data, begin, end)
        self.at = end
        for name in (b"moof", b"mdat"):
            box = box_at(self.data, self.at)
            if box is None or box[0] != name:
                return self.lose_fragment(begin, record)
            if name == b"mdat":
                self.mdats.append((box[1] - self.at, begin))
            self.at = box[1]
        fragment = self.data[end:self.at]
        if record:
            if len(fragment) != record.size or sha(fragment) != record.fragment_hash:
                self.findings.add("altered", f"the bytes of fragment {record.sequence} are not "
                                  "those its record knows", end)
            self.add_record(record, begin)
        else:
            self.window.whole = False

    def lose_fragment(self, begin, record):
        """The record stands there, and moof and mdat do not follow it whole."""
        found = next_record(self.data, self.at + 1)
        rest = self.data[self.at:found]
        if found == len(self.data) and not self.closed and not self.piece:
            self.torn = True  # what a crash leaves, or somebody who cut
            self.at = found
            return
        if found == len(self.data) and len(rest) < 8 + (record.size if record else 0):
            self.findings.add("truncated", "the file ends within a fragment", begin)
        else:
            what = f"fragment {record.sequence}" if record else "a fragment"
            self.findings.add("altered", f"{what} is not whole", begin)
        if record:
            self.add_record(record, begin)
        self.at = found

    def add_record(self, record, at):
        findings = self.findings
        findings.records += 1
        if self.whose is None:
            self.whose = record.whose()
        if record.whose() != self.whose:
            findings.add("spliced", f"a fragment of run {record.run.hex()}, camera "
                         f"{record.camera}, site {record.site}", at)
            return
        self.window.add(record.sequence, record.hash)
        self.records.append((record, at))

    def read_checkpoint(self):
        begin, self.at = self.at, box_at(self.data, self.at)[1]
        point = decode(self.findings, Checkpoint, self.data, begin, self.at)
        if point is None:
            return
        if self.points and self.points[-1].flags & 8:
            self.findings.add("unknown_bytes", "a checkpoint behind the one that closed the file",
                              begin)
        if self.whose is not None and point.whose() != self.whose:
            self.findings.add("spliced", f"a checkpoint of run {point.run.hex()}", begin)
            return
        if point.init != self.init:
            self.findings.add("altered", "ftyp and moov are not those that were signed", 0)
        self.window.check(point, begin, self.piece)
        self.points.append(point)

    def read_omitted(self):
        begin, self.at = self.at, box_at(self.data, self.at)[1]
        box = decode(self.findings, Omitted, self.data, begin, self.at)
        if box is None:
            return
        if self.whose is not None and box.run != self.whose[3]:
            self.findings.add("spliced", "omitted records of another run", begin)
        for i, leaf in enumerate(box.hashes):
            self.window.add(box.first + i, leaf)
        self.by_sequence.update({box.first + i: h for i, h in enumerate(box.hashes)})

    def read_other(self):
        """Not a box of ours: the zeros or the torn box of an open file, or something wrong."""
        rest = self.data[self.at:]
        if not self.closed and not self.piece:
            if not rest.strip(b"\0"):
                return False
            header = rest[4:8] in (b"uuid", b"moof", b"mdat") or len(rest) < 8
            if next_record(self.data, self.at + 1) == len(self.data) and header:
                self.torn = True
                return False
        found = next_record(self.data, self.at + 1)
        size = int.from_bytes(rest[:4], "big")
        if found == len(self.data) and (len(rest) < 8 or size > len(rest)):
            self.findings.add("truncated", "the file ends within a box", self.at)
        elif box_at(self.data, self.at) or not rest[:8].strip(b"\0"):
            self.findings.add("unknown_bytes", f"{found - self.at} bytes that belong to nothing",
                              self.at)
        else:
            self.findings.add("altered", "no box can be read here", self.at)
        self.at = found
        return True

    # The whole.

    def finish(self):
        self.check_sequences()
        pending = len(self.window.leaves)
        closing = self.points and self.points[-1].flags & 8
        if not self.records and not self.points:
            if self.closed or self.piece:
                self.findings.add("truncated", "no fragment is left", len(self.data))
            return
        if closing and pending:
            self.findings.add("unknown_bytes", f"{pending} fragments behind the checkpoint that "
                              "closed the file", self.records[-1][1])
        elif self.closed and not self.points:
            self.findings.add("unsigned", "recorded without a key, or put there", 0)
        elif self.closed and not closing:
            self.findings.add("truncated", "the checkpoint that closes the file is missing",
                              len(self.data))
        else:
            self.findings.not_signed_yet += pending
        if self.closed:
            self.check_index()

    def check_sequences(self):
        highest = -1
        for record, at in self.records:
            known = self.by_sequence.get(record.sequence)
            if known is not None:
                self.findings.add("duplicated", f"fragment {record.sequence} stands twice", at)
                continue
            if record.sequence < highest:
                self.findings.add("reordered", f"fragment {record.sequence} stands behind "
                                  f"{highest}", at)
            highest = max(highest, record.sequence)
            self.by_sequence[record.sequence] = record.hash
        ordered = sorted({r.sequence: (r, at) for r, at in reversed(self.records)}.items())
        for sequence, (record, at) in ordered:
            before = self.by_sequence.get(sequence - 1)
            if before is None and sequence > min(self.by_sequence):
                self.findings.add("removed", f"fragments before {sequence} are missing", at)
            elif sequence == 0 and record.previous != ZEROS:
                self.findings.add("altered", "the first record of the run points at another", at)
            elif before not in (None, record.previous):
                self.findings.add("altered", f"fragment {sequence} does not follow the one before "
                                  "it", at)

    def check_index(self):
        """sidx is what the records make it; format.md, "Grammar"."""
        begin = self.reserve
        box = self.data[begin:box_at(self.data, begin)[1]]
        entries = self.index_entries()
        if entries is None:
            return
        room = self.reserve_end - begin - 40
        fit = room // 12 - (0 < room % 12 < 8)
        group = -(-len(entries) // fit) if fit > 0 else 1
        merged = [entries[i:i + group] for i in range(0, len(entries), group)]
        references = b"".join(struct.pack(">III", sum(e[0] for e in g), sum(e[1] for e in g),
                                          0x90000000 if g[0][2] else 0) for g in merged)
        size = 40 + len(references)
        first = self.records[0][0]
        wanted = struct.pack(">I4sIII", size, b"sidx", 1 << 24, 1, first.timescale)
        tail = struct.pack(">QHH", self.reserve_end - begin - size, 0, len(merged)) + references
        earliest = int.from_bytes(box[20:28], "big")
        if (box[:20] != wanted or box[28:] != tail
                or earliest not in (first.media_time, self.first_presentation())):
            self.findings.add("altered", "the index is not the one of these fragments", begin)

    def index_entries(self):
        """(bytes, ticks, random access) of each fragment, or None when the file is broken."""
        if any(f["path"] == self.findings.path and f["class"] != "wrong_key"
               for f in self.findings.list) or not self.records:
            return None
        entries, begin = [], self.reserve_end
        for record, at in self.records:
            end = box_at(self.data, at)[1] + record.size
            entries.append((end - begin, record.duration, record.random_access))
            begin = end
        return entries

    def first_presentation(self):
        """Media time at which the first sample of track 1 is shown: its decode time and offset."""
        record, at = self.records[0]
        moof = box_at(self.data, at)[1]
        trun = self.data.find(b"trun", moof, box_at(self.data, moof)[1])
        flags = int.from_bytes(self.data[trun + 5:trun + 8], "big")
        if not flags & 0x800:
            return record.media_time
        at = trun + 12 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
        at += 4 * (bool(flags & 0x100) + bool(flags & 0x200) + bool(flags & 0x400))
        offset, = struct.unpack(">i", self.data[at:at + 4])
        return max(0, record.media_time + offset)
