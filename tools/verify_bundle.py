# SPDX-License-Identifier: Apache-2.0
"""Export bundles, as docs/design/bundle.md has them; a part of tools/verify.py."""
import re
import struct
import zlib

from verify_boxes import (CLOSED, DELETION, GAP, OMITTED, Bad, box_at, is_signed, kind_at, require,
                          sha)
from verify_recording import Findings, Recording
from verify_volume import Ledger


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
            self.entries = {}  # what lies where is not known

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


def is_original(name, data):
    """Whether a file is one of a bundle that was taken out of it: it holds what only they hold, or
    it is called as they are and has no room for an index."""
    at, kinds = 0, []
    while (box := box_at(data, at)) is not None:
        kinds.append((box[0], kind_at(data, at)))
        at = box[1]
    if (b"uuid", OMITTED) in kinds:
        return True
    return (re.fullmatch(r"original-\d{4,}\.mp4", name) is not None and len(kinds) > 2
            and kinds[2][0] not in (b"sidx", b"free"))


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
        # What the manifest cannot list stands last; only its place says so.
        last = [n for n in ("manifest.txt", "manifest.sig") if n in self.archive.entries]
        in_order = list(self.archive.entries)[-len(last):] == last
        if both != [n for n in there if n in listed] or not in_order:
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
        if not any(piece.records for piece in originals):
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
                twice = any(record.hash == first.hash for other in self.originals
                            if other is not piece for record, _ in other.records)
                kind = "duplicated" if twice else "reordered"
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
        found, names = [], self.named(r"video(-\d{4,})?\.mp4")
        for name in names:
            self.findings.path = name
            found += self.read_video(self.archive.bytes(name))
        if not names:
            self.findings.path = "video.mp4"
            self.findings.add("removed", "there is no video in it")
        same = len(found) == len(wanted)
        for (piece, at, size), mdat in zip(wanted, found):
            record_end = box_at(piece.data, at)[1]
            begin = box_at(piece.data, record_end)[1]
            same = same and piece.data[begin:begin + size] == mdat
        if names and not same:
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
