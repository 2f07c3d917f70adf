# SPDX-License-Identifier: Apache-2.0
"""Drives the built program as a person or a script would: its command line and its HTTP API.

VEDETTE_BIN names the program (default build/release/vedette).
"""
import contextlib
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("VEDETTE_BIN", ROOT / "build/release/vedette")).resolve()
SUPPORT = ROOT / "tests/support"


class Failed(Exception):
    """A deadline passed or a command ended otherwise than expected."""


def wait_for(what, condition, timeout=20.0):
    """Polls `condition` until it is true and returns its value; real components give no signal."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"after {timeout} s still waiting for {what}")
        time.sleep(0.05)


class Process:
    """A child process whose output is kept in a file."""

    def __init__(self, command, log):
        self.log_path = pathlib.Path(log)
        self.log = open(log, "ab")
        self.child = subprocess.Popen(
            [str(part) for part in command],
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def output(self):
        return self.log_path.read_text(errors="replace")

    def wait_line(self, pattern, timeout=20.0):
        def look():
            found = re.search(pattern, self.output(), re.M)
            if not found and self.child.poll() is not None:
                raise Failed(f"ended with {self.child.returncode}:\n{self.output()[-2000:]}")
            return found

        return wait_for(f"/{pattern}/ in the output of {self.child.args[0]}", look, timeout)

    def stop(self, how=signal.SIGTERM, timeout=15):
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(timeout)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
                raise Failed(f"{self.child.args[0]} did not stop:\n{self.output()[-2000:]}")
            finally:
                self.log.close()
        return self.child.returncode


def run(*arguments, timeout=60):
    """One command of the program; returns (exit code, stdout, stderr)."""
    done = subprocess.run(
        [str(BIN), *[str(a) for a in arguments]], capture_output=True, text=True, timeout=timeout
    )
    return done.returncode, done.stdout, done.stderr


class Server:
    """`vedette serve` on a free port."""

    def __init__(self, data, *options, log=None):
        self.data = pathlib.Path(data)
        self.process = Process(
            [BIN, "serve", "--data", data, "--listen", "127.0.0.1:0", *options],
            log or f"{data}-{time.monotonic_ns()}.log",
        )
        self.url = self.process.wait_line(r"(http://127\.0\.0\.1:\d+)").group(1)

    def get(self, path, raw=False):
        return self.request("GET", path, raw=raw)

    def request(self, method, path, body=None, raw=False, headers=None):
        """(status, parsed JSON or bytes, headers)."""
        data = None if body is None else json.dumps(body).encode()
        url = self.url + path
        ask = urllib.request.Request(url, data=data, method=method, headers=headers or {})
        if data is not None:
            ask.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(ask, timeout=30) as answer:
                content = answer.read()
                status, head = answer.status, answer.headers
        except urllib.error.HTTPError as error:
            content, status, head = error.read(), error.code, error.headers
        return status, content if raw else json.loads(content or b"null"), head

    def add_camera(self, camera, url, **more):
        status, answer, _ = self.request(
            "POST", "/api/v1/cameras", {"id": camera, "name": camera, "url": url, **more}
        )
        if status != 201:
            raise Failed(f"adding {camera}: {status} {answer}")
        return answer

    def camera(self, camera):
        for entry in self.get("/api/v1/cameras")[1]:
            if entry["id"] == camera:
                return entry
        return None

    def wait_state(self, camera, state, timeout=20.0):
        return wait_for(
            f"camera {camera} to be {state}",
            lambda: (lambda c: c if c and c["state"] == state else None)(self.camera(camera)),
            timeout,
        )

    def stop(self, how=signal.SIGTERM):
        return self.process.stop(how)


class Cameras:
    """A child that serves cameras and prints "port N"."""

    def __init__(self, command, log):
        self.process = Process(command, log)
        self.port = int(self.process.wait_line(r"port (\d+)").group(1))

    def url(self, index=0, user=""):
        return f"rtsp://{user}127.0.0.1:{self.port}/cam{index}"

    def stop(self):
        self.process.stop(signal.SIGKILL)


def gst_cameras(folder, path, count, *options):
    """Cameras of GStreamer's RTSP server: tests/support/gst_cameras.py."""
    script = SUPPORT / "gst_cameras.py"
    python = "/usr/bin/python3"  # Debian's own: it is the one that has gi
    log = pathlib.Path(folder) / f"gst-{time.monotonic_ns()}.log"
    return Cameras([python, script, path, count, *options], log)


def simulated_cameras(folder, *options):
    """Cameras of `vedette sim`."""
    log = pathlib.Path(folder) / f"sim-{time.monotonic_ns()}.log"
    port = [] if "--port" in options else ["--port", "0"]
    return Cameras([BIN, "sim", *port, *options], log)


def make_clip(path, codec="h264", seconds=20, fps=15, size="640x360", extra=()):
    """A moving test picture with a GOP of one second."""
    library = {"h264": "libx264", "h265": "libx265"}[codec]
    quiet = ["-x265-params", "log-level=error"] if codec == "h265" else []
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
         f"testsrc2=size={size}:rate={fps}:duration={seconds}", "-c:v", library, "-preset",
         "ultrafast", "-g", str(fps), "-pix_fmt", "yuv420p", *quiet, *extra, str(path)],
        check=True,
    )
    return path


def recording_files(volume, camera):
    """Recording files of a camera in the order of their names."""
    return sorted((pathlib.Path(volume) / camera).rglob("*.mp4"))


def frame_hashes(path, *options):
    """MD5 of every decoded frame in display order; any warning of ffmpeg is a failure."""
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", str(path), "-map", "0:v", "-fps_mode", "passthrough",
         *options, "-f", "framemd5", "-"], capture_output=True, text=True,
    )
    if done.returncode != 0 or done.stderr.strip():
        raise Failed(f"ffmpeg on {path}: {done.stderr[:2000]}")
    rows = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    return [row.split(",")[-1].strip() for row in rows]


def coded_hashes(path, codec):
    """MD5 of the slices of every picture, bit for bit, in coding order.

    Without parameter sets, delimiters and SEI: cameras put those where they like.
    """
    others = {"h264": "6-9", "h265": "32-40"}[codec]
    return frame_hashes(path, "-c:v", "copy", "-bsf:v", f"filter_units=remove_types={others}")


def frames_before_last_key(path):
    """How many pictures, in either order, come before the last one where decoding may start."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=flags",
         "-of", "csv=p=0", str(path)], capture_output=True, text=True, check=True,
    )
    keys = [i for i, flags in enumerate(done.stdout.split()) if flags.startswith("K")]
    return keys[-1]


def contains(whole, part):
    """Whether `part` stands in `whole` as one unbroken stretch."""
    starts = [i for i, value in enumerate(whole) if part and value == part[0]]
    return any(whole[i:i + len(part)] == part for i in starts)


@contextlib.contextmanager
def workspace():
    """A temporary folder, kept when VEDETTE_KEEP is set."""
    if os.environ.get("VEDETTE_KEEP"):
        folder = tempfile.mkdtemp(prefix="vedette-")
        print("kept:", folder, file=sys.stderr)
        yield pathlib.Path(folder)
    else:
        with tempfile.TemporaryDirectory(prefix="vedette-") as folder:
            yield pathlib.Path(folder)
