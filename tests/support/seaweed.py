"""A real S3-compatible store for tests: the `weed` binary on 127.0.0.1 with every port a free one, ended by
its pid."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from storage.objects.s3 import S3Address, connect

ACCESS_KEY = "invented-access"
SECRET_KEY = "invented-secret"  # pragma: allowlist secret
BUCKET = "evidence"
_PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port",
    "s3.port.grpc",
    "admin.port",
    "admin.port.grpc",
)


def free_ports(count: int) -> list[int]:
    """Ports that are free while all of them are held at once, so that none is given twice."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def seaweed(folder: Path) -> Iterator[S3Address]:
    """The address of a started store with the bucket `evidence`, ended on leaving."""
    ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
    log = folder / "weed.log"
    with log.open("wb") as output:
        # Its sockets go to its own folder: one that is killed leaves them behind.
        process = subprocess.Popen(
            _command(folder, ports),
            cwd=folder,
            stdout=output,
            stderr=output,
            env=os.environ | {"TMPDIR": str(folder)},
        )
        try:
            address = S3Address(f"http://127.0.0.1:{ports['s3.port']}", BUCKET, ACCESS_KEY, SECRET_KEY)
            _wait_until_ready(process, address.endpoint, log)
            client = connect(address)
            client.create_bucket(Bucket=BUCKET)
            client.close()
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _command(folder: Path, ports: dict[str, int]) -> list[str]:
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    data = folder / "data"
    data.mkdir()
    return [
        str(Path(sys.executable).parent / "weed"),
        "-logtostderr=true",
        "mini",
        f"-dir={data}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.config={config}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        f"-s3.localSocket={folder / 's3.sock'}",
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        "-s3.autoCreateBucket=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]


def _wait_until_ready(process: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    between = threading.Event()
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"weed ended with {process.returncode}: {log.read_text()[-2000:]}")
        try:
            if requests.get(f"{endpoint}/healthz", timeout=1).status_code == 200:
                return
        except requests.ConnectionError:
            pass  # not listening yet: the next round asks again
        between.wait(0.05)
    raise RuntimeError(f"weed was not ready in 30 s: {log.read_text()[-2000:]}")
