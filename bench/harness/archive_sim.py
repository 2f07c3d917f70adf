# SPDX-License-Identifier: Apache-2.0
"""The archive under simulated faults: power cuts at any moment, every operation of the disk failed
once and for good, random mixtures of everything. In virtual time, in memory: tests/sim."""
import json
import subprocess

from . import places
from .report import Benchmark, Outcome

LOSS_S = 2.0


def simulate(*arguments):
    program = places.REPOSITORY / "build" / "release" / "tests" / "sim" / "archive_sim"
    if not program.exists():
        raise SystemExit(f"{program} is missing: cmake --preset release && "
                         "cmake --build build/release --target archive_sim")
    ran = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                         check=False)
    lines = ran.stdout.strip().splitlines()
    if not lines:
        raise SystemExit(f"archive_sim ended with {ran.returncode}: {ran.stderr[-500:]}")
    return json.loads(lines[-1]), ran.stderr.splitlines()[:20]


def power_cut(options):
    figures, findings = simulate("--power-cuts", 500 if options.quick else 10_000)
    worst = figures["lost_s"]["p100"]
    passed = figures["findings"] == 0 and worst <= LOSS_S
    return Outcome(worst, "s lost at worst (GOPs of 1 s)", LOSS_S, passed, {},
                   {**figures, "invariants_broken": findings})


def io_errors(options):
    figures, findings = simulate("--io-errors", "--stride", 50 if options.quick else 1)
    return Outcome(figures["findings"], "broken invariants", 0, figures["findings"] == 0, {},
                   {**figures, "invariants_broken": findings})


def random_faults(options):
    figures, findings = simulate("--seeds", 200 if options.quick else 100_000)
    return Outcome(len(figures["failed"]), "seeds that break an invariant", 0,
                   not figures["failed"], {}, {**figures, "invariants_broken": findings})


BENCHMARKS = [
    Benchmark("power-cut", 4, "10,000 crash images: seconds lost, anything reported and gone",
              power_cut),
    Benchmark("io-errors", 60, "every operation of a run of ten minutes failed once and for good",
              io_errors),
    Benchmark("random-faults", 120, "100,000 seeds of every fault at random", random_faults),
]
