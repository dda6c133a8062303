"""What a file is by its bytes: accepted types, contradictions, second formats."""

import io
import zipfile
from pathlib import Path

import pytest

from server.services.ports.media import MediaRefused
from storage.media.reader import FileMediaReader
from storage.media.sniff import PHOTO_TYPES, RECORDING_TYPES, checked_type, sniff
from tests.support.photos import make_jpeg, make_picture
from tests.support.recordings import KINDS, make_recording

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
EVERYTHING = PHOTO_TYPES | RECORDING_TYPES


def refusal(path: Path, content: bytes, declared: str | None, accepted: frozenset[str] = PHOTO_TYPES) -> str:
    path.write_bytes(content)
    with pytest.raises(MediaRefused) as caught:
        checked_type(path, declared, accepted)
    return str(caught.value.code)


def archive(name: str = "letter.txt") -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as made:
        made.writestr(name, "invented")
    return output.getvalue()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"\xff\xd8",
        b"\xff\xff\xff\xff",
        b"GIF89a",
        b"BM\0\0",
        b"II*\0",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\x7fELF",
        b"RIFF\0\0\0\0AVI LIST",
        b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska",
        b"\0\0\0\x20ftypheic",
        b"\0\0\0\x20ftypmif1",
        b"\0\0\0\x20ftypavif",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd",
        b"ffconcat version 1.0",
        SVG,
        PAGE,
    ],
)
def test_what_is_not_evidence_has_no_type(head: bytes) -> None:
    assert sniff(head) is None
    assert FileMediaReader().sniff(head) is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("webm", "audio/webm"),
        ("ogg", "audio/ogg"),
        ("m4a", "audio/mp4"),
        ("mp4-opus", "audio/mp4"),
        ("3gp", "audio/3gpp"),
        ("amr", "audio/amr"),
        ("mp3", "audio/mpeg"),
        ("wav", "audio/wav"),
        ("aac", "audio/aac"),
    ],
)
def test_recordings_by_their_bytes(tmp_path: Path, kind: str, expected: str) -> None:
    assert sniff(make_recording(tmp_path / "recording", kind, 0.2).read_bytes()[:4096]) == expected


def test_photos_by_their_bytes() -> None:
    assert sniff(make_jpeg()) == "image/jpeg"
    assert sniff(make_picture("PNG")) == "image/png"
    assert sniff(make_picture("WEBP")) == "image/webp"
    assert sniff(b"#!AMR-WB\n\x04") == "audio/amr-wb"


def test_nothing_at_all_is_empty(tmp_path: Path) -> None:
    assert refusal(tmp_path / "photo", b"", "image/jpeg") == "empty"


@pytest.mark.parametrize("content", [b"\xff", SVG, PAGE, b"GIF89a" + bytes(100), archive()])
def test_something_else_declared_a_photo_is_mislabelled(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path / "photo", content, "image/jpeg") == "mislabelled"


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (SVG, "image/svg+xml"),
        (PAGE, "text/html"),
        (PAGE, None),
        (PAGE, "application/octet-stream"),
        (PAGE, ""),
    ],
)
def test_something_else_that_says_so_is_not_accepted(
    tmp_path: Path, content: bytes, declared: str | None
) -> None:
    assert refusal(tmp_path / "photo", content, declared) == "type_not_accepted"


@pytest.mark.parametrize("declared", ["image/png", "image/webp", "audio/mpeg", "text/html", "jpeg"])
def test_photo_declared_as_something_else_is_mislabelled(tmp_path: Path, declared: str) -> None:
    assert refusal(tmp_path / "photo", make_jpeg(), declared) == "mislabelled"


def test_recording_where_a_photo_belongs_is_not_accepted(tmp_path: Path) -> None:
    content = make_recording(tmp_path / "recording", "amr", 0.2).read_bytes()
    assert refusal(tmp_path / "photo", content, "audio/amr") == "type_not_accepted"
    assert refusal(tmp_path / "photo", content, "image/jpeg") == "mislabelled"
    assert refusal(tmp_path / "other", make_jpeg(), "image/jpeg", RECORDING_TYPES) == "type_not_accepted"


@pytest.mark.parametrize(
    "appended",
    [archive(), archive() + b"", b"\n" + PAGE, b"<SCRIPT src=//x>", b"<?php system($_GET[0]); ?>"],
)
def test_photo_that_is_something_else_too_is_refused(tmp_path: Path, appended: bytes) -> None:
    assert refusal(tmp_path / "photo", make_jpeg() + appended, "image/jpeg") == "two_formats"


def test_page_in_the_comment_of_a_photo_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "photo", make_jpeg(comment=PAGE), "image/jpeg") == "two_formats"
    assert refusal(tmp_path / "photo", make_jpeg(comment=b"%PDF-1.4"), "image/jpeg") == "two_formats"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_archive_behind_a_recording_is_refused(tmp_path: Path, kind: str) -> None:
    content = make_recording(tmp_path / "recording", kind, 0.2).read_bytes()
    assert refusal(tmp_path / "other", content + archive(), None, EVERYTHING) == "two_formats"


def test_archive_with_a_comment_behind_it_is_refused(tmp_path: Path) -> None:
    commented = bytearray(archive())
    commented[-2:] = (5).to_bytes(2, "little")
    assert refusal(tmp_path / "photo", make_jpeg() + commented + b"hello", None) == "two_formats"


def test_more_pictures_behind_a_photo_are_what_phones_write(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(make_jpeg() + make_jpeg() + b"SEFH" + bytes(100) + b"SEFT")
    assert checked_type(path, "image/jpeg", PHOTO_TYPES) == "image/jpeg"


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        ("webm", "audio/webm;codecs=opus"),
        ("webm", "video/webm"),
        ("m4a", "audio/x-m4a"),
        ("m4a", "AUDIO/MP4; codecs=mp4a.40.2"),
        ("mp4-opus", "audio/mp4;codecs=mp4a.40.2"),
        ("3gp", "video/3gpp"),
        ("3gp", "audio/mp4"),
        ("amr", "audio/3gpp"),
        ("mp3", "audio/mp3"),
        ("wav", "audio/x-wav"),
        ("ogg", "application/ogg"),
        ("ogg", None),
        ("ogg", "application/octet-stream"),
    ],
)
def test_names_that_phones_and_browsers_use_agree(tmp_path: Path, kind: str, declared: str | None) -> None:
    path = make_recording(tmp_path / "recording", kind, 0.2)
    assert checked_type(path, declared, RECORDING_TYPES) == sniff(path.read_bytes())
