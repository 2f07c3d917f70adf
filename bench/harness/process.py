# SPDX-License-Identifier: Apache-2.0
"""Processes under test: pinned to a core, measured with all their children, and ended."""
import os
import pathlib
import shutil
import signal
import subprocess
import time
import uuid

CGROUPS = [("/sys/fs/cgroup/cpuacct", "cpuacct.usage", 1e-9),
           ("/sys/fs/cgroup", "cpu.stat", 1e-6),
           ("/sys/fs/cgroup/unified", "cpu.stat", 1e-6)]


class Cgroup:
    """CPU time of everything inside, also of what has ended; None where cgroups are not ours."""

    def __init__(self, folder, file, unit):
        self.folder, self.file, self.unit = folder, file, unit

    @staticmethod
    def make():
        for root, file, unit in CGROUPS:
            folder = pathlib.Path(root) / f"vedette-bench-{uuid.uuid4().hex[:8]}"
            if not (pathlib.Path(root) / "cgroup.procs").exists():
                continue
            try:
                folder.mkdir()
                (folder / file).read_text()
                return Cgroup(folder, file, unit)
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
        return None

    def cpu_seconds(self):
        text = (self.folder / self.file).read_text()
        return int(text.split()[1] if "usage_usec" in text else text) * self.unit

    def remove(self):
        for _ in range(50):
            try:
                return self.folder.rmdir()
            except OSError:
                time.sleep(0.02)


def children_of(pid):
    found, todo = [], [pid]
    while todo:
        current = todo.pop()
        found.append(current)
        for path in pathlib.Path(f"/proc/{current}/task").glob("*/children"):
            try:
                todo += map(int, path.read_text().split())
            except OSError:
                pass
    return found


def time_on_cpu(pid):
    total = 0
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(path.read_text().split()[0])
        except OSError:
            pass
    return total * 1e-9


class Group:
    """Several commands started as one thing to be measured."""

    def __init__(self, core=None, log="/dev/null"):
        self.core = core
        self.log = log
        self.processes = []
        self.cgroup = Cgroup.make()

    def start(self, command, **options):
        # Forked children inherit both: nothing they start can escape the measurement.
        cgroup = self.cgroup

        def enter():
            os.setsid()
            if cgroup:
                (cgroup.folder / "cgroup.procs").write_text("0")

        if self.core is not None:
            command = ["taskset", "-c", str(self.core), *command]
        with open(self.log, "ab") as log:
            options.setdefault("stdout", log)
            process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                       stderr=log, preexec_fn=enter, **options)
        self.processes.append(process)
        return process

    def cpu_seconds(self):
        if self.cgroup:
            return self.cgroup.cpu_seconds()
        return sum(time_on_cpu(pid) for p in self.processes for pid in children_of(p.pid))

    def pss_bytes(self):
        total = 0
        for process in self.processes:
            for pid in children_of(process.pid):
                for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
        return total

    def ended(self):
        """The first process that is no longer there, else None."""
        return next((p for p in self.processes if p.poll() is not None), None)

    def kill(self):
        for process in self.processes:
            self.signal(process, signal.SIGKILL)
        self.wait(5)

    def stop(self, seconds=20):
        for process in self.processes:
            self.signal(process, signal.SIGINT)
        self.wait(seconds)
        if self.cgroup:
            self.cgroup.remove()
            self.cgroup = None

    def wait(self, seconds):
        deadline = time.monotonic() + seconds
        for process in self.processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.signal(process, signal.SIGKILL)
                process.wait(5)

    @staticmethod
    def signal(process, number):
        if process.poll() is None:
            os.killpg(process.pid, number)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def stolen_share(before, after):
    """Share of the machine's time that the hypervisor gave to others, from two machine_times()."""
    total = sum(after) - sum(before)
    return (after[7] - before[7]) / total if total else 0.0


def machine_times():
    with open("/proc/stat", encoding="ascii") as stat:
        return list(map(int, stat.readline().split()[1:9]))
