"""Evidence at a real server: large files in flat memory, refusals while a client still sends, broken connections."""

from __future__ import annotations

import hashlib
import shutil
import socket
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from server.app import create_app
from server.bootstrap import build
from server.clock import FixedClock, SystemClock
from server.domain.jobs import JobState
from server.domain.visits import Visit
from server.services.evidence import PLAYABLE_JOB
from server.services.evidence_work import WORK_JOB
from server.services.ports.paging import PageRequest
from server.services.simulations import SNAPSHOT_JOB
from server.settings import read_settings
from tests.conftest import NOON, Desk
from tests.support import builders
from tests.support import evidence as files
from tests.support.cast import AGENT, OTHER_AGENT, PASSWORD, Member
from tests.support.server import Server

pytestmark = pytest.mark.slow
_MEBIBYTE = 1 << 20


class Field:
    """A started server, one visit, and an agent's way to it."""

    def __init__(self, server: Server, desk: Desk, visit: Visit) -> None:
        self.server = server
        self.desk = desk
        self.visit = visit
        self.path = f"/api/v1/visits/{visit.id}/evidence"

    def bearer(self, member: Member) -> dict[str, str]:
        body = {"username": member.username, "password": PASSWORD}
        answer = requests.post(f"{self.server.url}/api/v1/auth/login", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def send(self, content: Any, query: dict[str, Any], member: Member = AGENT) -> requests.Response:
        return requests.post(
            f"{self.server.url}{self.path}",
            params=query,
            data=content,
            headers=self.bearer(member) | {"Content-Type": "application/octet-stream"},
            timeout=120,
        )

    def held(self) -> tuple[int, int]:
        """How many rows there are, and how many objects but for what a worker derives at its own pace."""
        derived = ("/thumbnail", "/screen", "/playable", "/peaks")
        keys = [key for key in files.stored_keys(self.desk) if not key.endswith(derived)]
        return len(files.kept(self.desk)), len(keys)

    def rested(self) -> None:
        """Until the worker has done what follows from a file, and the day's snapshot: it loads what it decodes and
        counts with when it first needs it."""
        wanted = {WORK_JOB, PLAYABLE_JOB, SNAPSHOT_JOB}
        between = threading.Event()
        for _ in range(300):
            with self.desk.installation.house.units.read() as uow:
                jobs = [job for job in uow.jobs.page(PageRequest(100, None)).items if job.kind in wanted]
            if {job.kind for job in jobs} == wanted and {job.state for job in jobs} == {JobState.DONE}:
                return
            between.wait(0.2)
        raise AssertionError(f"the worker does not come to an end: {jobs}")

    def peak_mib(self) -> float:
        """The highest memory of any process of the server so far."""
        return max(_peak_kib(pid) for pid in _family(self.server.pid)) / 1024


@pytest.fixture(scope="module")
def field(stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """One server for these tests, on SQLite: what they look at lies before the database.

    It has the machine's clock, so the passwords of the cast are made young.
    """
    folder = tmp_path_factory.mktemp("field")
    environment = {"FIELDVISIT_DATA_DIR": str(shutil.copytree(stage, folder / "data"))}
    installation = build(read_settings(environment), clock=FixedClock(NOON))
    desk = Desk(create_app(installation).test_client(), installation, FixedClock(NOON))
    visit = files.make_visited(desk)
    for member in (AGENT, OTHER_AGENT):
        builders.change(desk, "accounts", member.id, password_changed_at=SystemClock().now())
    server = Server(environment, folder / "server.log")
    server.start()
    yield Field(server, desk, visit)
    server.stop()
    installation.engine.dispose()


def long_recording(path: Path, size: int) -> Path:
    """A WAV of about that many bytes, an hour for sixty mebibytes."""
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        block = bytes(range(256)) * 256
        for _ in range(size // len(block)):
            sound.writeframes(block)
    return path


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_sixty_mebibytes_pass_in_flat_memory_both_ways(field: Field, tmp_path: Path) -> None:
    small = files.recording()
    assert field.send(small, files.told(small, "recording")).status_code == 201
    field.rested()
    before = field.peak_mib()
    path = long_recording(tmp_path / "hour.wav", 60 * _MEBIBYTE)
    query = files.told(b"", "recording", sha256=digest_of(path), filename="hour.wav")
    with path.open("rb") as file:
        answer = field.send(file, query)
    assert answer.status_code == 201, answer.text
    assert answer.json()["size"] == path.stat().st_size
    digest = hashlib.sha256()
    url = f"{field.server.url}/api/v1/evidence/{query['id']}/content"
    with requests.get(url, headers=field.bearer(AGENT), stream=True, timeout=60) as whole:
        for piece in whole.iter_content(_MEBIBYTE):
            digest.update(piece)
    assert digest.hexdigest() == query["sha256"]
    assert field.peak_mib() - before < 24  # 5 were measured


def test_a_refusal_reaches_a_client_that_is_still_sending(field: Field) -> None:
    content = bytes(8 * _MEBIBYTE)
    answer = field.send(content, files.told(content, "recording"), OTHER_AGENT)
    assert (answer.status_code, answer.json()["title"]) == (404, "not_found")
    kept = files.recording()
    query = files.told(kept, "recording")
    assert field.send(kept, query).status_code == 201
    large = content + kept
    answer = field.send(large, query | {"sha256": files.sha256(large)})
    assert (answer.status_code, answer.json()["title"]) == (409, "id_reused")


def test_a_body_without_an_announced_length_is_taken_and_limited(field: Field) -> None:
    def pieces(content: bytes) -> Iterator[bytes]:
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    photo = files.photo()
    assert field.send(pieces(photo), files.told(photo)).status_code == 201
    large = bytes(31 * _MEBIBYTE)
    answer = field.send(pieces(large), files.told(large))
    assert (answer.status_code, answer.json()["title"]) == (413, "body_too_large")


def test_a_connection_that_breaks_leaves_nothing(field: Field) -> None:
    content = bytes(2 * _MEBIBYTE)
    receiving = field.desk.installation.house.receiving
    before = field.held()
    head = (
        f"POST {field.path}?{urlencode(files.told(content, 'recording'))} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: {field.bearer(AGENT)['Authorization']}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", field.server.port)) as line:
        line.sendall(head.encode() + content[:_MEBIBYTE])
        _until(field, lambda: _bodies(receiving) != [])
    _until(field, lambda: _bodies(receiving) == [])
    assert field.held() == before


def _bodies(receiving: Path) -> list[str]:
    """What came in; a worker's copies lie there too while it works."""
    return [path.name for path in receiving.iterdir() if not path.name.startswith("work-")]


def _until(field: Field, true: Callable[[], bool]) -> None:
    """Ask the server for its health until something holds; each answer takes about a millisecond."""
    for _ in range(5000):
        if true():
            return
        requests.get(f"{field.server.url}/healthz", timeout=10)
    raise AssertionError("it did not come about")


def _family(pid: int) -> list[int]:
    """A process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _peak_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
