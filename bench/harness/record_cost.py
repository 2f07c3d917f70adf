# SPDX-License-Identifier: Apache-2.0
"""CPU per recorded camera, beside what others take for the same streams in the same minutes.

The cameras run on core 0 and the system under test alone on core 1. The systems take turns in
slots, so that a noisy minute of the machine falls on all of them; ratios are taken within a round
and the median of those is reported. After a slot every stored frame is compared with what was sent;
a slot with a lost frame, or in which the hypervisor took more than 2 %, does not count.
"""
import statistics
import time

from . import frames, systems
from .cameras import cameras
from .clips import PROFILES, clip
from .places import BUILD, scratch
from .process import Group, machine_times, stolen_share
from .report import Benchmark, Outcome

TARGET_PERCENT = 0.08
TARGET_RATIO = 4.0


def measure(system, profile, count, port, options):
    """One slot: % of a core per camera, and how it went."""
    with scratch(options.dir) as folder, Group(1, BUILD / f"{system.name}.log") as group:
        system.start(port, count, folder, group)
        systems.settle(group, options.warm_up + 0.1 * count)
        machine, cpu, begun = machine_times(), group.cpu_seconds(), time.monotonic()
        systems.settle(group, options.seconds)
        seconds = time.monotonic() - begun
        cpu = group.cpu_seconds() - cpu
        stolen = stolen_share(machine, machine_times())
        group.stop()
        slot = {"percent": 100 * cpu / seconds / count, "stolen": round(stolen, 4), "void": None}
        if stolen > options.max_stolen:
            slot["void"] = f"{100 * stolen:.1f} % stolen"
        stored = system.files(folder, count)
        if stored is not None:
            try:
                # The last GOP before the stop may be written or not.
                least = int((seconds - profile.gop_seconds) * profile.fps)
                slot["frames"] = frames.check_all(clip(profile), stored, least)
            except frames.Lost as lost:
                slot["void"] = str(lost)
    return slot


def medians(rounds, names):
    """Per system the median cost, and the median over rounds of its ratio to Vedette's."""
    row = {}
    for name in names:
        good = [r[name]["percent"] for r in rounds if name in r and not r[name]["void"]]
        row[name] = statistics.median(good) if good else None
    for name in names:
        pairs = [r[name]["percent"] / r["vedette"]["percent"] for r in rounds
                 if name in r and "vedette" in r and name != "vedette"
                 and not r[name]["void"] and not r["vedette"]["void"] and r["vedette"]["percent"]]
        row[f"{name}/vedette"] = statistics.median(pairs) if pairs else None
    return row


def slope(points):
    """Least squares over (cameras, % of a core in total): the cost of one camera more."""
    if len(points) < 2:
        return points[0][1] / points[0][0] if points else None
    mean_x = statistics.mean(x for x, _ in points)
    mean_y = statistics.mean(y for _, y in points)
    return (sum((x - mean_x) * (y - mean_y) for x, y in points)
            / sum((x - mean_x) ** 2 for x, _ in points))


def rounded(value, digits=4):
    return None if value is None else round(value, digits)


def measure_profile(profile, options, running, voids):
    rows = []
    names = [s.name for s in running]
    for count in options.cameras:
        with cameras(clip(profile), count, options) as port:
            rounds = []
            for number in range(options.rounds):
                # ABBA: every other round goes the other way.
                order = running if number % 2 == 0 else list(reversed(running))
                rounds.append({s.name: measure(s, profile, count, port, options) for s in order})
        row = medians(rounds, names)
        rows.append({"profile": profile.name, "cameras": count,
                     **{k: rounded(v) for k, v in row.items() if k != "vedette/vedette"}})
        voids += [{"profile": profile.name, "cameras": count, "system": name,
                   "why": r[name]["void"]} for r in rounds for name in names if r[name]["void"]]
        if not options.json:
            print({k: v for k, v in rows[-1].items() if v is not None}, flush=True)
    return rows


def run(options):
    running, absent = systems.available(options.systems)
    rows, voids = [], []
    for name in options.profiles:
        rows += measure_profile(PROFILES[name], options, running, voids)
    first = [r for r in rows if r["profile"] == options.profiles[0]]

    def cost(system):
        points = [(r["cameras"], r["cameras"] * r[system]) for r in first
                  if r.get(system) is not None]
        return rounded(slope(points))
    value = cost("vedette") if "vedette" not in absent and "vedette" in options.systems else None
    peers = {f"{s.name} (% of a core per camera)": cost(s.name) for s in running
             if s.name != "vedette"}
    ratio = next((r.get("ffmpeg/vedette") for r in first if r["cameras"] == 16), None)
    passed = None
    if value is not None:
        passed = (value <= TARGET_PERCENT and not any(v["system"] == "vedette" for v in voids)
                  and (ratio is None or ratio >= TARGET_RATIO))
    return Outcome(value, "% of a core per camera (slope over N)", TARGET_PERCENT, passed, peers, {
        "ffmpeg_over_vedette_at_16": ratio, "target_ratio": TARGET_RATIO, "rows": rows,
        "void": voids, "not_run": absent, "seconds": options.seconds, "rounds": options.rounds})


BENCHMARK = Benchmark("record-cost", 75, "CPU per recorded camera beside ffmpeg, GStreamer and the "
                      "floor; N = 1…32, two profiles", run)
