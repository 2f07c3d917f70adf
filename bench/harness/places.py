# SPDX-License-Identifier: Apache-2.0
"""Where the benchmarks find and put things."""
import contextlib
import pathlib
import random
import shutil
import socket
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build/bench"
RESULTS = REPOSITORY / "bench/results"
VEDETTE = REPOSITORY / "build/release/vedette"
FLOOR = REPOSITORY / "build/release/bench/bench_floor"


def free_port():
    """Below the ports that the kernel gives to clients: one of those may connect to itself. The
    chance is the system's, because forked processes share that of the module."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def scratch(root=None):
    """An empty folder on the disk under test, removed at the end."""
    base = pathlib.Path(root) if root else BUILD / "data"
    base.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
