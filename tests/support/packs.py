"""Evidence packs as tests make them: by the routes, as two people would, and taken apart again by a second hand."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyzipper

from server.domain.visits import Visit
from storage.files.pack_archive import open_archive
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.captures import NONCE, Chain, Phone
from tests.support.cast import AGENT, DISPATCHER, IT, Member

RUN_MS = 2040  # two seconds in whole packets of sixty milliseconds
PACKERS = (DISPATCHER, IT)
PACKS = "/api/v1/evidence-packs"


def asked(visit: Visit | None = None, **changes: Any) -> dict[str, Any]:
    """The body of a request for a pack; a change to None leaves the field out."""
    values: dict[str, Any] = {
        "id": files.fresh_id(),
        "visit_id": visit.id if visit else None,
        "recipient": "police",
        "recipient_name": "郑州市公安局",
        "purpose": "立案材料",
    } | changes
    return {name: value for name, value in values.items() if value is not None}


def proposed(desk: Desk, visit: Visit | None = None, by: Member = DISPATCHER, **changes: Any) -> str:
    return str(desk.ok(desk.post(by, PACKS, asked(visit, **changes)), 201)["id"])


def made(desk: Desk, visit: Visit | None = None, **changes: Any) -> str:
    """A pack that is ready: proposed by the dispatcher, confirmed by IT, packed."""
    id_ = proposed(desk, visit, **changes)
    desk.ok(desk.post(IT, f"{PACKS}/{id_}/confirm"), 202)
    desk.work()
    shown = desk.ok(desk.get(IT, f"{PACKS}/{id_}"))
    assert shown["state"] == "ready", shown
    return id_


def taken(desk: Desk, id_: str) -> tuple[bytes, str]:
    """The file, to the dispatcher, and the password, to IT."""
    answer = desk.get(DISPATCHER, f"{PACKS}/{id_}/content")
    assert answer.status_code == 200, answer.text
    return answer.get_data(), str(desk.ok(desk.post(IT, f"{PACKS}/{id_}/password"))["password"])


def opened(content: bytes, password: str) -> dict[str, bytes]:
    """What is in it, as a library opens it that has no part in the check."""
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        archive.setpassword(password.encode())
        return {name: archive.read(name) for name in archive.namelist()}


def make_signed(desk: Desk, phone: Phone | None = None, **changes: Any) -> Visit:
    """A visit with two photos and a recording of one phone, and the manifest that it signed for them."""
    visit = files.make_visited(desk, capture_nonce=NONCE)
    chain, phone = Chain(visit.id), phone or Phone(desk, AGENT)
    for number in (1, 2):
        id_, at = files.fresh_id(), files.STARTED + timedelta(seconds=number)
        desk.ok(files.send(desk, AGENT, visit, files.photo(number), id=id_), 201)
        chain.add(files.photo(number), id_, at)
    run = files.fresh_id()
    desk.ok(files.send(desk, AGENT, visit, files.recording(), "recording", id=run, run=1), 201)
    chain.run(files.recording(), run, files.STARTED + timedelta(seconds=3), RUN_MS)
    phone.send(visit, chain.text(), **changes)
    return visit


def packed_again(contents: dict[str, bytes], password: str) -> bytes:
    """As somebody who has the password would pack anything."""
    output = io.BytesIO()
    with open_archive(output, password) as archive:
        for name, content in contents.items():
            archive.add(name, io.BytesIO(content), len(content))
    return output.getvalue()


def written(folder: Path, content: bytes, name: str = "pack.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
