"""What a workbook may be before openpyxl opens it.

It owns the refusal of archives that grow without bound and of XML that does: openpyxl reads all of a row,
all shared strings and all of the smaller parts into memory, and trusts the numbers that rows carry. It
reads the archive in pieces and keeps none.
"""

import errno
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from openpyxl.utils.exceptions import InvalidFileException

from server.services.ports.tables import TableRefusal, TableRefused
from storage.files.limits import MOST_BYTES

MOST_MEMBERS = 2_000
# Sheets of numbers that repeat shrink to a fiftieth; a bomb to a thousandth.
MOST_RATIO = 200
RATIO_MATTERS_FROM = 10 << 20
LARGEST_SMALL_PART = 8 << 20
LAST_ROW = 1_048_576  # of a sheet in XLSX
MOST_ELEMENTS_OF_A_ROW = 4 * 16_384  # a sheet has 16,384 columns, a cell about three elements
_PIECE = 1 << 18
# What zipfile, the XML parser and openpyxl let through when a workbook is damaged or made up.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    ElementTree.ParseError,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    EOFError,
    RuntimeError,
    NotImplementedError,
)
# A place before the file, and openpyxl's own "no valid workbook part"; what a disk says has another number.
_DAMAGED_TOO = (None, errno.EINVAL)


def check_workbook(path: Path) -> None:
    """Raises TableRefused."""
    with damage_refused("the archive"), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        _check_sizes(members)
        for member in members:
            if member.filename.lower().endswith((".xml", ".rels")):
                _check_part(archive, member)


@contextmanager
def damage_refused(part: str) -> Iterator[None]:
    """What reading a damaged workbook raises, as TableRefused."""
    try:
        yield
    except _DAMAGED as error:
        raise unreadable(f"{part} is damaged: {type(error).__name__}") from error
    except OSError as error:
        if error.errno not in _DAMAGED_TOO:
            raise
        raise unreadable(f"{part} is damaged: {error}") from error


def unreadable(words: str) -> TableRefused:
    """The refusal of a workbook that is cut, damaged or made up."""
    return TableRefused(TableRefusal.UNREADABLE, words)


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    """The sizes that the archive declares; reading stops at these, so a lie helps nobody."""
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    too_dense = unpacked > RATIO_MATTERS_FROM and unpacked > MOST_RATIO * packed
    if len(members) > MOST_MEMBERS or unpacked > MOST_BYTES or too_dense:
        raise TableRefused(TableRefusal.EXPANDS_TOO_FAR, f"{packed} bytes would become {unpacked}")


def _check_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename.lower()
    streamed = "/worksheets/" in f"/{name}" or name.endswith("sharedstrings.xml")
    if not streamed and member.file_size > LARGEST_SMALL_PART:
        raise TableRefused(TableRefusal.EXPANDS_TOO_FAR, "a part of the workbook that should be small")
    parser = _guarding_parser(streamed)
    with archive.open(member) as part:
        while piece := part.read(_PIECE):
            parser.Parse(piece, False)
    parser.Parse(b"", True)


def _guarding_parser(streamed: bool) -> expat.XMLParserType:
    """Refuses every document type, for there entities are declared that grow a thousandfold or read other
    files, and in the streamed parts rows and strings that no spreadsheet writes: openpyxl frees memory
    after each of them."""
    parser = expat.ParserCreate(namespace_separator=" ")
    since_row = 0

    def on_element(name: str, attributes: dict[str, str]) -> None:
        nonlocal since_row
        local = name.rpartition(" ")[2]
        since_row += 1
        if since_row > MOST_ELEMENTS_OF_A_ROW:
            raise unreadable("a row has more in it than any sheet")
        if local == "row":
            since_row = 0
            _check_row_number(attributes.get("r", "1"))
        elif local == "si":
            since_row = 0

    def on_document_type(*_: object) -> None:
        raise unreadable("a document type is declared")

    parser.StartDoctypeDeclHandler = on_document_type
    if streamed:
        parser.StartElementHandler = on_element
    return parser


def _check_row_number(written: str) -> None:
    """Between a row and the next, openpyxl makes all that are missing."""
    if not (written.isascii() and written.isdigit() and len(written) < 8 and int(written) <= LAST_ROW):
        raise unreadable("a row has a number that no sheet has")
