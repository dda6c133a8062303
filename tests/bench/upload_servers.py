"""The servers of the upload bench: ours with its shipped settings, and three of others, each in a scratch folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server.app import create_app
from server.bootstrap import build
from server.clock import FixedClock, SystemClock
from server.domain.jobs import JobState
from server.services.evidence import PLAYABLE_JOB
from server.services.evidence_work import WORK_JOB
from server.services.ports.paging import PageRequest
from server.services.simulations import SNAPSHOT_JOB
from server.settings import read_settings
from tests.conftest import NOON, Desk, prepare
from tests.support import builders
from tests.support import evidence as files
from tests.support.cast import AGENT
from tests.support.peers import PEERS, PYTHON, ROOT, node_path
from tests.support.server import Server, free_port, sign_in
from tests.support.tus import packed

_PATIENCE_SECONDS = 30
_JOBS_SECONDS = 600


@dataclass
class Target:
    """Where uploads go: `create` yields the head of a creation, or None where the file is put at once."""

    name: str
    port: int
    path: str
    headers: dict[str, str]
    metadata: Callable[[], dict[str, str]]
    tus: bool = True


class Ours:
    """A started server on SQLite with an agent's login and a visit of the own."""

    def __init__(self, folder: Path) -> None:
        environment = self._environment = {
            "FIELDVISIT_DATA_DIR": str(folder),
            "FIELDVISIT_UPLOAD_DAY_MIB": "90000000",
        }
        prepare(environment)
        installation = build(read_settings(environment), clock=FixedClock(NOON))
        desk = Desk(create_app(installation).test_client(), installation, FixedClock(NOON))
        self.visit = files.make_visited(desk)
        builders.change(desk, "accounts", AGENT.id, password_changed_at=SystemClock().now())
        installation.engine.dispose()
        self.server = Server(environment, folder / "server.log")
        self.server.start()
        self.session = sign_in(self.server.url, AGENT)

    def target(self, kind: str = "attachment") -> Target:
        told = {"visit": self.visit.id, "kind": kind, "filename": "a.bin"}
        bearer = {"Authorization": str(self.session.headers["Authorization"])}
        return Target(
            "fieldvisit",
            self.server.port,
            "/api/v1/uploads",
            bearer,
            lambda: {"Upload-Metadata": packed(told | {"item": str(uuid.uuid4())})},
        )

    def wait_for_jobs(self) -> None:
        """Until the worker has done what comes up each day and each kind of job that a recording has: of two servers
        that were looked at after so many files, one may have come to that and the other not."""
        installation = build(read_settings(self._environment))
        until = time.monotonic() + _JOBS_SECONDS
        left = {SNAPSHOT_JOB, WORK_JOB, PLAYABLE_JOB}
        try:
            while left and time.monotonic() < until:
                time.sleep(0.5)
                with installation.house.units.read() as uow:
                    one = PageRequest(1)
                    left -= {
                        kind for kind in left if uow.jobs.page(one, state=JobState.DONE, kind=kind).items
                    }
        finally:
            installation.engine.dispose()
        if left:
            raise RuntimeError(f"after {_JOBS_SECONDS} seconds the worker has done none of {sorted(left)}")

    def peaks_mib(self) -> list[float]:
        """The most memory that each of its processes has had, those that serve last."""
        return [_peak_kib(pid) / 1024 for pid in family(self.server.pid)]

    def peak_mib(self) -> float:
        """The most memory that any of its processes has had."""
        return max(self.peaks_mib())


class Peer:
    """A server of others as a process; its files are removed between measurements."""

    def __init__(self, name: str, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        self.port = free_port()
        self.target = Target(
            name, self.port, "/files", {}, lambda: {"Upload-Metadata": packed({"filename": "a.bin"})}
        )
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(self._command(name), stdout=self._log, stderr=self._log, cwd=folder)
        _wait_for(self.port)

    def clear(self) -> None:
        for path in self.files.iterdir():
            if path.is_file():
                path.unlink()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

    def _command(self, name: str) -> list[str]:
        if name == "tus_server":
            script = PEERS / "tus_server.mjs"
            shutil.copy(ROOT / "tests" / "peers" / "tus_server.mjs", script)
            return [str(node_path()), str(script), str(self.port), str(self.files)]
        if name == "tuspyserver":
            script = ROOT / "tests" / "peers" / "tuspy_server.py"
            return [str(PYTHON), str(script), str(self.port), str(self.files)]
        self.target.path, self.target.tus = "/", False
        told = (ROOT / "tests" / "peers" / "nginx.conf").read_text()
        config = self.folder / "nginx.conf"
        if os.geteuid() != 0:  # started by root, its workers would become nobody, who may not write here
            told = told.replace("user root;\n", "")
        config.write_text(told.replace("FOLDER", str(self.folder)).replace("PORT", str(self.port)))
        return [str(nginx()), "-p", str(self.folder), "-c", str(config)]


def nginx() -> Path:
    """The machine's own, or the distribution's package unpacked beside the other peers."""
    found = shutil.which("nginx")
    if found is not None:
        return Path(found)
    unpacked = PEERS / "nginx"
    program = unpacked / "usr" / "sbin" / "nginx"
    if not program.exists():
        unpacked.mkdir(exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", "nginx"], cwd=unpacked, check=True)
        for package in unpacked.glob("nginx_*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(unpacked)], check=True)
    return program


def family(pid: int) -> list[int]:
    """The process and all that came from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def _peak_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port}")
