"""The archive of a pack: stored entries, encrypted with AES-256 as 7-Zip and WinZip open them.

Owns that every entry looks the same but for its name, its sizes and its bytes: no dates of this machine, no comments,
no extensions, so that whoever checks can hold each byte to one right value. Refuses to compress.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pyzipper

from server.services.ports.packs import Packed

_PIECE = 1 << 20
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READ_BY_OWNER = 0o100600 << 16


class ZipPackArchive:
    """Entries as they come; sizes are known before, so that nothing stands behind an entry's bytes."""

    def __init__(self, archive: pyzipper.AESZipFile) -> None:
        self._archive = archive

    def add(self, path: str, source: BinaryIO, size: int) -> Packed:
        entry = pyzipper.zipfile_aes.AESZipInfo(path, _NO_DATE)
        entry.file_size = size
        entry.create_system = _UNIX
        entry.external_attr = _READ_BY_OWNER
        entry.compress_type = pyzipper.ZIP_STORED
        digest, written = hashlib.sha256(), 0
        with self._archive.open(entry, "w") as sink:
            while piece := source.read(_PIECE):
                digest.update(piece)
                written += len(piece)
                sink.write(piece)
        return Packed(path, written, digest.hexdigest())


@contextmanager
def open_archive(output: BinaryIO, password: str) -> Iterator[ZipPackArchive]:
    """An archive on `output`, which must be seekable: sizes are written where they belong, not behind the bytes."""
    with pyzipper.AESZipFile(
        output, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES, allowZip64=False
    ) as archive:
        archive.setpassword(password.encode())
        yield ZipPackArchive(archive)
