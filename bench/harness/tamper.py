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


Part = collections.namedtuple("Part", "edits untouched seed")


def measure(program, folder, part, every):
    """The JSON of the program, with what the other verifier says of one of `every`."""
    done = subprocess.run(
        [program, "--edits", str(part.edits), "--untouched", str(part.untouched),
         "--seed", str(part.seed), "--keep", folder, "--keep-every", str(every)],
        capture_output=True, text=True, check=False)
    if not done.stdout:
        raise RuntimeError(f"bench_tamper: {done.stderr[-2000:]}")
    result = json.loads(done.stdout)
    looked, wrong = second_opinion(pathlib.Path(folder))
    result["complaints"] = done.stderr.splitlines()[1:21]
    result["second_verifier"] = {"looked_at": sum(looked.values()), "kinds": len(looked),
                                 "wrong": len(wrong), "examples": wrong[:10]}
    return result


COUNTS = ("edits", "detected", "classified", "untouched", "false_alarms")


def add(total, result):
    """Sums up the parts; complaints keep the seed that they came from."""
    for name in COUNTS:
        total[name] = total.get(name, 0) + result[name]
    kinds = total.setdefault("kinds", {})
    for kind, tally in result["kinds"].items():
        sums = kinds.setdefault(kind, dict.fromkeys(tally, 0))
        for name, count in tally.items():
            sums[name] += count
    second = total.setdefault("second_verifier", {"looked_at": 0, "wrong": 0, "examples": []})
    second["looked_at"] += result["second_verifier"]["looked_at"]
    second["wrong"] += result["second_verifier"]["wrong"]
    second["examples"] += result["second_verifier"]["examples"]
    total.setdefault("complaints", []).extend(
        f"seed {result['seed']}: {line}" for line in result["complaints"])


def is_right(result):
    return (result["classified"] == result["edits"] == result["detected"]
            and result["false_alarms"] == 0 and result["second_verifier"]["wrong"] == 0)


def run(options):
    """In parts, so that what is kept for the other verifier never fills the disk."""
    parts = 1 if options.quick else 50
    first, begun, total = int(time.time()), time.monotonic(), {"parts": parts}
    total["first_seed"] = first
    for i in range(parts):
        with scratch(options.dir) as folder:
            add(total, measure(PROGRAM, folder, Part(4000, 2000, first + 1000 * i), 10))
    total["seconds"] = round(time.monotonic() - begun, 1)
    missed = total["edits"] - total["classified"] + total["false_alarms"]
    return Outcome(missed, f"of {total['edits']} edits and {total['untouched']} untouched ones "
                   "judged wrongly", 0, is_right(total), {}, total)


BENCHMARK = Benchmark("tamper", 20, "edits of archives and bundles: all detected and classified, "
                      "no false alarm, both verifiers agree", run)
