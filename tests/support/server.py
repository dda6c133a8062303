"""A started server for tests that need one: `fieldvisit run` as a process group of its own, on a free port."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path

import requests

from server.bootstrap import Installation
from server.clock import SystemClock
from tests.support import cast

_PATIENCE_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """`start`, `kill` (-9, the whole group, as a power cut would) and `stop`; `url` is where it answers.

    With `https` it answers there by TLS, and the door for phones stands at `door`.
    """

    def __init__(self, environment: Mapping[str, str], log: Path, *, https: bool = False) -> None:
        self.port = free_port()
        self.door = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, **environment, "FIELDVISIT_PORT": str(self.port)}
        self._arguments = ["run"]
        if https:
            self.port = free_port()
            self._environment |= {"FIELDVISIT_HTTPS_PORT": str(self.port)}
            self._arguments += ["--https", "--host", "127.0.0.1"]
        self.url = f"{'https' if https else 'http'}://127.0.0.1:{self.port}"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that was started; the web processes and the worker are its descendants."""
        assert self._process is not None, "the server runs not"
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it is ready; what it said stands in the log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server.cli", *self._arguments],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(
                    f"the server ended with {self._process.returncode}: {self._log.read_text()[-2000:]}"
                )
            if self._ready():
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server was not ready in time: {self._log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End the whole group at once, without a chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, how)
            self._process.wait(timeout=20)
        except ProcessLookupError:
            self._process.wait(timeout=20)
        self._wait_until_gone()
        self._process = None

    def _wait_until_gone(self) -> None:
        """Children of the group may outlive their parent by a moment; the next start needs the port."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("the server did not let its port go")

    def _ready(self) -> bool:
        try:
            if self.url != self.door and requests.get(f"{self.door}/ca", timeout=2).status_code != 200:
                return False
            # Whom the certificate is to be trusted by is for the tests to say.
            with warnings.catch_warnings(action="ignore"):
                return requests.get(f"{self.url}/readyz", timeout=2, verify=False).status_code == 200
        except requests.RequestException:
            return False


def renew_passwords(installation: Installation) -> None:
    """A started server lives today; the cast's passwords were set in March and would be over their period (S2)."""
    with installation.house.units.write() as uow:
        for member in cast.CAST:
            account = uow.accounts.need(member.id)
            uow.accounts.save(dataclasses.replace(account, password_changed_at=SystemClock().now()))
        uow.commit()


def sign_in(url: str, member: cast.Member) -> requests.Session:
    """A session of HTTP that speaks for a member of the cast."""
    session = requests.Session()
    answer = session.post(
        f"{url}/api/v1/auth/login", json={"username": member.username, "password": cast.PASSWORD}, timeout=30
    )
    assert answer.status_code == 200, answer.text
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return session
