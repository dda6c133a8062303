"""tus 1.0 as tests speak it to the application: requests with the protocol's headers, and uploads begun."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from werkzeug.test import TestResponse

from server.domain.uploads import Upload, UploadPiece
from server.domain.visits import Visit
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, Member

UPLOADS = "/api/v1/uploads"
OFFSET_TYPE = "application/offset+octet-stream"
# A PDF is kept as it is; the rest of the pages is filled with what no other format begins with.
PDF = b"%PDF-1.7\n%" + b"x" * 4000 + b"\n%%EOF\n"


def metadata(visit: Visit, /, **changes: Any) -> dict[str, str]:
    values = {
        "item": files.fresh_id(),
        "visit": visit.id,
        "kind": "attachment",
        "filename": "a.pdf",
    } | changes
    return {name: str(value) for name, value in values.items() if value is not None}


def packed(values: dict[str, str]) -> str:
    """Upload-Metadata: a key, and its value in Base64."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def ask(
    desk: Desk, method: str, path: str = UPLOADS, *, member: Member | None = AGENT, **options: Any
) -> TestResponse:
    headers = {"Tus-Resumable": "1.0.0"} | options.pop("headers", {})
    headers = {name: str(value) for name, value in headers.items() if value is not None}
    return desk.request(method, member, path, headers=headers, **options)


def create(
    desk: Desk,
    values: dict[str, str],
    length: int | None,
    *,
    headers: dict[str, Any] | None = None,
    **options: Any,
) -> TestResponse:
    """A creation; without a length, a deferred one."""
    said = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": length}
    all_headers = {"Upload-Metadata": packed(values)} | said | (headers or {})
    return ask(desk, "POST", headers=all_headers, **options)


def begun(desk: Desk, values: dict[str, str], length: int | None, *, member: Member | None = AGENT) -> str:
    """The address of a new upload."""
    answer = create(desk, values, length, member=member)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def patch(
    desk: Desk,
    path: str,
    offset: object,
    content: bytes,
    *,
    headers: dict[str, Any] | None = None,
    **options: Any,
) -> TestResponse:
    said = {"Upload-Offset": offset} | (headers or {})
    return ask(desk, "PATCH", path, headers=said, data=content, **({"content_type": OFFSET_TYPE} | options))


def offset_of(desk: Desk, path: str) -> int:
    answer = ask(desk, "HEAD", path)
    assert answer.status_code == 200, answer.headers
    return int(answer.headers["Upload-Offset"])


def row_of(desk: Desk, path: str) -> Upload:
    with desk.installation.house.units.read() as uow:
        return uow.uploads.need(path.rpartition("/")[2])


def pieces_of(desk: Desk, path: str) -> list[UploadPiece]:
    with desk.installation.house.units.read() as uow:
        return uow.uploads.pieces(path.rpartition("/")[2])
