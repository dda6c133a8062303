"""Boxes of ISO base media files (MP4, 3GP), and whether their tables fit the file.

It owns the guard before the demuxer: FFmpeg makes an entry in memory for every sound that a table names,
and a table of a few bytes can name two thousand million of them (measured: a file of 2 KB takes 2.8 GB).
Tables are looked for at every place of the index and not by its nesting, for the demuxer takes them where
it meets them. It refuses to read samples; positions that lead nowhere are found when packets are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from storage.media.places import Places, truncated, unreadable

# Fifty sounds a second for more than twelve hours.
MOST_SAMPLES = 2_500_000
MOST_BOXES = 200_000
LARGEST_INDEX = 32 << 20
_NO_INDEX = {b"mdat", b"free", b"skip", b"wide"}
_TABLE = re.compile(rb"stsz|stsc|stts|ctts|stco|co64|trun|cmov")


def check_boxes(places: Places) -> None:
    """Raises MediaRefused: truncated when a box or the index is missing, unreadable when tables make no
    sense."""
    named = _Named(places.size)
    found = set()
    for name, start, end in _boxes(places):
        found.add(name)
        if name not in _NO_INDEX:
            if end - start > LARGEST_INDEX:
                raise unreadable("the index is larger than that of twelve hours")
            named.add(places.at(start, end - start))
    if b"moov" not in found:
        raise truncated("the index is missing: the recorder did not finish")


def _boxes(places: Places) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each box of the file, header and all. Raises MediaRefused."""
    place = 0
    for _ in range(MOST_BOXES):
        if place >= places.size:
            return
        size, name = int.from_bytes(places.at(place, 4)), places.at(place + 4, 4)
        if size == 1:
            size = int.from_bytes(places.at(place + 8, 8))
        elif size == 0:
            size = places.size - place
        if size < 8:
            raise unreadable("a box is smaller than its header")
        if place + size > places.size:
            raise truncated()
        yield name, place, place + size
        place += size
    raise unreadable("too many boxes")


@dataclass
class _Named:
    """What the tables of a file name, added up over all of them, whichever track they are of."""

    file_size: int
    samples: int = 0
    chunks: int = 0
    runs: list[list[tuple[int, int]]] = field(default_factory=list)

    def add(self, index: bytes) -> None:
        """Look through a box with tables. Raises MediaRefused when they name more than twelve hours hold."""
        for match in _TABLE.finditer(index):
            table = _table_at(index, match.start())
            if table is not None:
                self._add_table(match.group(), table)
        in_chunks = sum(_samples_in_chunks(runs, self.chunks) for runs in self.runs)
        if max(self.samples, in_chunks) > MOST_SAMPLES:
            raise unreadable("the index names more sounds than twelve hours have")

    def _add_table(self, name: bytes, table: bytes) -> None:
        if name == b"cmov":
            raise unreadable("the index is compressed")
        first, second = (int.from_bytes(table[place : place + 4]) for place in (4, 8))
        if name == b"stsz":
            if first * second > self.file_size:
                raise unreadable("the index names more sound than the file holds")
            self.samples += second
        elif name == b"trun":
            self.samples += first
        elif name == b"stsc":
            self.runs.append(_pairs(table, 12))
        elif name in (b"stco", b"co64"):
            self.chunks = max(self.chunks, _entries(table, 4 if name == b"stco" else 8))
        elif sum(count for count, _ in _pairs(table, 8)) > MOST_SAMPLES:
            raise unreadable("the index times more sounds than twelve hours have")


def _table_at(index: bytes, name_at: int) -> bytes | None:
    """The content of the box whose name stands there; None where the four letters only look like one."""
    size = int.from_bytes(index[max(0, name_at - 4) : name_at])
    content, end = name_at + 4, name_at - 4 + size
    if size == 1:
        content, end = name_at + 12, len(index)
    elif size == 0:
        end = len(index)
    if name_at < 4 or not content <= end <= len(index):
        return None
    return index[content:end]


def _pairs(table: bytes, width: int) -> list[tuple[int, int]]:
    """The first two numbers of each entry."""
    end = 8 + _entries(table, width) * width
    return [
        (int.from_bytes(table[place : place + 4]), int.from_bytes(table[place + 4 : place + 8]))
        for place in range(8, end, width)
    ]


def _entries(table: bytes, width: int) -> int:
    """How many entries the table has. Raises MediaRefused when it counts more than it holds."""
    count = int.from_bytes(table[4:8])
    if 8 + count * width > len(table):
        raise unreadable("the index counts more entries than it holds")
    return count


def _samples_in_chunks(runs: list[tuple[int, int]], chunks: int) -> int:
    """Each run of chunks goes to where the next one begins, the last one to the end."""
    total = 0
    for number, (first, each) in enumerate(runs):
        following = runs[number + 1][0] if number + 1 < len(runs) else chunks + 1
        total += max(0, following - first) * each
    return total
