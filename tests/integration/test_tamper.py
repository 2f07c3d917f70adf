# SPDX-License-Identifier: Apache-2.0
"""A small run of `bench/run tamper`: every kind of edit, by both verifiers."""
import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from harness import tamper  # noqa: E402

PROGRAM = os.environ.get("VEDETTE_TAMPER", ROOT / "build/release/bench/bench_tamper")


class Tamper(unittest.TestCase):
    def test_every_edit_is_found_and_named_by_both_verifiers(self):
        # The archives of the second found what nobody saw: omitted records of another run.
        for seed in (1, 7):
            with self.subTest(seed=seed):
                self.judge(seed)

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
