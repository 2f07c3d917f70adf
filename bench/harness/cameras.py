# SPDX-License-Identifier: Apache-2.0
"""N RTSP cameras on one core: `vedette sim`, or any script that takes PORT FILE COUNT."""
import contextlib
import shlex
import socket
import time

from . import clips, places
from .process import Group


class CamerasFailed(Exception):
    pass


def wait_for_port(port, group, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended = group.ended()
        if ended is not None:
            raise CamerasFailed(f"{ended.args} ended with {ended.returncode}: see {group.log}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise CamerasFailed(f"nothing listens on port {port} after {seconds} s: see {group.log}")


@contextlib.contextmanager
def cameras(clip, count, options, core=0):
    """Serves rtsp://127.0.0.1:PORT/cam0 … and gives the port."""
    port = places.free_port()
    group = Group(core, places.BUILD / "cameras.log")
    if options.cameras_script:
        command = [*shlex.split(options.cameras_script), port, clips.repeated(clip, 10), count]
    else:
        command = [places.VEDETTE, "sim", "--file", clip, "--cameras", count, "--port", port]
    with group:
        group.start(command)
        wait_for_port(port, group)
        yield port


def url(port, index):
    return f"rtsp://127.0.0.1:{port}/cam{index}"
