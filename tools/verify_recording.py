# SPDX-License-Identifier: Apache-2.0
"""Recording files, as docs/design/format.md has them, and what is found in them: the half of
tools/verify.py that knows nothing of folders and bundles."""
import struct

from verify_boxes import (CHECKPOINT, FRAGMENT, OMITTED, USER_TYPE, ZEROS, Bad, Checkpoint,
                          Omitted, Record, box_at, kind_at, merkle_root, next_record, sha)
from verify_torn import (RECORDS, has_lost_sector, is_cut_box, is_torn_recording_end,
                         may_follow_tear, next_good, reading, zeros)


class Findings:
    """What is wrong, and what is merely so."""

    def __init__(self, key=None):
        self.key = key and key.lower()
        self.list = []
        self.torn = []  # what crashes left; no finding
        self.notes = []  # for people; no finding either
        self.not_signed_yet = 0
        self.records = 0
        self.checkpoints = 0
        self.keys = set()
        self.path = ""

    def add(self, kind, detail, offset=None):
        self.list.append({"class": kind, "path": self.path, "offset": offset, "detail": detail})

    def add_torn(self, offset, size):
        self.torn.append({"path": self.path, "offset": offset, "bytes": size})

    def check_key(self, key, offset=None):
        """Whether this is the key asked for, and the same as every other one."""
        self.keys.add(key.hex())
        wanted = self.key in (None, key.hex(), sha(key).hex())
        if not wanted:
            self.add("wrong_key", f"signed with {key.hex()}, not with the key asked for", offset)
        elif len(self.keys) > 1:
            self.add("wrong_key", "signed with another key than the rest", offset)


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


class Expect:
    """What the ledger of its volume says of a recording."""

    def __init__(self, opened=False, at_rest=False, given_up=None, new=False):
        self.given_up_at = given_up  # the bytes of a file that was given up
        given_up = given_up is not None
        self.growing = (opened and not at_rest) or new
        self.at_rest, self.given_up, self.new = at_rest, given_up, new


class Recording:
    """A recording file, or a piece of one in a bundle."""

    def __init__(self, findings, data, piece=False, expect=Expect()):
        self.findings, self.data, self.piece, self.expect = findings, data, piece, expect
        self.records, self.points, self.mdats = [], [], []
        self.starts = []      # where each fragment begins, with the checkpoint before it
        self.whose = None
        self.indexed = False
        self.closed = expect.at_rest  # nothing may be missing at its end
        self.torn = False
        self.by_sequence = {}
        self.init = ZEROS
        self.window = Window(findings)
        self.misplaced = []   # (record, place, the sequence that was signed there)
        self.early = []       # what stands before the first record: (whose, place, what it is)
        self.left_out = None  # an omitted box behind a fragment, and no fragment behind it yet
        self.unproven = None  # an omitted box, and no checkpoint behind it yet
        self.signed_to = 0    # where the last checkpoint begins
        self.at = 0
        self.read_head()
        self.head_end = self.at
        while self.at < len(data) and self.step():
            pass
        self.finish()

    # The head.

    def read_head(self):
        ends = []
        for name in (b"ftyp", b"moov"):
            box = box_at(self.data, self.at)
            if box is None or box[0] != name:
                return self.lose_head(name)
            self.at = box[1]
            ends.append(box[1])
        self.init = sha(self.data[:ends[1]])
        self.reserve = self.at
        self.read_reserve()

    def lose_head(self, name):
        good = next_good(self.data, 0)
        cut = good == len(self.data) and self.head_is_cut(name)
        lost = cut or has_lost_sector(self.data, 0, good)
        if self.expect.new and lost and may_follow_tear(self.data, 0):
            self.at = 0
            self.end_torn()
            return
        self.findings.add("truncated" if cut else "altered",
                          f"{name.decode()} is not where it should be", self.at)
        self.at = good

    def head_is_cut(self, name):
        left = self.data[self.at:self.at + 8]
        size = int.from_bytes(left[:4], "big")
        return len(left) < 8 or (left[4:] == name and len(self.data) - self.at < size <= 1 << 26)

    def read_reserve(self):
        for name in (b"sidx", b"free"):
            if self.piece or self.reserve_is_cut():
                break
            box = box_at(self.data, self.at)
            if box is None or box[0] != name:
                continue
            if name == b"sidx":
                self.indexed = True
                self.closed = self.closed or not self.expect.growing
            else:
                self.check_free(box[1])
            self.at = box[1]
        else:
            self.skip_lost_reserve()
        self.reserve_end = self.at

    def reserve_is_cut(self):
        left, kind = len(self.data) - self.at, self.data[self.at + 4:self.at + 8]
        size = int.from_bytes(self.data[self.at:self.at + 4], "big")
        whole = left >= 8 and (kind not in (b"sidx", b"free") or size <= left or size > 1 << 20)
        if left == 0 or whole or next_good(self.data, self.at) != len(self.data):
            return False
        if self.expect.new:
            self.end_torn()
        else:
            self.findings.add("truncated", "the file ends before its first fragment", self.at)
            self.at = len(self.data)
        return True

    def check_free(self, end):
        """Its place is taken by the index, of which a crash leaves some sectors."""
        body = bytes(self.data[self.at + 8:end])
        if not body.strip(b"\0"):
            return
        if self.expect.growing and not self.indexed and len(body) - body.count(0) >= 8:
            self.findings.add_torn(self.at + 8, len(body))
        else:
            self.findings.add("unknown_bytes", "the reserve is not zeros", self.at)

    def skip_lost_reserve(self):
        """The header of the free box behind the index may be lost with its sector."""
        good = next_good(self.data, self.at)
        lost = self.indexed and self.expect.growing and self.at < good < len(self.data)
        if lost and zeros(self.data, self.at, good):
            self.findings.add_torn(self.at, good - self.at)
            self.at = good

    # Boxes.

    def step(self):
        kind = kind_at(self.data, self.at)
        if self.may_be_torn() and (is_torn_recording_end(self.data, self.at) or self.is_nobodys()):
            self.end_torn()
            return False
        if kind == FRAGMENT:
            self.read_fragment()
        elif kind == CHECKPOINT:
            self.read_checkpoint()
        elif kind == OMITTED and self.piece:
            self.read_omitted()
        else:
            return self.read_other()
        return True

    def closing(self):
        return bool(self.points and self.points[-1].flags & 8)

    def may_be_torn(self):
        open_end = not self.closed and not self.closing()
        return not self.piece and (open_end or self.expect.given_up)

    def is_nobodys(self):
        """Nothing whole, behind what the ledger says of a file that was given up."""
        limit = self.expect.given_up_at
        if limit is None or self.at < limit:
            return False
        box = reading(self.data, self.at, RECORDS)
        if isinstance(box, Record):
            body = box_at(self.data, self.at)[1]
            whole = box.is_of(self.data[body:body + box.size])
        else:
            whole = box is not None and box.is_signed()
        return not whole and may_follow_tear(self.data, self.at + 1)

    def end_torn(self):
        self.torn = True
        self.findings.add_torn(self.at, len(self.data) - self.at)
        self.at = len(self.data)

    def read_fragment(self):
        begin, end = self.at, box_at(self.data, self.at)[1]
        record = decode(self.findings, Record, self.data, begin, end)
        self.at = end
        for name in (b"moof", b"mdat"):
            box = box_at(self.data, self.at)
            if box is None or box[0] != name:
                return self.lose_fragment(begin, record)
            mdat = box[1] - self.at, begin
            self.at = box[1]
        fragment = self.data[end:self.at]
        if record:
            if not record.is_of(fragment):
                self.findings.add("altered", f"the bytes of fragment {record.sequence} are not "
                                  "those its record knows", end)
            if self.add_record(record, begin):
                self.mdats.append(mdat)
        else:
            self.window.whole = False

    def lose_fragment(self, begin, record):
        """The record stands there, and moof and mdat do not follow it whole."""
        found = next_record(self.data, self.at + 1)
        rest = self.data[self.at:found]
        if found == len(self.data) and len(rest) < 8 + (record.size if record else 0):
            self.findings.add("truncated", "the file ends within a fragment", begin)
        else:
            what = f"fragment {record.sequence}" if record else "a fragment"
            self.findings.add("altered", f"{what} is not whole", begin)
        if self.piece:  # what it says is not shown
            self.window.whole = False
        elif record:
            self.add_record(record, begin)
        self.at = found

    def add_record(self, record, at):
        findings = self.findings
        findings.records += 1
        if self.whose is None:
            self.whose = record.whose()
            for whose, place, what in self.early:
                self.check_whose(whose, place, what)
        if record.whose() != self.whose:
            findings.add("spliced", f"a fragment of run {record.run.hex()}, camera "
                         f"{record.camera}, site {record.site}", at)
            if self.piece:  # it stands where another may have stood
                self.window.whole = False
            return False
        if self.left_out is not None:
            findings.add("removed", f"fragments before {record.sequence} are left out, and others "
                         "before them are shown", self.left_out)
            self.left_out = None
        self.window.add(record.sequence, record.hash)
        self.records.append((record, at))
        return True

    def check_whose(self, whose, at, what):
        """A checkpoint says all of (site, camera, stream, run), an omitted box the run alone: no
        hash covers it."""
        if self.whose is None:
            self.early.append((whose, at, what))
            return True
        if whose == self.whose[-len(whose):]:
            return True
        self.findings.add("spliced", f"{what} of run {whose[-1].hex()}", at)
        return False

    def read_checkpoint(self):
        begin, self.at = self.at, box_at(self.data, self.at)[1]
        point = decode(self.findings, Checkpoint, self.data, begin, self.at)
        if point is None:
            return
        if self.points and self.points[-1].flags & 8:
            self.findings.add("unknown_bytes", "a checkpoint behind the one that closed the file",
                              begin)
        if not self.check_whose(point.whose(), begin, "a checkpoint"):
            return
        if point.init != self.init:
            self.findings.add("altered", "ftyp and moov are not those that were signed", 0)
        self.note_numbers(point)
        self.window.check(point, begin, self.piece)
        self.points.append(point)
        self.unproven = None
        self.signed_to = begin

    def note_numbers(self, point):
        """As many records as the checkpoint covers: none is missing, and one may have got another
        number."""
        here = [(r, at) for r, at in self.records if at > self.signed_to]
        if len(here) == point.count:
            self.misplaced += [(r, at, sequence) for (r, at), sequence
                               in zip(here, range(point.first, point.end()))
                               if r.sequence != sequence]

    def check_numbers(self):
        """What stands in the place of a record that is nowhere in the file is that one."""
        known = {r.sequence for r, _ in self.records}
        hashes = [r.hash for r, _ in self.records]
        for record, at, sequence in self.misplaced:
            if sequence not in known and hashes.count(record.hash) == 1:
                self.findings.add("altered", f"fragment {record.sequence} is the one that was "
                                  f"signed as {sequence}", at)

    def read_omitted(self):
        begin, self.at = self.at, box_at(self.data, self.at)[1]
        box = decode(self.findings, Omitted, self.data, begin, self.at)
        if box is None:
            return
        self.check_whose((box.run,), begin, "omitted records")
        self.unproven = begin
        self.left_out = begin if self.records else None
        for i, leaf in enumerate(box.hashes):
            self.window.add(box.first + i, leaf)
        self.by_sequence.update({box.first + i: h for i, h in enumerate(box.hashes)})

    def read_other(self):
        """Not a box of ours, and not what a crash leaves."""
        found = next_record(self.data, self.at + 1)
        self.findings.add(*self.name_other(found == len(self.data), found - self.at), self.at)
        self.at = found
        return True

    def name_other(self, at_end, count):
        head = bytes(self.data[self.at:self.at + 24])
        mark = b"uuid" + USER_TYPE
        same = sum(a == b for a, b in zip(head[4:], mark))
        size = int.from_bytes(head[:4], "big")
        beyond = len(head) < 8 or size > len(self.data) - self.at
        if len(head) > 4 and same == len(head) - 4:
            if at_end and (is_cut_box(self.data, self.at, False) or (self.piece and beyond)):
                return "truncated", "the file ends within a box"
            return "altered", "a box here is not whole"
        if same >= 15:
            return "altered", "a box here cannot be read"
        if at_end and ((self.piece and beyond) or (self.closed and not self.closing())):
            return "truncated", "the file ends within a fragment"
        return "unknown_bytes", f"{count} bytes that belong to nothing"

    # The whole.

    def finish(self):
        if self.unproven is not None:
            self.findings.add("removed", "records are omitted, and no checkpoint covers them",
                              self.unproven)
        self.check_unsigned_tail()
        self.check_numbers()
        self.check_sequences()
        pending = len(self.window.leaves)
        ended = self.closed and not self.expect.given_up
        if self.piece and not self.records:
            only_head = self.head_end == len(self.data)
            self.findings.add("truncated" if only_head else "removed", "there is no fragment in it")
            return
        if not self.records and not self.points:
            if ended and not self.torn:
                self.findings.add("truncated", "no fragment is left", len(self.data))
            return
        if self.closing() and pending:
            self.findings.add("unknown_bytes", f"{pending} fragments behind the checkpoint that "
                              "closed the file", self.records[-1][1])
        elif ended and not self.closing() and (self.points or self.index_knows_more()):
            self.findings.add("truncated", "the end of a file that was closed is missing",
                              len(self.data))
        elif ended and not self.points:
            self.findings.add("unsigned", "recorded without a key, or put there", 0)
        else:
            self.findings.not_signed_yet += pending
        if self.indexed and self.closed:
            self.check_index()

    def check_unsigned_tail(self):
        """While a file grows, a checkpoint follows at most 10 s of recording after the last."""
        tail = [r for r, at in self.records if at > self.signed_to]
        length = sum(r.duration * 1_000_000 // r.timescale for r in tail)
        if self.piece and len(tail) > 1 and length > 10_000_000:
            self.findings.add("unsigned", f"nobody signed the last {len(tail)} fragments",
                              self.signed_to)

    def index_knows_more(self):
        if not self.indexed:
            return False
        box = self.data[self.reserve:box_at(self.data, self.reserve)[1]]
        if len(box) < 40:
            return False
        count = int.from_bytes(box[38:40], "big")
        sizes = [int.from_bytes(box[40 + 12 * i:44 + 12 * i], "big") for i in range(count)]
        return self.reserve_end + sum(sizes) > len(self.data)

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
