# SPDX-License-Identifier: Apache-2.0
"""Generated archives and bundles, edited in every way we know: is each edit found and named?"""
import collections
import json
import pathlib
import subprocess
import sys
import time

from .places import REPOSITORY, scratch
from .report import Benchmark, Outcome

PROGRAM = REPOSITORY / "build/release/bench/bench_tamper"


def second_opinion(folder):
    """tools/verify.py over what was kept: (looked at, wrong verdicts with what was expected)."""
    # Only this benchmark needs python3-cryptography, so that the others run without it.
    sys.path.insert(0, str(REPOSITORY / "tools"))
    import verify
    from verify_recording import Findings
    looked, wrong = collections.Counter(), []
    with open(folder / "index.jsonl", encoding="utf-8") as index:
        rows = [json.loads(line) for line in index]
    for row in rows:
        findings = Findings(row["key"])
        verify.verify(folder / row["file"], findings)
        classes = sorted({f["class"] for f in findings.list})
        looked[row["edit"]] += 1
        right = set(classes) & set(row["expected"]) if row["expected"] else not classes
        if not right:
            wrong.append({"file": row["file"], "edit": row["edit"], "expected": row["expected"],
                          "found": classes})
    return looked, wrong


def measure(program, folder, edits, untouched, seed, every):
    """The JSON of the program, with what the other verifier says of the sample."""
    done = subprocess.run(
        [program, "--edits", str(edits), "--untouched", str(untouched), "--seed", str(seed),
         "--keep", folder, "--keep-every", str(every)], capture_output=True, text=True, check=False)
    if not done.stdout:
        raise RuntimeError(f"bench_tamper: {done.stderr[-2000:]}")
    result = json.loads(done.stdout)
    looked, wrong = second_opinion(pathlib.Path(folder))
    result["complaints"] = done.stderr.splitlines()[1:21]
    result["second_verifier"] = {"looked_at": sum(looked.values()), "kinds": len(looked),
                                 "wrong": len(wrong), "examples": wrong[:10]}
    return result


def is_right(result):
    return (result["classified"] == result["edits"] == result["detected"]
            and result["false_alarms"] == 0 and result["second_verifier"]["wrong"] == 0)


def run(options):
    seed = int(time.time())
    edits, untouched = (4000, 2000) if options.quick else (200_000, 100_000)
    begun = time.monotonic()
    with scratch(options.dir) as folder:
        result = measure(PROGRAM, folder, edits, untouched, seed, 100)
    result["seconds"] = round(time.monotonic() - begun, 1)
    missed = result["edits"] - result["classified"] + result["false_alarms"]
    return Outcome(missed, f"of {result['edits']} edits and {result['untouched']} untouched ones "
                   "judged wrongly", 0, is_right(result), {}, result)


BENCHMARK = Benchmark("tamper", 10, "edits of archives and bundles: all detected and classified, "
                      "no false alarm, both verifiers agree", run)
