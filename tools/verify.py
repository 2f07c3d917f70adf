#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies recordings without Vedette: files, volumes with their ledger, and export bundles.

usage: verify.py PATH [--key KEY] [--json]

PATH is a recording file (.mp4), a ledger file (.ledger), a folder of recordings (a volume), or a
bundle (.zip). KEY is the site's public key or its fingerprint, 64 hex digits. Written from
docs/design/format.md and docs/design/bundle.md alone; needs Python 3.9 and python3-cryptography.

Exit: 0 every byte is accounted for, 1 it is not, 2 wrong usage, 3 could not read it.
"""
import argparse
import json
import mmap
import os
import pathlib
import re
import struct
import sys
import zlib

from verify_recording import (CLOSED, DELETION, FILE, GAP, GIVEN_UP, LOST, OMITTED, OPENED,
                              RECOVERED, SERVICE, CHECKPOINT, ZEROS, Bad, Checkpoint, Entry,
                              Findings, Omitted, Recording, Window, box_at, decode, is_signed,
                              kind_at, next_record, require, sha)


def contents(path):
    """The bytes of a file, not read before they are needed."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


# The ledger of a volume, or an excerpt of one in a bundle.


class Ledger:
    """One chain of entries over several files."""

    def __init__(self, findings, piece=False):
        self.findings, self.piece = findings, piece
        self.entries, self.points = [], []
        self.hashes = {}  # by sequence, also of what is omitted
        self.whose = None
        self.window = Window(findings)
        self.torn = False

    def read(self, data):
        at = 0
        while at < len(data):
            box = box_at(data, at)
            kind = kind_at(data, at)
            if not kind:
                at = self.read_other(data, at)
                continue
            if kind == CHECKPOINT:
                self.read_checkpoint(data, at, box[1])
            elif kind == OMITTED and self.piece:
                self.read_omitted(data, at, box[1])
            else:
                self.read_entry(data, at, box[1])
            at = box[1]

    def read_other(self, data, at):
        found = next_record(data, at + 1)
        if found == len(data) and not self.piece:
            self.torn = True  # allowed at the end of the last file only
        self.torn_at = at
        if found != len(data) or self.piece:
            self.findings.add("altered", f"{found - at} bytes that are no box", at)
        return found

    def read_entry(self, data, at, end):
        entry = decode(self.findings, Entry, data, at, end)
        if entry is None:
            return
        if self.whose is None:
            self.whose = entry.site, entry.volume
        if (entry.site, entry.volume) != self.whose:
            self.findings.add("spliced", f"an entry of volume {entry.volume.hex()}", at)
            return
        if not self.piece and self.window.first is None:
            self.window.first = 0
        self.check_order(entry, at)
        self.window.add(entry.sequence, entry.hash)
        self.hashes[entry.sequence] = entry.hash
        self.entries.append(entry)

    def check_order(self, entry, at):
        add = self.findings.add
        before = self.hashes.get(entry.sequence - 1)
        following = self.window.next()
        if entry.sequence in self.hashes:
            add("duplicated", f"entry {entry.sequence} stands twice", at)
        elif following is not None and entry.sequence < following:
            add("reordered", f"entry {entry.sequence} stands behind {following - 1}", at)
        elif before is None and entry.sequence > 0 and not self.piece:
            add("removed", f"entries before {entry.sequence} are missing", at)
        elif before not in (None, entry.previous):
            add("altered", f"entry {entry.sequence - 1} is not the one its successor knows", at)

    def read_checkpoint(self, data, at, end):
        point = decode(self.findings, Checkpoint, data, at, end)
        if point is None:
            return
        if not point.of_ledger or self.whose not in (None, (point.site, point.run)):
            self.findings.add("spliced", f"a checkpoint of {point.run.hex()}", at)
            return
        newest = self.hashes.get(point.ledger_entries - 1)
        if newest not in (None, point.ledger_hash):
            self.findings.add("altered", f"checkpoint {point.number} knows another entry", at)
        self.window.check(point, at, self.piece)
        self.points.append(point)
        if self.piece:
            self.window.first = None  # the next window may begin anywhere
            self.window.last = None

    def read_omitted(self, data, at, end):
        box = decode(self.findings, Omitted, data, at, end)
        if box is None:
            return
        if self.whose not in (None, (self.whose and self.whose[0], box.run)):
            self.findings.add("spliced", "omitted entries of another volume", at)
        for i, leaf in enumerate(box.hashes):
            self.window.add(box.first + i, leaf)
            self.hashes[box.first + i] = leaf

    def finish(self):
        if self.torn and not self.piece:
            pass  # a crash while writing; what it lost is not known to any checkpoint
        self.findings.not_signed_yet += len(self.window.leaves)
        self.check_length()

    def check_length(self):
        length = len(self.hashes)
        for point in self.points:
            if not self.piece and point.ledger_entries > length:
                self.findings.add("truncated", f"the ledger had {point.ledger_entries} entries")

    def service(self):
        """The last start or stop of the service."""
        return next((e for e in reversed(self.entries) if e.kind == SERVICE), None)


# A volume.


class Volume:
    """A folder of recordings, with the ledger that knows them when there is one."""

    def __init__(self, findings, root):
        self.findings, self.root = findings, pathlib.Path(root)
        self.ledger = None
        self.recordings = {}  # by (run, first sequence)
        self.read_ledger()
        self.read_recordings()
        self.check_runs()
        if self.ledger:
            self.check_ledger()

    def relative(self, path):
        return str(path.relative_to(self.root))

    def read_ledger(self):
        files = sorted((self.root / "vedette.ledger").glob("*.ledger"))
        if not files:
            return
        self.ledger = Ledger(self.findings)
        for path in files:
            self.findings.path = self.relative(path)
            following = self.ledger.window.next() or 0
            if path.name != f"{following:016x}.ledger":
                self.findings.add("removed", "the ledger's files do not follow each other")
            self.ledger.torn = False
            self.ledger.read(contents(path))
        self.ledger.finish()

    def read_recordings(self):
        for path in sorted(self.root.rglob("*")):
            self.findings.path = self.relative(path)
            if path.is_dir() or path.parent.name == "vedette.ledger":
                continue
            if path.suffix != ".mp4":
                if path.name != "vedette-volume.json":
                    self.findings.add("unknown_bytes", "a file that is no recording")
                continue
            recording = Recording(self.findings, contents(path))
            recording.path, recording.size = self.findings.path, path.stat().st_size
            if recording.records:
                key = recording.whose, recording.records[0][0].sequence
                if key in self.recordings:
                    self.findings.add("duplicated", f"the same as {self.recordings[key].path}")
                self.recordings[key] = recording
            elif self.ledger is None:
                self.findings.add("truncated", "a file without a fragment")

    # Runs.

    def check_runs(self):
        runs = {}
        for (whose, _), recording in sorted(self.recordings.items(), key=lambda r: r[0]):
            runs.setdefault(whose, []).append(recording)
        for files in runs.values():
            self.check_run(files)

    def check_run(self, files):
        before, hash_before = 0, ZEROS
        for recording in files:
            self.findings.path = recording.path
            first = recording.records[0][0]
            if first.sequence > before:
                hash_before = self.deleted_hash(recording.whose[3], before, first.sequence)
                if hash_before is None:
                    self.findings.add("removed", f"fragments {before} to {first.sequence - 1} of "
                                      f"run {first.run.hex()} are missing")
            if hash_before not in (None, ZEROS if first.sequence else first.previous):
                if hash_before != first.previous:
                    self.findings.add("altered", "the file does not follow the one before it", 0)
            last = recording.records[-1][0]
            before, hash_before = last.sequence + 1, last.hash
        last = files[-1]
        final = last.points and last.points[-1].flags & 1
        if last.closed and last.points and not final and not self.deleted_after(last):
            self.findings.path = last.path
            self.findings.add("removed", "the end of the run is missing")

    def deletions(self, run):
        return [e for e in self.ledger.entries if e.kind == DELETION and e.run == run] \
            if self.ledger else []

    def deleted_hash(self, run, begin, end):
        """The hash the record after a hole points at, when deletions explain all of the hole:
        zeros when they do not know it, None when they do not explain it."""
        known = {}
        for entry in self.deletions(run):
            facts = self.facts_of(run, entry.number) or entry
            known[entry.first] = (max(entry.count, facts.count), entry.head)
        head = ZEROS
        while begin < end:
            if begin not in known or known[begin][0] == 0:
                return None
            count, head = known[begin]
            begin += count
        return head if begin == end else None

    def facts_of(self, run, number):
        closed = (CLOSED, RECOVERED, GIVEN_UP)
        return next((e for e in self.ledger.entries if e.kind == FILE and e.event in closed
                     and e.run == run and e.number == number), None)

    def deleted_after(self, recording):
        last = recording.records[-1][0]
        return any(e.first > last.sequence for e in self.deletions(recording.whose[3]))

    # Against the ledger.

    def check_ledger(self):
        files = {}  # by (run, number): its entries, oldest first
        for entry in self.ledger.entries:
            if entry.kind in (FILE, DELETION):
                files.setdefault((entry.run, entry.number), []).append(entry)
        known = set()
        for entries in files.values():
            known |= self.check_file(entries)
        for recording in self.recordings.values():
            self.findings.path = recording.path
            self.check_known(recording, recording.path in known)
            self.check_heads(recording)

    def check_file(self, entries):
        """One file of the ledger against the folder; gives the path that it explains."""
        last = entries[-1]
        found = next((r for r in self.recordings.values() if r.whose[3] == last.run
                      and r.records[0][0].sequence == entries[0].first), None)
        self.findings.path = found.path if found else last.detail
        if last.kind == DELETION:
            return {found.path} if found else set()
        if found is None:
            opened_only = last.event == OPENED and self.is_running()
            if last.event != LOST and not opened_only:
                self.findings.add("removed", "the ledger knows this file, and it is not there")
            return set()
        if last.event == OPENED:
            if found.closed:
                return {found.path}
            if not self.still_open(last):
                self.findings.add("truncated", "open, though the service has started or stopped "
                                  "since")
            return {found.path}
        self.check_facts(found, last)
        return {found.path}

    def check_facts(self, found, entry):
        record = found.records[-1][0]
        count = len({r.sequence for r, _ in found.records})
        if entry.event == GIVEN_UP:
            enough = count >= entry.count
        else:
            enough = count == entry.count and found.size == entry.bytes
        if count < entry.count or (not enough and found.size < entry.bytes):
            self.findings.add("truncated", f"{count} fragments and {found.size} bytes; the ledger "
                              f"says {entry.count} and {entry.bytes}", found.size)
        elif not enough:
            self.findings.add("unknown_bytes", f"{found.size} bytes; the ledger says {entry.bytes}")
        elif entry.event != GIVEN_UP and record.hash != entry.head:
            self.findings.add("altered", "the last record is not the one the ledger knows")
        if entry.event in (CLOSED, RECOVERED) and not found.closed:
            self.findings.add("altered", "the ledger says it was closed", 0)

    def is_running(self):
        service = self.ledger.service()
        return service is not None and service.event == OPENED

    def still_open(self, entry):
        later = [e for e in self.ledger.entries if e.sequence > entry.sequence]
        return not any(e.kind == SERVICE for e in later)

    def check_known(self, recording, known):
        if known or (not recording.closed and self.is_running()):
            return
        if recording.points:
            self.findings.add("spliced", "the ledger of this volume does not know this file")
        else:
            self.findings.add("unsigned", "nobody vouches for this file", 0)

    def check_heads(self, recording):
        hashes = self.ledger.hashes
        for point in recording.points:
            if point.ledger_entries == 0:
                continue
            newest = hashes.get(point.ledger_entries - 1)
            if newest != point.ledger_hash:
                what = "is older than" if newest is None else "is another than"
                self.findings.add("rolled_back", f"the ledger {what} the one checkpoint "
                                  f"{point.number} knew")
                return


# A bundle.


class Archive:
    """The frame of docs/design/bundle.md: names and bytes of the entries."""
    LARGE = 0xFFFFFFFF

    def __init__(self, findings, data):
        self.findings, self.data = findings, data
        self.entries = {}
        try:
            self.read()
        except (struct.error, Bad, UnicodeDecodeError) as error:
            findings.path = ""
            findings.add(self.kind_of_damage(), f"the frame of the archive: {error}")

    def kind_of_damage(self):
        """By where the end record stands: at the end, before it, or not whole."""
        end = self.data.rfind(b"PK\5\6", max(0, len(self.data) - 65_536))
        if end < 0 or end + 22 > len(self.data):
            return "truncated"
        return "unknown_bytes" if end + 22 < len(self.data) else "altered"

    def read(self):
        data, frames = self.data, []
        require(len(data) >= 22 and data[-22:-18] == b"PK\5\6", "its end is missing")
        end = struct.unpack("<IHHHHIIH", data[-22:])
        count, size, begin = end[4:7]
        if begin == self.LARGE:
            begin, = struct.unpack("<Q", data[-98 + 48:-98 + 56])
        at, offset = begin, 0
        for _ in range(count):
            crc, packed, length, extra = self.read_central(at)
            name = data[at + 46:at + 46 + length].decode("ascii")
            require(re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", name, re.A) and len(name) <= 200
                    and name not in self.entries, f"the name {name!r}")
            frames.append((name, crc, packed, offset))
            header = self.local_header(name, crc, packed)
            require(data[offset:offset + len(header)] == header, f"before {name}")
            offset += len(header)
            require(offset + packed <= begin, f"{name} reaches into the directory")
            self.entries[name] = (offset, packed, crc)
            offset += packed
            at += 46 + length + extra
        require(offset == begin and at == begin + size, "bytes that belong to no entry")
        require(data[begin:] == self.directory(frames, begin), "the directory")
        self.check_sums()

    def read_central(self, at):
        require(self.data[at:at + 4] == b"PK\1\2", "an entry of the directory")
        crc, _, size, length, extra = struct.unpack("<IIIHH", self.data[at + 16:at + 32])
        if size == self.LARGE:
            size, = struct.unpack("<Q", self.data[at + 46 + length + 4:at + 46 + length + 12])
        return crc, size, length, extra

    def shared(self, name, crc, size, zip64):
        cut = min(size, self.LARGE)
        return struct.pack("<HHHHHIIIH", 45 if zip64 else 10, 0, 0, 0, 33, crc, cut, cut, len(name))

    def local_header(self, name, crc, size):
        large = size >= self.LARGE
        extra = struct.pack("<HHQQ", 1, 16, size, size) if large else b""
        return (b"PK\3\4" + self.shared(name, crc, size, large) + struct.pack("<H", len(extra))
                + name.encode() + extra)

    def directory(self, frames, begin):
        out = b""
        for name, crc, size, offset in frames:
            fields = struct.pack("<QQ", size, size) if size >= self.LARGE else b""
            fields += struct.pack("<Q", offset) if offset >= self.LARGE else b""
            extra = struct.pack("<HH", 1, len(fields)) + fields if fields else b""
            out += (b"PK\1\2" + struct.pack("<H", 3 << 8 | 45)
                    + self.shared(name, crc, size, bool(fields))
                    + struct.pack("<HHHHII", len(extra), 0, 0, 0, 0o100644 << 16,
                                  min(offset, self.LARGE)) + name.encode() + extra)
        size, count = len(out), len(frames)
        if begin >= self.LARGE:
            out += struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 3 << 8 | 45, 45, 0, 0, count, count,
                               size, begin)
            out += struct.pack("<4sIQI", b"PK\6\7", 0, begin + size, 1)
        return out + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size,
                                 min(begin, self.LARGE), 0)

    def check_sums(self):
        for name, (offset, size, crc) in self.entries.items():
            if zlib.crc32(self.data[offset:offset + size]) != crc:
                self.findings.path = name
                self.findings.add("altered", "the checksum of the archive is another")

    def bytes(self, name):
        offset, size, _ = self.entries.get(name, (0, 0, 0))
        return self.data[offset:offset + size]


class Manifest:
    """manifest.txt."""
    LINES = (r"vedette-bundle 1\nsite (?P<site>[a-z0-9_-]+)\ncamera (?P<camera>[a-z0-9_-]+)\n"
             r"(?:name (?P<name>[^\x00-\x1f\x7f]+)\n)?stream (?P<stream>main|sub)\n"
             r"from (?P<begin>0|-?[1-9]\d*)\nto (?P<end>0|-?[1-9]\d*)\n"
             r"exported (?P<exported>0|-?[1-9]\d*)\n"
             r"by (?P<by>[a-z0-9_-]+)\n(?:operator (?P<operator>[^\x00-\x1f\x7f]+)\n)?"
             r"program (?P<program>[^\x00-\x1f\x7f]+)\nkey ed25519 (?P<key>[0-9a-f]{64})\n"
             r"(?P<files>(?:file [0-9a-f]{64} (?:0|[1-9]\d*) [A-Za-z0-9._/-]+\n)*)")

    def __init__(self, data):
        try:
            found = re.fullmatch(self.LINES, bytes(data).decode("utf-8"), re.A)
        except UnicodeDecodeError:
            found = None
        require(found, "manifest.txt is not one that an export writes")
        self.fields = found.groupdict()
        self.key = bytes.fromhex(self.fields["key"])
        self.begin, self.end = int(self.fields["begin"]), int(self.fields["end"])
        lines = [line.split(" ") for line in self.fields["files"].splitlines()]
        self.files = [(name, int(size), bytes.fromhex(digest)) for _, digest, size, name in lines]
        self.whose = (self.fields["site"], self.fields["camera"],
                      int(self.fields["stream"] == "sub"))


class Bundle:
    """A whole bundle; docs/design/bundle.md, "Verifying"."""

    def __init__(self, findings, data):
        self.findings = findings
        self.archive = Archive(findings, data)
        self.holes, self.manifest = [], None
        if self.archive.entries:
            self.check_manifest()
            self.originals = self.read_originals()
            self.check_runs()
            self.ledgers = self.read_ledgers()
            self.check_videos()
            if self.manifest:
                self.find_holes()

    def check_manifest(self):
        findings = self.findings
        findings.path = "manifest.txt"
        data = self.archive.bytes("manifest.txt")
        try:
            self.manifest = Manifest(data)
        except Bad as error:
            findings.add("altered" if "manifest.txt" in self.archive.entries else "removed",
                         str(error))
            return
        findings.check_key(self.manifest.key)
        if not is_signed(self.manifest.key, self.archive.bytes("manifest.sig"), bytes(data)):
            findings.add("altered", "the signature in manifest.sig is wrong")
        findings.path = "site.pub"
        if self.archive.bytes("site.pub") != f"ed25519 {self.manifest.key.hex()}\n".encode():
            findings.add("altered", "another key than in the manifest")
        self.check_list()

    def check_list(self):
        findings, listed = self.findings, [name for name, _, _ in self.manifest.files]
        there = [n for n in self.archive.entries if n not in ("manifest.txt", "manifest.sig")]
        for name, size, digest in self.manifest.files:
            findings.path = name
            if name not in self.archive.entries:
                findings.add("removed", "the manifest lists this file, and it is not there")
            elif sha(self.archive.bytes(name)) != digest:
                findings.add("altered", f"not the {size} bytes that the manifest lists")
        for name in there:
            findings.path = name
            if name not in listed:
                findings.add("unknown_bytes", "a file that the manifest does not list")
        findings.path = ""
        both = [n for n in listed if n in there]
        if both != [n for n in there if n in listed]:
            findings.add("reordered", "the files stand in another order than in the manifest")

    def named(self, pattern):
        return [n for n in self.archive.entries if re.fullmatch(pattern, n)]

    def read_originals(self):
        originals = []
        for name in self.named(r"original-\d{4,}\.mp4"):
            self.findings.path = name
            piece = Recording(self.findings, self.archive.bytes(name), piece=True)
            piece.path = name
            if piece.records and self.manifest and piece.whose[:3] != self.manifest.whose:
                self.findings.add("spliced", "a recording of another site, camera or stream")
            originals.append(piece)
        if not originals:
            self.findings.path = ""
            self.findings.add("removed", "there is no recording in it")
        return originals

    def check_runs(self):
        after = {}  # by run: the last record
        for piece in self.originals:
            if not piece.records:
                continue
            self.findings.path = piece.path
            first, last = piece.records[0][0], piece.records[-1][0]
            before = after.get(first.run)
            if before and first.sequence <= before.sequence:
                kind = "duplicated" if first.sequence == before.sequence else "reordered"
                self.findings.add(kind, f"fragment {first.sequence} comes after {before.sequence}")
            elif before and first.sequence == before.sequence + 1:
                if first.previous != before.hash:
                    self.findings.add("altered", "does not follow the piece before it")
            elif before and not self.explained(first.run, before.sequence + 1, first.sequence):
                self.findings.add("removed", f"fragments {before.sequence + 1} to "
                                  f"{first.sequence - 1} of the run are missing")
            after[first.run] = last

    def explained(self, run, begin, end):
        for ledger in self.read_ledgers(Findings()):
            for entry in ledger.entries:
                if entry.kind == DELETION and entry.run == run and entry.first <= begin < end:
                    begin = max(begin, entry.first + entry.count)
        return begin >= end

    def read_ledgers(self, findings=None):
        ledgers = []
        for name in self.named(r"ledger-\d{4,}\.bin"):
            ledger = Ledger(findings or self.findings, piece=True)
            ledger.findings.path = name
            ledger.read(self.archive.bytes(name))
            ledger.finish()
            ledgers.append(ledger)
        return ledgers

    def check_videos(self):
        wanted = [(p, at, size) for p in self.originals for size, at in p.mdats]
        found = []
        for name in self.named(r"video(-\d{4,})?\.mp4"):
            self.findings.path = name
            found += self.read_video(self.archive.bytes(name))
        self.findings.path = "video.mp4"
        if not found:
            self.findings.add("removed", "there is no video in it")
        same = len(found) == len(wanted)
        for (piece, at, size), mdat in zip(wanted, found):
            record_end = box_at(piece.data, at)[1]
            begin = box_at(piece.data, record_end)[1]
            same = same and piece.data[begin:begin + size] == mdat
        if found and not same:
            self.findings.add("altered", "the video does not show what the originals hold")

    def read_video(self, data):
        mdats, at, expected = [], 0, [b"ftyp", b"moov"]
        while at < len(data):
            box = box_at(data, at)
            if not expected:
                expected = [b"moof", b"mdat"]
            if box is None or box[0] != expected.pop(0):
                self.findings.add("altered", "not a box that an export writes there", at)
                return mdats
            if box[0] == b"mdat":
                mdats.append(data[at:box[1]])
            at = box[1]
        return mdats

    def find_holes(self):
        """Times of the stretch that no fragment covers, and why."""
        spans = sorted((r.start_us, r.end_us()) for p in self.originals for r, _ in p.records)
        at = self.manifest.begin
        for start, end in [*spans, (self.manifest.end, self.manifest.end)]:
            start = min(start, self.manifest.end)
            if start - at >= 100_000:
                self.holes.append({"from_us": at, "to_us": start, "cause": self.cause(at, start)})
            at = max(at, end)

    def cause(self, begin, end):
        gaps = [e for ledger in self.ledgers for e in ledger.entries if e.kind == GAP]
        ended = {e.id: e.end_us for e in gaps if e.event == CLOSED}
        for gap in gaps:
            last = ended.get(gap.id, self.manifest.end)
            if gap.start_us < end and last > begin:
                return gap.cause
        return None


# The command.


def verify(path, findings):
    """Everything at `path`; gives the bundle when it is one."""
    if path.is_dir():
        Volume(findings, path)
        return None
    data = contents(path)
    if path.suffix == ".zip":
        return Bundle(findings, data)
    findings.path = path.name
    if path.suffix == ".ledger":
        ledger = Ledger(findings)
        ledger.read(data)
        ledger.finish()
    else:
        Recording(findings, data)
    return None


def as_json(findings, bundle):
    keys = [{"key": key, "fingerprint": sha(bytes.fromhex(key)).hex()}
            for key in sorted(findings.keys)]
    out = {"intact": not findings.list, "findings": findings.list, "fragments": findings.records,
           "checkpoints": findings.checkpoints, "not_signed_yet": findings.not_signed_yet,
           "keys": keys}
    if bundle and bundle.manifest:
        out["complete"], out["holes"] = not bundle.holes, bundle.holes
    return out


def show(result):
    for finding in result["findings"]:
        place = finding["path"] + (f" byte {finding['offset']}" if finding["offset"] else "")
        print(f"{finding['class']}: {place}: {finding['detail']}")
    for hole in result.get("holes", []):
        print(f"not recorded: {hole['from_us']} to {hole['to_us']} µs: "
              f"{hole['cause'] or 'nobody says why'}")
    print(f"{result['fragments']} fragments, {result['checkpoints']} checkpoints, "
          f"{result['not_signed_yet']} not signed yet")
    for key in result["keys"]:
        print(f"signed with the key of fingerprint {key['fingerprint']}; compare it with the one "
              "that the site has published")
    print("intact: every byte is accounted for" if result["intact"] else "NOT intact")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=pathlib.Path)
    parser.add_argument("--key", help="the site's public key or its fingerprint, in hex")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    key = options.key and options.key.removeprefix("ed25519 ").strip()
    if key and not re.fullmatch("[0-9a-fA-F]{64}", key):
        parser.error("--key takes 64 hex digits")
    findings = Findings(key)
    try:
        bundle = verify(options.path, findings)
    except OSError as error:
        print(f"verify.py: {error}", file=sys.stderr)
        return 3
    result = as_json(findings, bundle)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    return 1 if findings.list else 0


if __name__ == "__main__":
    sys.exit(main())
