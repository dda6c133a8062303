"""The port of packs, answered. It owns nothing but the names.

The PDF library and its font take a second to come in, so they do when the first report is written.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO

from server.services.ports.packs import PackArchive, PackReport


class FilePacks:
    """Writes packs to files on the local disk."""

    def archive(self, output: BinaryIO, password: str) -> AbstractContextManager[PackArchive]:
        from storage.files.pack_archive import open_archive

        return open_archive(output, password)

    def write_report(self, output: BinaryIO, report: PackReport) -> None:
        from storage.files.pack_report import write_report

        write_report(output, report)
