# SPDX-License-Identifier: Apache-2.0
"""A volume and its ledger, as docs/design/format.md has them; a part of tools/verify.py."""
import datetime
import mmap
import os
import pathlib
import re

from verify_boxes import (CHECKPOINT, CLOSED, DELETION, FILE, GIVEN_UP, LOST, OMITTED, OPENED,
                          RECOVERED, SERVICE, STOPPED, ZEROS, Checkpoint, Entry, Omitted, Record,
                          box_at, kind_at, next_record)
from verify_recording import Expect, Recording, Window, decode
from verify_torn import ENTRIES, RECORDS, good_boxes, is_torn_ledger_end, reading

SIGNED_AFTER = 60_000_000
MOST_OF_FILE = 64 << 20   # of a ledger
LAYOUT = r"[^/]+/\d{4}/\d{2}/\d{2}/[^/]+"  # of recordings on a volume
LEDGER_FILE = r"[0-9a-f]{16}\.ledger"
# Its identity, what a crash left of writing it, and its lock.
OF_VOLUME = ("vedette-volume.json", "vedette-volume.json.new", "vedette-volume.lock")


def contents(path):
    """The bytes of a file, not read before they are needed."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def is_ledger_folder(path):
    """The ledger of a volume alone, without the volume."""
    return not (path / OF_VOLUME[0]).exists() and any(
        re.fullmatch(LEDGER_FILE, name.name) and name.is_file() for name in path.iterdir())


# The ledger of a volume, or an excerpt of one in a bundle.


class Ledger:
    """One chain of entries over several files."""

    def __init__(self, findings, piece=False):
        self.findings, self.piece = findings, piece
        self.entries, self.points = [], []
        self.hashes = {}  # by sequence, also of what is omitted
        self.whose = None
        self.early = []  # (place, volume) of omitted boxes that nothing was compared with yet
        self.window = Window(findings)

    def read(self, data, last=True):
        """One of its files. `last`: its end may be torn."""
        at = 0
        while at < len(data):
            if last and not self.piece and self.is_torn(data, at):
                self.findings.add_torn(at, len(data) - at)
                return
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

    def is_torn(self, data, at):
        box = reading(data, at, ENTRIES)
        whole = box and (not isinstance(box, Checkpoint) or box.is_signed())
        return not whole and is_torn_ledger_end(data, at)

    def read_other(self, data, at):
        found = next_record(data, at + 1)
        self.findings.add("altered" if self.piece else "unknown_bytes",
                          f"{found - at} bytes that belong to nothing", at)
        return found

    def read_entry(self, data, at, end):
        entry = decode(self.findings, Entry, data, at, end)
        if entry is None:
            return
        if self.whose is None:
            self.whose = entry.site, entry.volume
            self.check_early()
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
        self.early.append((at, box.run))
        self.check_early()
        for i, leaf in enumerate(box.hashes):
            self.window.add(box.first + i, leaf)
            self.hashes[box.first + i] = leaf

    def check_early(self):
        """No hash covers the volume in an omitted box: it must be that of the entries."""
        if self.whose is None:
            return
        for at, volume in self.early:
            if volume != self.whose[1]:
                self.findings.add("spliced", "omitted entries of another volume", at)
        self.early = []

    def finish(self):
        pending = len(self.window.leaves)
        self.findings.not_signed_yet += pending
        if pending and not self.piece and self.entries:
            self.check_unsigned(self.entries[-pending:])
        self.check_length()

    def check_unsigned(self, entries):
        last = entries[-1]
        stopped = last.kind == SERVICE and last.event == STOPPED
        if stopped and last.key != ZEROS:
            self.findings.add("truncated", "the service stopped, and the checkpoint that it signs "
                              "then is missing")
        elif stopped or last.written_us - entries[0].written_us >= SIGNED_AFTER:
            self.findings.add("unsigned", f"nobody signed the last {len(entries)} entries")

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
        self.ledger_folder = self.root / "vedette.ledger"
        self.recordings = {}  # by (run, first sequence)
        self.strangers = []   # unknown to the ledger, and newer
        if is_ledger_folder(self.root):
            self.ledger_folder = self.root
            self.read_ledger()
            self.check_ledger_folder()
            return
        self.read_ledger()
        self.read_recordings()
        self.check_runs()
        if self.ledger:
            self.check_ledger()
            self.note_open_end()
        else:
            self.check_without_ledger()

    def note_open_end(self):
        """Cut off behind the last head that a recording knew, a ledger looks as if the power had
        gone there. Whoever knows that it did not must hear where it ends."""
        if self.ledger.entries and self.is_running():
            end = datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + datetime.timedelta(
                microseconds=self.ledger.entries[-1].written_us)
            self.findings.notes.append(
                f"the ledger ends at {end.isoformat(timespec='microseconds')[:-6]}Z without saying "
                "that the service stopped: if it does not run any more, its power went then, or "
                "what it entered later was cut off")

    def relative(self, path):
        return str(path.relative_to(self.root))

    def read_ledger(self):
        files = sorted(self.ledger_folder.glob("*.ledger"))
        if not files:
            return
        self.ledger = Ledger(self.findings)
        for path in files:
            self.findings.path = self.relative(path)
            following = self.ledger.window.next() or 0
            if path.name != f"{following:016x}.ledger":
                self.findings.add("removed", "the ledger's files do not follow each other")
            data = self.readable(path)
            if data is None:
                continue
            if len(data) > MOST_OF_FILE:
                self.findings.add("unknown_bytes", f"{len(data) - MOST_OF_FILE} bytes behind the "
                                  "most that a file of a ledger has", MOST_OF_FILE)
            self.ledger.read(data[:MOST_OF_FILE], path == files[-1])
        self.ledger.finish()

    def check_ledger_folder(self):
        """It holds the ledger's files and nothing else."""
        for path in sorted(self.root.iterdir()):
            if path.is_dir() or not re.fullmatch(LEDGER_FILE, path.name):
                self.findings.path = self.relative(path)
                self.findings.add("unknown_bytes", "not part of a ledger")

    def readable(self, path):
        """The bytes of a file; None when they cannot be had, which hides nothing else."""
        try:
            return contents(path)
        except OSError as error:
            self.findings.add("altered", f"it cannot be read: {error.strerror}")
            return None

    def read_recordings(self):
        for path in sorted(self.root.rglob("*")):
            self.findings.path = self.relative(path)
            ours = path.parent == self.root / "vedette.ledger" and path.suffix == ".ledger"
            if path.is_dir() or ours:
                continue
            if path.suffix != ".mp4":
                if path.parent != self.root or path.name not in OF_VOLUME:
                    self.findings.add("unknown_bytes", "a file that is no recording")
                continue
            data = self.readable(path)
            if data is None:
                continue
            recording = Recording(self.findings, data, expect=self.expect(data))
            recording.path, recording.size = self.findings.path, path.stat().st_size
            if recording.records:
                key = recording.whose, recording.records[0][0].sequence
                if key in self.recordings:
                    self.findings.add("duplicated", f"the same as {self.recordings[key].path}")
                self.recordings[key] = recording

    def expect(self, data):
        """What the ledger says of a recording, by its first record."""
        first = next((box for _, box in good_boxes(data, 0, RECORDS)), None) \
            if self.ledger else None
        if not isinstance(first, Record):
            return Expect(new=bool(self.ledger) and self.is_running())
        of_run = [e for e in self.ledger.entries if e.kind in (FILE, DELETION)
                  and (e.run, e.first) == (first.run, first.sequence)]
        if not of_run or of_run[-1].kind == DELETION:
            return Expect()
        last = of_run[-1]
        opened = last.event == OPENED
        return Expect(opened, not opened or not self.still_open(last),
                      last.bytes if last.event == GIVEN_UP else None)

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
            if entry.count == 0:  # it could not be read any more
                known.setdefault(facts.first, (facts.count, facts.head))
            else:
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

    def check_without_ledger(self):
        """A volume, by its identity or its layout, whose ledger is gone; a folder of recordings
        that were taken out of one never had a ledger."""
        knew = [r.path for r in self.recordings.values()
                if any(p.ledger_entries for p in r.points)]
        if knew and (self.root / OF_VOLUME[0]).exists():
            self.findings.path = min(knew)
            self.findings.add("rolled_back", "the ledger that this recording knew is not here")
        elif any(re.fullmatch(LAYOUT, path) for path in knew):
            self.findings.path = "vedette.ledger"
            self.findings.add("removed", "the ledger, which knows what should be here, is missing")

    # Against the ledger.

    def check_ledger(self):
        files = {}  # by (run, number): its entries, oldest first
        for entry in self.ledger.entries:
            if entry.kind in (FILE, DELETION):
                files.setdefault((entry.run, entry.number), []).append(entry)
        known = set()
        for entries in files.values():
            known |= self.check_file(entries)
        self.check_places(files.values())
        for recording in self.recordings.values():
            self.findings.path = recording.path
            self.check_known(recording, recording.path in known)
            self.check_heads(recording)
        self.check_strangers(known)

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
                taken = any(r.path == last.detail for r in self.recordings.values())
                if (self.root / last.detail).exists() and not taken:
                    self.findings.add("truncated", "the ledger knows fragments, and none is left")
                else:
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

    def check_places(self, files):
        """A recording that lies in the place of another passes for it."""
        newest = [entries[-1] for entries in files if entries[-1].kind == FILE]
        places = {e.detail for e in newest if e.event != LOST}
        homes = {(e.run, e.first): e.detail for e in newest}
        for (whose, first), recording in self.recordings.items():
            home = homes.get((whose[3], first), recording.path)
            if recording.path != home and recording.path in places:
                self.findings.path = recording.path
                self.findings.add("reordered", f"this is what the ledger knows as {home}, in the "
                                  "place of another")

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
        if any(p.ledger_entries > len(self.ledger.hashes) for p in recording.points):
            self.strangers.append(recording)
        elif recording.points:
            self.findings.add("spliced", "the ledger of this volume does not know this file")
        else:
            self.findings.add("unsigned", "nobody vouches for this file", 0)

    def check_strangers(self, known):
        """A ledger that agrees with no recording at all is itself what does not belong here."""
        hashes = self.ledger.hashes
        agreed = known or any(hashes.get(p.ledger_entries - 1) == p.ledger_hash
                              for r in self.recordings.values() for p in r.points)
        for recording in self.strangers if agreed else []:
            self.findings.path = recording.path
            self.findings.add("spliced", "the ledger of this volume does not know this file")

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
