# SPDX-License-Identifier: Apache-2.0
"""What is measured: Vedette, two recorders that people use for the same, and the floor below all.

Each system has start(port, count, folder, group) and files(folder, count) -> {camera: [file…]} in
the order of recording; None when it stores nothing.
"""
import shutil
import subprocess
import time

from . import places
from .cameras import url


class Floor:
    """Reads and discards."""
    name = "floor"

    @staticmethod
    def missing():
        return None if places.FLOOR.exists() else "build bench_floor of the release preset"

    @staticmethod
    def start(port, count, folder, group):
        group.start([places.FLOOR, port, count, 50])

    @staticmethod
    def files(folder, count):
        return None


class PerCamera:
    """One process and one folder for each camera, as both peers are commonly used."""

    def start(self, port, count, folder, group):
        for index in range(count):
            where = folder / f"cam{index}"
            where.mkdir()
            group.start(self.command(url(port, index), where))

    @staticmethod
    def files(folder, count):
        return {f"cam{i}": sorted((folder / f"cam{i}").glob("*.mp4")) for i in range(count)}


class Ffmpeg(PerCamera):
    name = "ffmpeg"

    @staticmethod
    def missing():
        return None if shutil.which("ffmpeg") else "install ffmpeg"

    @staticmethod
    def command(source, where):
        return ["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", source, "-c", "copy",
                "-f", "segment", "-segment_time", "300", where / "%05d.mp4"]


class Gstreamer(PerCamera):
    name = "gstreamer"

    @staticmethod
    def missing():
        return None if shutil.which("gst-launch-1.0") else "install gstreamer1.0-tools"

    @staticmethod
    def command(source, where):
        return ["gst-launch-1.0", "-q", "-e", "rtspsrc", f"location={source}", "protocols=tcp",
                "!", "rtph264depay", "!", "h264parse", "!", "splitmuxsink",
                f"location={where}/%05d.mp4", "max-size-time=300000000000"]


class Vedette:
    name = "vedette"

    @staticmethod
    def missing():
        return None if places.VEDETTE.exists() else "build it: ./run --build-only"

    @staticmethod
    def configure(port, count, folder):
        for index in range(count):
            add = [places.VEDETTE, "camera", "add", "--data", folder, "--id", f"cam{index}",
                   "--name", f"Camera {index}", "--url", url(port, index)]
            subprocess.run(add, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def serve(self, folder, group, *more):
        self.listen = places.free_port()
        return group.start([places.VEDETTE, "serve", "--data", folder, "--listen",
                            f"127.0.0.1:{self.listen}", *more])

    def start(self, port, count, folder, group):
        self.configure(port, count, folder)
        self.serve(folder, group)

    @staticmethod
    def files(folder, count):
        found = sorted(folder.rglob("*.mp4"))
        return {f"cam{i}": [f for f in found if f"cam{i}" in f.relative_to(folder).parts]
                for i in range(count)}


def available(names):
    """The systems that can run here, and why the others cannot."""
    systems = [s for s in (Vedette(), Ffmpeg(), Gstreamer(), Floor()) if s.name in names]
    absent = {s.name: s.missing() for s in systems if s.missing()}
    return [s for s in systems if s.name not in absent], absent


def settle(group, seconds):
    """Waits until everything has had time to start; an early end is an error."""
    time.sleep(seconds)
    ended = group.ended()
    if ended is not None:
        raise RuntimeError(f"{ended.args[:6]} ended with {ended.returncode}: see {group.log}")
