# SPDX-License-Identifier: Apache-2.0
"""A running `vedette serve` as the benchmarks see it: a process, and its HTTP answers."""
import json
import time
import urllib.error
import urllib.request

from . import places
from .process import Group
from .systems import Vedette


class Server:
    """Started on a data folder; stopped at the end of the `with`."""

    def __init__(self, folder, cameras_port=None, count=0, more=(), core=1):
        self.folder, self.count = folder, count
        self.group = Group(core, places.BUILD / "vedette.log")
        self.system = Vedette()
        self.more = more
        if count:
            self.system.configure(cameras_port, count, folder)

    def __enter__(self):
        self.system.serve(self.folder, self.group, *self.more)
        self.wait_until(lambda: self.get("/healthz"), 20, "does not answer")
        return self

    def __exit__(self, *_):
        self.group.stop()

    def url(self, path):
        return f"http://127.0.0.1:{self.system.listen}{path}"

    def get(self, path):
        with urllib.request.urlopen(self.url(path), timeout=10) as answer:
            return json.load(answer)

    def post(self, path, body):
        request = urllib.request.Request(self.url(path), json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def metrics(self):
        """Prometheus' text as {name with labels: value}."""
        with urllib.request.urlopen(self.url("/metrics"), timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def wait_until(self, condition, seconds, complaint):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.group.ended():
                break
            try:
                answer = condition()
            except (OSError, urllib.error.URLError):
                answer = None
            if answer:
                return answer
            time.sleep(0.1)
        raise RuntimeError(f"vedette {complaint}: see {self.group.log}")

    def wait_for_recording(self, seconds=30):
        def all_record():
            cameras = self.get("/api/v1/cameras")
            return len(cameras) == self.count and all(c["last_fragment_us"] for c in cameras)
        self.wait_until(all_record, seconds, "does not record every camera")

    def files(self, folder=None):
        return self.system.files(folder or self.folder, self.count)
