"""Hostile files by every road: refused with nothing stored, or kept inert and handed out as nothing that runs.

The roads are the whole file in one request, a resumable upload, and the desk import. Files are made here, for real.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.domain.evidence_packs import path_in_pack
from server.domain.visits import Visit
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import tus
from tests.support.cast import AGENT, DISPATCHER, PARTNER

SCRIPT = b"<!doctype html><html><script>alert(document.domain)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def archive(entries: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return output.getvalue()


JAR = archive({"META-INF/MANIFEST.MF": b"Main-Class: Evil\n", "Evil.class": b"\xca\xfe\xba\xbe" + bytes(40)})
BOMB = archive({"zeros": bytes(50 << 20)}, zipfile.ZIP_DEFLATED)
GIF = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0) + b",\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


def with_comment(content: bytes) -> bytes:
    """A whole photo with the bytes in a comment of it: a photo still, for whoever reads it as one."""
    photo = files.photo()
    return photo[:2] + b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content + photo[2:]


def jpeg_of(width: int, height: int) -> bytes:
    """A photo whose header claims another size."""
    photo = bytearray(files.photo())
    place = next(at for at in range(len(photo)) if photo[at : at + 2] in (b"\xff\xc0", b"\xff\xc2"))
    photo[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(photo)


# name: (content, kind, what it is refused for; None: it is kept)
HOSTILE: dict[str, tuple[bytes, str, str | None]] = {
    "jpeg and zip": (files.photo() + JAR, "photo_door", "media_two_formats"),
    "jpeg and html behind it": (files.photo() + SCRIPT, "photo_door", "media_two_formats"),
    "jpeg and pdf behind it": (files.photo() + PDF, "photo_door", None),
    "jpeg with html in a comment": (with_comment(SCRIPT), "photo_door", "media_two_formats"),
    "jpeg with a zip in a comment": (with_comment(JAR), "photo_door", None),
    "jpeg with a pdf in a comment": (with_comment(PDF), "photo_door", "media_two_formats"),
    "gifar": (GIF + JAR, "photo_door", "media_type_not_accepted"),
    "gifar as an attachment": (GIF + JAR, "attachment", "media_type_not_accepted"),
    "pdf and jpeg": (PDF + files.photo(), "attachment", "media_truncated"),
    "pdf and zip": (PDF + JAR, "attachment", None),
    "pdf with a script": (PDF, "attachment", None),
    "pdf behind a page": (SCRIPT + PDF, "attachment", "media_type_not_accepted"),
    "recording and html": (files.recording() + SCRIPT, "recording", "media_two_formats"),
    "recording and zip": (files.recording() + JAR, "recording", "media_two_formats"),
    "png of ten thousand million pixels": (png(100_000, 100_000), "photo_door", "media_too_many_pixels"),
    "jpeg of four thousand million pixels": (jpeg_of(65_000, 65_000), "photo_door", "media_too_many_pixels"),
    "zip bomb": (BOMB, "attachment", "media_type_not_accepted"),
    "zip bomb behind a photo": (files.photo() + BOMB, "photo_door", "media_two_formats"),
    "svg": (SVG, "photo_door", "media_type_not_accepted"),
    "svg as an attachment": (SVG, "attachment", "media_type_not_accepted"),
    "html": (SCRIPT, "photo_door", "media_type_not_accepted"),
    "html as an attachment": (SCRIPT, "attachment", "media_type_not_accepted"),
    "html as a recording": (SCRIPT, "recording", "media_type_not_accepted"),
    "one byte": (b"\xff", "photo_door", "media_type_not_accepted"),
    "one byte of an attachment": (b"%", "attachment", "media_type_not_accepted"),
}
NOTHING = {"photo_door", "recording", "attachment"}
NAMES: dict[str, bool] = {  # whether it is kept as a name; it never becomes one on a disk
    "../../etc/passwd": False,
    "/etc/passwd": False,
    "..\\..\\windows\\win.ini": False,
    "C:\\door.jpg": False,
    "door\0.jpg": False,
    "x" * 201: False,
    "": False,
    "x" * 200: True,
    "..": True,
    "CON": True,
    "door\u202egpj.exe": True,
    'a"; filename=evil.html\r\nX: y': True,
    "<script>alert(1)</script>.html": False,
    "门 %2e%2e%2f.jpg": True,
}

Road = Callable[..., TestResponse]


def whole(desk: Desk, visit: Visit, content: bytes, kind: str, **told: Any) -> TestResponse:
    return files.send(desk, AGENT, visit, content, kind, **told)


def resumable(desk: Desk, visit: Visit, content: bytes, kind: str, **told: Any) -> TestResponse:
    values = tus.metadata(visit, kind=kind, **({"filename": "a.bin"} | told))
    created = tus.create(desk, values, len(content))
    if created.status_code != 201 or not content:
        return created
    path, half = created.headers["Location"], len(content) // 2
    if half:
        assert tus.patch(desk, path, 0, content[:half]).status_code == 204
    return tus.patch(desk, path, half, content[half:])


def by_the_desk(desk: Desk, visit: Visit, content: bytes, kind: str, **told: Any) -> TestResponse:
    brought = {"brought_by": PARTNER.id, "reason": "手机送修"} | told
    return files.send(desk, DISPATCHER, visit, content, kind, desk_import=True, **brought)


ROADS: list[Road] = [whole, resumable, by_the_desk]
each_road = pytest.mark.parametrize("road", ROADS, ids=lambda one: one.__name__)
pytestmark = pytest.mark.parametrize("environment", ["sqlite"], indirect=True)


def is_inert(answer: TestResponse, media_type: str) -> None:
    """What a browser gets of it: the type that was found, never guessed anew, and a page that may do nothing."""
    headers = answer.headers
    assert answer.status_code == 200, answer.text
    assert headers["Content-Type"] == media_type
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    drawn = media_type.startswith(("image/", "audio/"))
    assert headers["Content-Disposition"].startswith("inline; " if drawn else "attachment; ")
    assert headers["Content-Disposition"].isascii()
    assert headers["Content-Disposition"].isprintable()


@each_road
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_kept_inert(desk: Desk, road: Road, name: str) -> None:
    content, kind, code = HOSTILE[name]
    visit = files.make_visited(desk)
    answer = road(desk, visit, content, kind)
    if code is not None:
        desk.refused(answer, 422, code)
        assert files.nothing_stored(desk)
        return
    assert answer.status_code in (201, 204), answer.text
    (item,) = files.kept(desk)
    assert (item.media_type, item.sha256) == (
        "application/pdf" if kind == "attachment" else "image/jpeg",
        files.sha256(content),
    )
    desk.work()
    served = desk.get(AGENT, f"/api/v1/evidence/{item.id}/content")
    is_inert(served, item.media_type)
    assert served.get_data() == content, "evidence is handed out as it came"
    if kind != "attachment":
        small = desk.get(AGENT, f"/api/v1/evidence/{item.id}/thumbnail")
        is_inert(small, small.headers["Content-Type"])
        assert small.headers["Content-Type"] in ("image/jpeg", "image/webp")
        assert b"script" not in small.get_data()
        assert b"PK\x03\x04" not in small.get_data()


@each_road
@pytest.mark.parametrize("name", ["html", "svg", "gifar"])
def test_what_is_declared_a_photo_and_is_none_is_refused(desk: Desk, road: Road, name: str) -> None:
    visit = files.make_visited(desk)
    answer = road(desk, visit, HOSTILE[name][0], "photo_door", filetype="image/jpeg", filename="door.jpg")
    desk.refused(answer, 422, "media_mislabelled")
    assert files.nothing_stored(desk)


@pytest.mark.parametrize("kind", sorted(NOTHING))
@pytest.mark.parametrize("road", [whole, by_the_desk], ids=lambda one: one.__name__)
def test_nothing_at_all_is_no_file(desk: Desk, road: Road, kind: str) -> None:
    desk.refused(road(desk, files.make_visited(desk), b"", kind), 422, "media_empty")
    assert files.nothing_stored(desk)


@each_road
@pytest.mark.parametrize("name", NAMES, ids=lambda name: json.dumps(name)[:30])
def test_a_hostile_name_never_leaves_the_row(desk: Desk, road: Road, name: str) -> None:
    visit = files.make_visited(desk)
    answer = road(desk, visit, files.photo(), "photo_door", filename=name)
    if not NAMES[name]:
        desk.refused(answer, 422, "invalid_input")
        assert files.nothing_stored(desk)
        return
    assert answer.status_code in (201, 204), answer.text
    (item,) = files.kept(desk)
    for path in (*files.stored_keys(desk), path_in_pack(item)):
        assert name not in path
        assert ".." not in path
    is_inert(desk.get(AGENT, f"/api/v1/evidence/{item.id}/content"), "image/jpeg")
