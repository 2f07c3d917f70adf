# SPDX-License-Identifier: Apache-2.0
"""tools/verify.py, the second verifier, at the end of files: every bit of a last box, every length,
every set of lost sectors. The first one is held to the same by src/evidence/torn_end_test.cpp."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from verify_boxes import box_at  # noqa: E402
from verify_recording import Expect, Findings, Recording  # noqa: E402
from verify_volume import Ledger  # noqa: E402

CORPUS = ROOT / "src/evidence/corpus/verify_fuzz"
SECTOR = 512


def ledger(data):
    findings = Findings()
    book = Ledger(findings)
    book.read(data)
    book.finish()
    return findings


def recording(data, **expect):
    findings = Findings()
    Recording(findings, data, expect=Expect(**expect))
    return findings


def classes(findings):
    return sorted({finding["class"] for finding in findings.list})


def last_box(data, at=0):
    while (end := box_at(data, at)[1]) < len(data):
        at = end
    return at


class TornEnds(unittest.TestCase):
    def test_every_bit_of_a_last_box_is_found(self):
        for name, verify in (("ledger", ledger), ("closed", recording)):
            data = (CORPUS / name).read_bytes()
            self.assertEqual(verify(data).list, [], name)
            for bit in range(last_box(data) * 8, len(data) * 8):
                bad = bytearray(data)
                bad[bit // 8] ^= 1 << bit % 8
                found = verify(bytes(bad))
                self.assertTrue(found.list and not found.torn, f"{name} byte {bit // 8}")

    def test_every_length_of_a_ledger_is_a_crash_and_says_so(self):
        data = (CORPUS / "ledger").read_bytes()
        borders, at = {0}, 0
        while at < len(data):
            at = box_at(data, at)[1]
            borders.add(at)
        for size in range(len(data)):
            found = ledger(data[:size])
            self.assertEqual(found.list, [], size)
            self.assertEqual(len(found.torn), 0 if size in borders else 1, size)

    def test_every_length_of_a_closed_recording_is_truncated(self):
        data = (CORPUS / "closed").read_bytes()
        for size in range(len(data)):
            found = classes(recording(data[:size], at_rest=True))
            if size == last_box(data):
                self.assertEqual(found, ["unsigned"])  # as one that was recorded without a key
            else:
                self.assertIn("truncated", found, size)

    def test_every_set_of_lost_sectors_behind_the_last_signature_is_a_crash(self):
        data = (CORPUS / "open").read_bytes()
        begin = next(at for at in range(len(data)) if data[at + 4:at + 8] == b"uuid")
        first = begin // SECTOR
        sectors = -(-len(data) // SECTOR) - first
        for lost in range(1, 1 << sectors):
            bad = bytearray(data)
            for at in range(begin, len(bad)):
                if lost >> (at // SECTOR - first) & 1:
                    bad[at] = 0
            found = recording(bytes(bad))
            self.assertEqual((found.list, len(found.torn)), ([], 1), lost)

    def test_a_lost_sector_that_was_signed_is_altered(self):
        data = bytearray((CORPUS / "closed").read_bytes())
        data[SECTOR * 2:SECTOR * 3] = bytes(SECTOR)
        self.assertIn("altered", classes(recording(bytes(data))))


if __name__ == "__main__":
    unittest.main()
