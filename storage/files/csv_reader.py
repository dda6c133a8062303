"""CSV as it comes from banks, spreadsheets and editors: UTF-8 or GB18030 or UTF-16, commas or tabs.

It refuses what is not text in one of these to the last byte: a wrong guess would file a wrong name.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from server.services.ports.tables import TableRefusal, TableRefused, TableRow
from storage.files.limits import RowLimits

_PIECE = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_csv(path: Path) -> Iterator[TableRow]:
    """Rows that hold anything. Raises TableRefused."""
    limits = RowLimits()
    number = 0
    with path.open(encoding=_encoding(path), newline="") as text:
        head = text.read(1 << 16)
        text.seek(0)
        records = csv.reader(text, delimiter=_delimiter(head), strict=True)
        try:
            for number, record in enumerate(records, start=1):
                row = limits.row(number, record)
                if row is not None:
                    yield row
        except csv.Error as error:
            raise TableRefused(
                TableRefusal.UNREADABLE, f"quotes do not match: {error}", number + 1
            ) from error


def _encoding(path: Path) -> str:
    """The first encoding in which every byte makes sense."""
    with path.open("rb") as source:
        head = source.read(4)
    marked = [name for mark, name in _MARKS if head.startswith(mark)]
    for name in marked or ["utf-8", "gb18030"]:
        if _decodes(path, name):
            return name
    raise TableRefused(TableRefusal.ENCODING, "neither UTF-8 nor GB18030")


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as source:
            while piece := source.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(head: str) -> str:
    """Tabs where the first line with anything in it has more of them than commas."""
    first = next((line for line in head.splitlines() if line.strip()), "")
    return "\t" if first.count("\t") > first.count(",") else ","
