# SPDX-License-Identifier: Apache-2.0
"""Where the benchmarks find and put things."""
import contextlib
import pathlib
import shutil
import socket
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build/bench"
RESULTS = REPOSITORY / "bench/results"
VEDETTE = REPOSITORY / "build/release/vedette"
FLOOR = REPOSITORY / "build/release/bench/bench_floor"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


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
