# SPDX-License-Identifier: Apache-2.0
"""Benchmarks in a browser: cameras with the wall clock in their pictures, a server with its page,
and a script of bench/browser that drives Chromium and prints JSON."""
import contextlib
import json
import shutil
import subprocess

from . import places
from .cameras import url, wait_for_port
from .process import Group
from .server import Server

SCRIPTS = places.REPOSITORY / "bench/browser"
PAGE = places.REPOSITORY / "web/dist"


@contextlib.contextmanager
def stamped_cameras(count, *more, core=None):
    """`vedette sim --stamp`; gives the port. Scenes are drawn once and kept."""
    port = places.free_port()
    command = [places.VEDETTE, "sim", "--stamp", "--cameras", count, "--port", port,
               "--cache", places.BUILD / "scenes", *more]
    with Group(core, places.BUILD / "cameras.log") as group:
        group.start(command)
        wait_for_port(port, group, 120)
        yield port


def page_server(folder, core=None, more=()):
    """A server that serves the page built in this tree."""
    if not (PAGE / "index.html").exists():
        raise RuntimeError("the page is not built: cd web && npx vite build")
    return Server(folder, more=("--web", PAGE, *more), core=core)


def add_camera(server, name, port, index, sub=False):
    body = {"id": name, "name": name, "url": url(port, index)}
    if sub:
        body["sub_url"] = url(port, index) + "/sub"
    server.post("/api/v1/cameras", body)


def wait_for_pictures(server, names, seconds=60):
    """Until every stream of these cameras is live."""
    def all_live():
        cameras = {c["id"]: c for c in server.get("/api/v1/cameras")}
        return all(n in cameras and cameras[n]["state"] == "recording"
                   and all(s["state"] == "recording" for s in cameras[n]["streams"])
                   for n in names)
    server.wait_until(all_live, seconds, "does not show every camera")


def drive(script, timeout=300, **arguments):
    """What the script prints, from JSON."""
    if shutil.which("node") is None:
        raise RuntimeError("install nodejs")
    done = subprocess.run(["node", SCRIPTS / script, json.dumps(arguments)], capture_output=True,
                          text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout)


def quantile(values, share):
    """The value that this share of the others does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
