"""Stock clients at a real server over a line that breaks at random: every file arrives whole and is sent once.

tuspy and tus-js-client are used as they come. FIELDVISIT_SCALE=full cuts each of them 200 times; the seed is printed.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import threading
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from server.app import create_app
from server.bootstrap import build
from server.clock import FixedClock, SystemClock
from server.domain.uploads import PIECE_BYTES
from server.domain.visits import Visit
from server.settings import read_settings
from tests.conftest import NOON, Desk
from tests.support import builders
from tests.support import evidence as files
from tests.support.cast import AGENT
from tests.support.cutting_proxy import CuttingProxy
from tests.support.peers import upload_by
from tests.support.server import Server, sign_in
from tests.support.tus import OFFSET_TYPE, packed

pytestmark = pytest.mark.slow
FULL = os.environ.get("FIELDVISIT_SCALE") == "full"
CUTS = 200 if FULL else 8
SEED = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32)))
_MEBIBYTE = 1 << 20
_WORDS = 1 << 17  # the heads of a file's requests


class Field:
    """A started server, an agent's login, a visit."""

    def __init__(self, server: Server, visit: Visit) -> None:
        self.server = server
        self.visit = visit
        self.session = sign_in(server.url, AGENT)

    def asked(self, url: str, path: Path, kind: str, **further: Any) -> dict[str, Any]:
        """What a client is told to upload."""
        metadata = {"item": files.fresh_id(), "visit": self.visit.id, "kind": kind, "filename": path.name}
        return {
            "url": f"{url}/api/v1/uploads",
            "headers": {"Authorization": str(self.session.headers["Authorization"])},
            "path": str(path),
            "metadata": metadata,
            "retries": 400,
            "pause": 0,
            "chunk": None,
        } | further

    def receipt(self, item: str) -> dict[str, Any]:
        answer = self.session.get(f"{self.server.url}/api/v1/evidence/{item}/receipt", timeout=30)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture(scope="module")
def field(stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    folder = tmp_path_factory.mktemp("cut")
    data = shutil.copytree(stage, folder / "data")
    environment = {"FIELDVISIT_DATA_DIR": str(data), "FIELDVISIT_UPLOAD_DAY_MIB": "900000"}
    installation = build(read_settings(environment), clock=FixedClock(NOON))
    desk = Desk(create_app(installation).test_client(), installation, FixedClock(NOON))
    visit = files.make_visited(desk)
    builders.change(desk, "accounts", AGENT.id, password_changed_at=SystemClock().now())
    server = Server(environment, folder / "server.log")
    server.start()
    yield Field(server, visit)
    server.stop()
    installation.engine.dispose()


def pages(path: Path, dice: random.Random, size: int) -> Path:
    """A document of about that size, which no other is like."""
    filler = dice.randbytes(size).replace(b"%", b"x")
    path.write_bytes(b"%PDF-1.7\n" + filler + b"\n%%EOF\n")
    return path


def sound(path: Path, size: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        block = bytes(range(256)) * 256
        for _ in range(size // len(block)):
            file.writeframes(block)
    return path


def digest_of(path: Path) -> str:
    return files.sha256(path.read_bytes())


@pytest.mark.parametrize(
    ("client", "chunk"),
    [("tuspy", _MEBIBYTE), ("tuspy", None), ("tus-js-client", _MEBIBYTE), ("tus-js-client", None)],
)
def test_a_stock_client_that_is_cut_at_random_points_resumes(
    field: Field, tmp_path: Path, client: str, chunk: int | None
) -> None:
    print(f"seed {SEED}, {CUTS} cuts")
    dice = random.Random(f"{SEED} {client} {chunk}")
    size = 6 * _MEBIBYTE

    def budget() -> int | None:
        return dice.randrange(1, size // 3) if proxy.cuts < CUTS else None

    proxy = CuttingProxy(field.server.port, budget)
    try:
        while proxy.cuts < CUTS:
            path = pages(tmp_path / "a.pdf", dice, size)
            asked = field.asked(proxy.url, path, "attachment", chunk=chunk)
            upload_by(client, asked, seconds=600)
            receipt = field.receipt(asked["metadata"]["item"])
            assert (receipt["sha256"], receipt["size"]) == (digest_of(path), path.stat().st_size)
    finally:
        proxy.close()
    assert proxy.cuts >= CUTS


@pytest.mark.parametrize(
    ("client", "chunk", "most"),
    [
        ("tuspy", None, PIECE_BYTES),
        ("tuspy", _MEBIBYTE, _MEBIBYTE + _WORDS),
        ("tus-js-client", None, PIECE_BYTES),
        ("tus-js-client", _MEBIBYTE, _MEBIBYTE + _WORDS),
    ],
)
def test_a_cut_at_98_percent_sends_at_most_one_chunk_again(
    field: Field, tmp_path: Path, client: str, chunk: int | None, most: int
) -> None:
    """A chunk is what the client sends in one request, or else a piece of ours."""
    path = sound(tmp_path / "hour.wav", 60 * _MEBIBYTE)
    size = path.stat().st_size
    proxy = CuttingProxy(
        field.server.port, lambda: None if proxy.cuts else max(1, size * 98 // 100 - proxy.sent)
    )
    try:
        # Who asks at once asks before the server has begun with what lies in its buffers.
        asked = field.asked(proxy.url, path, "recording", chunk=chunk, pause=1)
        upload_by(client, asked, seconds=300)
    finally:
        proxy.close()
    assert proxy.cuts == 1
    again = proxy.sent - size
    print(f"{client}, chunk {chunk}: {again} bytes besides the file's {size}")
    assert again < most
    assert field.receipt(asked["metadata"]["item"])["sha256"] == digest_of(path)


def test_a_whole_file_comes_with_its_creation_by_tus_js_client(field: Field, tmp_path: Path) -> None:
    """Its stream source, for files that grow, hangs at the end of the stream, with @tus/server 2.4.5 too (4.3.1)."""
    path = pages(tmp_path / "b.pdf", random.Random(SEED), _MEBIBYTE)
    told = upload_by("tus-js-client", field.asked(field.server.url, path, "attachment", with_creation=True))
    assert told["sha256"] == digest_of(path)


def test_a_sender_whose_line_dies_without_a_word_goes_on_at_once(field: Field) -> None:
    """No reset, no end: the connection is simply not heard of again, as when a phone loses its network."""
    content = b"%PDF-1.7\n" + b"x" * 400_000 + b"\n%%EOF\n"
    metadata = {"item": files.fresh_id(), "visit": field.visit.id, "kind": "attachment", "filename": "a.pdf"}
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(content)),
        "Upload-Metadata": packed(metadata),
    }
    created = field.session.post(f"{field.server.url}/api/v1/uploads", headers=headers, timeout=30)
    assert created.status_code == 201, created.text
    where = created.headers["Location"]
    line = socket.create_connection(("127.0.0.1", field.server.port))
    with line:
        line.sendall(
            f"PATCH {where} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            f"Authorization: {field.session.headers['Authorization']}\r\nContent-Type: {OFFSET_TYPE}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
        )
        line.sendall(content[:300_000])
        between = threading.Event()
        offset = 0
        for _ in range(100):
            head = field.session.head(
                f"{field.server.url}{where}", headers={"Tus-Resumable": "1.0.0"}, timeout=30
            )
            offset = int(head.headers["Upload-Offset"])
            if offset:
                break
            between.wait(0.2)
        assert offset >= 150_000, "what had come is kept, but for what was read ahead"
        answer = requests.patch(
            f"{field.server.url}{where}",
            data=content[offset:],
            headers={
                "Authorization": str(field.session.headers["Authorization"]),
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": str(offset),
                "Content-Type": OFFSET_TYPE,
            },
            timeout=30,
        )
        assert answer.status_code == 204, answer.text
        assert answer.headers["Fieldvisit-Sha256"] == files.sha256(content)
