"""What is no evidence is refused, and nothing of it is stored: types, truncation, size, digests, particulars."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest

from server.domain.evidence import LARGEST, EvidenceKind
from server.domain.evidence_problems import MEDIA_REFUSALS
from server.services.ports.media import MediaRefusal
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT

NOT_A_PHOTO = b"<!doctype html><script>alert(1)</script>" + bytes(200)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def bomb() -> bytes:
    """A PNG of a few hundred bytes that claims ten thousand million pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 1, 0, 0, 0, 0)
    data = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", "photo_door", "media_empty"),
        (b"\xff", "photo_door", "media_type_not_accepted"),
        (b"\x00", "recording", "media_type_not_accepted"),
        (NOT_A_PHOTO, "photo_door", "media_type_not_accepted"),
        (NOT_A_PHOTO, "attachment", "media_type_not_accepted"),
        (SVG, "photo_door", "media_type_not_accepted"),
        (SVG, "attachment", "media_type_not_accepted"),
        (files.photo()[:-200], "photo_door", "media_truncated"),
        (files.photo() + b"<script>alert(1)</script>", "photo_door", "media_two_formats"),
        (bomb(), "photo_door", "media_too_many_pixels"),
        (files.photo(), "recording", "media_type_not_accepted"),
        (files.recording(), "photo_door", "media_type_not_accepted"),
        (files.recording(container="m4a")[:-400], "recording", "media_truncated"),
        (b"%PDF-1.7\n1 0 obj", "attachment", "media_truncated"),
        (b"PK\x03\x04" + bytes(100), "attachment", "media_type_not_accepted"),
    ],
)
def test_what_is_no_evidence_is_refused_and_not_stored(
    desk: Desk, content: bytes, kind: str, code: str
) -> None:
    visit = files.make_visited(desk)
    desk.refused(files.send(desk, AGENT, visit, content, kind), 422, code)
    assert files.nothing_stored(desk)


def test_a_page_that_is_declared_a_photo_is_mislabelled(desk: Desk) -> None:
    visit = files.make_visited(desk)
    answer = files.send(desk, AGENT, visit, NOT_A_PHOTO, filetype="image/jpeg", filename="door.jpg")
    desk.refused(answer, 422, "media_mislabelled")
    assert files.nothing_stored(desk)


def test_every_refusal_of_the_media_has_its_problem() -> None:
    assert MEDIA_REFUSALS.keys() == {str(code) for code in MediaRefusal}


def test_another_digest_than_declared_is_refused(desk: Desk) -> None:
    visit = files.make_visited(desk)
    answer = files.send(desk, AGENT, visit, files.photo(), sha256="0" * 64)
    assert desk.refused(answer, 422, "digest_differs")["clause"] == "S10"
    assert files.nothing_stored(desk)


@pytest.mark.parametrize("announced", [1, 100_000])
def test_a_body_that_ends_early_is_refused(desk: Desk, announced: int) -> None:
    visit = files.make_visited(desk)
    content = files.photo()
    answer = files.send(desk, AGENT, visit, content, announced=len(content) + announced)
    desk.refused(answer, 422, "body_cut")
    assert files.nothing_stored(desk)


@pytest.mark.parametrize("kind", ["photo_door", "recording", "attachment"])
def test_a_body_that_is_announced_too_large_is_refused_unread(desk: Desk, kind: str) -> None:
    visit = files.make_visited(desk)
    limit = LARGEST[EvidenceKind(kind)]
    answer = files.send(desk, AGENT, visit, b"x", kind, announced=limit + 1)
    assert desk.refused(answer, 413, "body_too_large")["errors"][0]["facts"] == {"limit": limit}
    assert files.nothing_stored(desk)


@pytest.mark.parametrize(("more", "code"), [(-1, "media_truncated"), (0, None), (1, "body_too_large")])
def test_a_body_of_no_announced_length_is_limited_to_the_byte(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, more: int, code: str | None
) -> None:
    content = files.photo()
    monkeypatch.setitem(LARGEST, EvidenceKind.PHOTO_DOOR, len(content))  # type: ignore[arg-type]
    visit = files.make_visited(desk)
    sent = (content + b"\xff")[: len(content) + more]
    answer = desk.client.open(
        f"/api/v1/visits/{visit.id}/evidence",
        method="POST",
        query_string=files.told(sent),
        input_stream=io.BytesIO(sent),
        headers={"Authorization": f"Bearer {desk.token(AGENT)}"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    if code is None:
        desk.ok(answer, 201)
        return
    assert code in answer.text
    assert files.nothing_stored(desk)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "not-an-id"},
        {"id": None},
        {"sha256": "A" * 64},
        {"sha256": None},
        {"kind": "video"},
        {"filename": "../etc/passwd"},
        {"filename": ""},
        {"latitude": "35"},
        {"latitude": "91", "longitude": "113"},
        {"latitude": "nan", "longitude": "113"},
        {"latitude": "3_5", "longitude": "113"},
        {"accuracy_m": "-1"},
        {"run": "1_0"},
        {"run": "-1"},
        {"captured_at": "2026-03-10T10:00:00"},
        {"captured_at": "2026-02-30T10:00:00Z"},
        {"brought_by": "x"},
    ],
    ids=str,
)
def test_particulars_are_checked_before_the_body(desk: Desk, changes: dict[str, Any]) -> None:
    visit = files.make_visited(desk)
    desk.refused(files.send(desk, AGENT, visit, files.photo(), **changes), 422, "invalid_input")
    assert files.nothing_stored(desk)
