"""Written attachments: a PDF that is whole, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.services.ports.media import MediaRefused
from storage.media.reader import FileMediaReader

WHOLE = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "declared", "code"),
    [
        (b"", None, "empty"),
        (b"%", None, "type_not_accepted"),
        (b" " + WHOLE, None, "type_not_accepted"),
        (b"<html>", "application/pdf", "type_not_accepted"),
        (WHOLE, "image/jpeg", "mislabelled"),
        (WHOLE, "text/html", "mislabelled"),
        (WHOLE[:-7], None, "truncated"),
        (WHOLE + bytes(1024), None, "truncated"),
    ],
)
def test_what_is_no_whole_document_is_refused(
    tmp_path: Path, content: bytes, declared: str | None, code: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(MediaRefused) as caught:
        FileMediaReader().document(path, declared)
    assert caught.value.code == code


@pytest.mark.parametrize("declared", [None, "application/octet-stream", "Application/PDF; version=1.7"])
def test_a_whole_document_is_a_pdf(tmp_path: Path, declared: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(WHOLE + bytes(1000))
    assert FileMediaReader().document(path, declared) == "application/pdf"
