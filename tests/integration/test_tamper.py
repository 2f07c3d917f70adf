# SPDX-License-Identifier: Apache-2.0
"""A small run of `bench/run tamper`: every kind of edit, by both verifiers."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from harness import tamper  # noqa: E402

PROGRAM = os.environ.get("VEDETTE_TAMPER", ROOT / "build/release/bench/bench_tamper")
VEDETTE = os.environ.get("VEDETTE_BIN", ROOT / "build/release/vedette")


def classes_of(path, key):
    """By `vedette verify` and by tools/verify.py."""
    sys.path.insert(0, str(ROOT / "tools"))
    import verify
    from verify_recording import Findings
    said = subprocess.run([VEDETTE, "verify", path, "--key", key, "--json"], capture_output=True,
                          text=True, check=False).stdout
    findings = Findings(key)
    verify.verify(path, findings)
    return ({found["class"] for found in json.loads(said)["findings"]},
            {found["class"] for found in findings.list})


class Tamper(unittest.TestCase):
    def test_every_edit_is_found_and_named_by_both_verifiers(self):
        # The archives of the second found what nobody saw: omitted records of another run.
        for seed in (1, 7):
            with self.subTest(seed=seed):
                self.judge(seed)

    def test_both_verifiers_give_an_edit_of_a_bundle_the_same_classes(self):
        with tempfile.TemporaryDirectory(prefix="vedette-tamper-") as folder:
            tamper.measure(PROGRAM, folder, tamper.Part(1500, 20, 11), every=7)
            index = pathlib.Path(folder, "index.jsonl").read_text(encoding="utf-8")
            bundles = [row for row in map(json.loads, index.splitlines())
                       if row["file"].endswith(".zip")]
            self.assertGreater(len(bundles), 80)
            for row in bundles:
                ours, theirs = classes_of(pathlib.Path(folder, row["file"]), row["key"])
                self.assertEqual(ours, theirs, f"{row['file']}: {row['edit']}")

    def judge(self, seed):
        with tempfile.TemporaryDirectory(prefix="vedette-tamper-") as folder:
            result = tamper.measure(PROGRAM, folder, tamper.Part(3000, 1000, seed), every=50)
        said = "\n".join(result["complaints"])
        self.assertEqual(result["edits"], 3000)
        self.assertEqual(result["detected"], 3000, said)
        self.assertEqual(result["classified"], 3000, said)
        self.assertEqual(result["false_alarms"], 0, said)
        second = result["second_verifier"]
        self.assertEqual(second["wrong"], 0, second["examples"])
        self.assertEqual(second["kinds"], len(result["kinds"]) + 2, "each kind, and untouched ones")


if __name__ == "__main__":
    unittest.main()
