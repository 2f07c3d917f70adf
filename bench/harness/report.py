# SPDX-License-Identifier: Apache-2.0
"""The one form in which a benchmark answers, and the registry of those there are."""
import dataclasses
import json
import subprocess

from . import places


@dataclasses.dataclass
class Benchmark:
    name: str
    minutes: float
    what: str
    run: object  # options -> Outcome


@dataclasses.dataclass
class Outcome:
    value: object
    unit: str
    target: object
    passed: bool
    peers: dict = dataclasses.field(default_factory=dict)
    detail: dict = dataclasses.field(default_factory=dict)


def commit():
    def git(*arguments):
        return subprocess.run(["git", "-C", places.REPOSITORY, *arguments], capture_output=True,
                              text=True, check=False).stdout.strip()
    changed = "+" if git("status", "--porcelain", "-uno") else ""
    return git("rev-parse", "--short", "HEAD") + changed


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        models = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else "unknown"


def as_json(name, outcome):
    return {"name": name, "value": outcome.value, "unit": outcome.unit, "target": outcome.target,
            "pass": outcome.passed, "peers": outcome.peers, "commit": commit(),
            "detail": {"machine": machine(), **outcome.detail}}


def show(result):
    """A table for people."""
    verdict = {True: "pass", False: "FAIL", None: "no verdict"}[result["pass"]]
    print(f"{result['name']}: {result['value']} {result['unit']} (target {result['target']})",
          verdict)
    for peer, value in result["peers"].items():
        print(f"  {peer:<20} {value}")
    for key, value in result["detail"].items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            show_rows(key, value)
        else:
            print(f"  {key}: {value if isinstance(value, str) else json.dumps(value)}")


def show_rows(title, rows):
    columns = list(rows[0])
    cells = [columns] + [[str(row.get(c, "")) for c in columns] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    print(f"  {title}:")
    for row in cells:
        print("    " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths)))
