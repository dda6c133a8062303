"""The sound of an MP4 file with one track of AAC, by the tables of its index.

Owns the plain form: one track, whole and not in fragments, whose sounds lie in the file one behind the other and
nowhere twice. Refuses to guess: of any other form it knows nothing (None), and the demuxer walks that. It refuses what
the index claims of durations: each packet of AAC has as many samples as its configuration says.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

from storage.media.boxes import LARGEST_INDEX, MOST_SAMPLES
from storage.media.packets import LARGEST_PACKET, Sounded, aac
from storage.media.places import Places, unreadable

_WITHIN = {b"trak", b"mdia", b"minf", b"stbl"}
_ONCE = (b"trak", b"mdhd", b"hdlr", b"stsd", b"stts", b"stsz", b"stsc")
_ENTRY = 8 + 8 + 28  # of `stsd`: its head, the box of its one entry, the fields of a sound
_ES, _DECODER, _CONFIGURATION = 3, 4, 5
_AAC = 0x40


def walk_mp4(places: Places) -> Sounded | None:
    """What its packets sound; None where it is not of the plain form. Raises MediaRefused for AAC not accepted."""
    try:
        index = _index(places)
        tables = None if index is None else _tables(index)
        return None if tables is None else _sounded(tables, places.size)
    except (IndexError, struct.error):
        return None  # a table that ends before its entries do: the demuxer tells what is wrong with it


def _sounded(tables: dict[bytes, bytes], file_size: int) -> Sounded | None:
    configuration = _configuration(tables[b"stsd"])
    sizes = _sizes(tables[b"stsz"])
    steps = _pairs(tables[b"stts"])
    scale = struct.unpack_from(">I", tables[b"mdhd"], 20 if tables[b"mdhd"][0] else 12)[0]
    whole = sum(count for count, _ in steps) == len(sizes) > 0 < scale and min(sizes) > 0
    if configuration is None or not whole or not _lie_apart(tables, sizes, file_size):
        return None
    if max(sizes) > LARGEST_PACKET:
        raise unreadable("a packet is larger than any of sound")
    sound = aac(configuration)(memoryview(b""))
    ticks = sum(count * step for count, step in steps) - steps[-1][1]
    return Sounded(len(sizes) * sound.samples, sound.rate, ticks * sound.rate // scale + sound.samples)


def _index(places: Places) -> bytes | None:
    """The box with the tables; None where the sound is in fragments."""
    place, found = 0, None
    while place < places.size:
        size, name = struct.unpack(">I4s", places.at(place, 8))
        begins = place + 8
        if size == 1:
            size, begins = int.from_bytes(places.at(begins, 8)), begins + 8
        elif size == 0:
            size = places.size - place
        if size < 8 or name == b"moof" or (name == b"moov" and (found is not None or size > LARGEST_INDEX)):
            return None
        if name == b"moov":
            found = places.at(begins, place + size - begins)
        place += size
    return found


def _tables(index: bytes) -> dict[bytes, bytes] | None:
    """The tables by name, each there once; `offsets` are those of its chunks."""
    found: dict[bytes, bytes] = {}
    for name, content in _boxes(index):
        if name in found or name == b"mvex":
            return None
        found[name] = content
    if not all(name in found for name in _ONCE) or found[b"hdlr"][8:12] != b"soun":
        return None
    return found if (b"stco" in found) != (b"co64" in found) else None


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Boxes in order; those that hold tables are entered. One without a size of its own is no plain form."""
    at = 0
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        if size < 8 or at + size > len(content):
            raise IndexError
        inner = content[at + 8 : at + size]
        if name in _WITHIN:
            yield name, b""
            yield from _boxes(inner)
        elif name in (*_ONCE, b"stco", b"co64", b"mvex"):
            yield name, inner
        at += size


def _sizes(table: bytes) -> tuple[int, ...]:
    each, count = struct.unpack_from(">II", table, 4)
    if count > MOST_SAMPLES:
        raise IndexError
    return (each,) * count if each else struct.unpack_from(f">{count}I", table, 12)


def _pairs(table: bytes) -> list[tuple[int, int]]:
    count = struct.unpack_from(">I", table, 4)[0]
    numbers = struct.unpack_from(f">{2 * count}I", table, 8)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _lie_apart(tables: dict[bytes, bytes], sizes: tuple[int, ...], file_size: int) -> bool:
    """Every chunk behind the one before it and within the file: what is named twice would sound twice."""
    table, letter = (tables[b"stco"], "I") if b"stco" in tables else (tables[b"co64"], "Q")
    chunks = struct.unpack_from(f">{struct.unpack_from('>I', table, 4)[0]}{letter}", table, 8)
    count = struct.unpack_from(">I", tables[b"stsc"], 4)[0]
    numbers = struct.unpack_from(f">{3 * count}I", tables[b"stsc"], 8)
    firsts = [*numbers[::3], len(chunks) + 1]
    if firsts[0] != 1 or any(one >= other for one, other in pairwise(firsts)):
        return False
    sample, reached = 0, 0
    for run, each in enumerate(numbers[1::3]):
        for chunk in range(firsts[run] - 1, firsts[run + 1] - 1):
            if chunks[chunk] < reached:
                return False
            reached = chunks[chunk] + sum(sizes[sample : sample + each])
            sample += each
    return sample == len(sizes) and reached <= file_size


def _configuration(table: bytes) -> bytes | None:
    """What the decoder of AAC is told, out of the one entry `mp4a` with its box `esds`."""
    count, _, name = struct.unpack_from(">II4s", table, 4)
    if count != 1 or name != b"mp4a" or table[_ENTRY + 4 : _ENTRY + 8] != b"esds":
        return None
    at = _ENTRY + 12
    tag, _, at = _descriptor(table, at)
    if tag != _ES or table[at + 2]:
        return None
    tag, _, at = _descriptor(table, at + 3)
    if tag != _DECODER or table[at] != _AAC:
        return None
    tag, size, at = _descriptor(table, at + 13)
    return table[at : at + size] if tag == _CONFIGURATION else None


def _descriptor(table: bytes, at: int) -> tuple[int, int, int]:
    """Its tag, its size in groups of seven bits, and where its content begins."""
    tag, size, at = table[at], 0, at + 1
    for _ in range(4):
        size, more, at = size << 7 | table[at] & 0x7F, table[at] & 0x80, at + 1
        if not more:
            break
    return tag, size, at
