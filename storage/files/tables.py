"""The tables port, answered: which reader a file needs, and the writers.

A file is what its bytes are; the name that the user gave it only has to agree. The readers and writers come in with the
first table: openpyxl brings numpy along, and together they take twenty megabytes of each process.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import BinaryIO

from server.services.ports.tables import (
    Column,
    Language,
    TableRefusal,
    TableRefused,
    TableRow,
    Value,
)
from storage.files.csv_reader import read_csv
from storage.files.limits import MOST_BYTES

_TEXT_NAMES = {".csv", ".txt", ".tsv"}
_BOOK_NAMES = {".xlsx"}
_ZIP = b"PK\x03\x04"
# Compound files: XLS, and XLSX behind a password.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_table(path: Path, filename: str) -> Iterator[TableRow]:
    """Rows that hold anything, the heading among them. Raises TableRefused, also while rows are taken."""
    name = PurePath(filename).suffix.lower()
    if name not in _TEXT_NAMES | _BOOK_NAMES:
        raise TableRefused(TableRefusal.TYPE_NOT_ACCEPTED, "neither CSV nor XLSX")
    size = path.stat().st_size
    if size == 0:
        raise TableRefused(TableRefusal.EMPTY, "the file has no bytes")
    if size > MOST_BYTES:
        raise TableRefused(TableRefusal.EXPANDS_TOO_FAR, f"more than {MOST_BYTES} bytes")
    with path.open("rb") as source:
        head = source.read(8)
    if head.startswith(_COMPOUND):
        raise TableRefused(TableRefusal.OLD_OR_PROTECTED, "an XLS, or an XLSX with a password")
    if head.startswith(_ZIP) != (name in _BOOK_NAMES):
        raise TableRefused(TableRefusal.MISLABELLED, f"the bytes are not what {name} says")
    if name not in _BOOK_NAMES:
        return read_csv(path)
    from storage.files.xlsx_reader import read_xlsx

    return read_xlsx(path)


class FileTables:
    """Reads files on the local disk."""

    def read(self, path: Path, filename: str) -> Iterator[TableRow]:
        return read_table(path, filename)

    def csv_pieces(
        self, columns: Sequence[Column], rows: Iterable[Sequence[Value]], language: Language
    ) -> Iterator[bytes]:
        from storage.files.writers import csv_pieces

        return csv_pieces(columns, rows, language)

    def write_xlsx(
        self,
        output: BinaryIO,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value]],
        language: Language,
        title: str = "Sheet1",
    ) -> None:
        from storage.files.writers import write_xlsx

        write_xlsx(output, columns, rows, language, title)
