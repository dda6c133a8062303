"""Owns the table of county outlines: how it lies in a file, how it is made from a GeoJSON, how a county is read of it.
Refuses to ship one: the firm brings its own data in (docs/geography.md, docs/adr/0005).

The file holds each county's rings as differences of whole hundred-thousandths of a degree (a metre), packed by
themselves, so that a county is read in a fraction of a millisecond and the others stay on the disk.
"""

from __future__ import annotations

import json
import math
import os
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from server.domain.outlines import Outline, Ring

_MAGIC = b"FVOUTL1\n"
_SCALE = 100_000  # units a degree
_TOLERANCE = 50  # units that a corner may be left out for, some fifty metres
_CODE_NAMES = ("gb", "adcode", "code", "gb2260")
_CODE = re.compile(r"(?:156)?([0-9]{6})(?:0{6})?")
# Data of before 2024 still carries the codes that these divisions had until they became cities or districts.
_FORMER_CODES = {"540481": "540422", "540581": "540530", "460302": "460321", "460303": "460322"}


class OutlinesUnreadable(Exception):
    """The file is no table of outlines, or no GeoJSON to make one of; the words say what it lacks."""


class OutlineTable:
    """The adapter of `CountyOutlines`: reads its index on first use, and a county when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._index: Mapping[str, Sequence[int]] | None = None
        self.outline: Callable[[str], Outline | None] = lru_cache(maxsize=256)(self._read)

    def _read(self, county_code: str) -> Outline | None:
        index = self._index if self._index is not None else self._open()
        found = index.get(county_code) or index.get(_FORMER_CODES.get(county_code, ""))
        if found is None:
            return None
        with self._path.open("rb") as file:
            file.seek(found[0])
            return _unpacked(file.read(found[1]))

    def _open(self) -> Mapping[str, Sequence[int]]:
        """A file that is not there is a firm without outlines; one that is broken is said at the first question."""
        self._index = read_index(self._path) if self._path.is_file() else {}
        return self._index


def read_index(path: Path) -> dict[str, list[int]]:
    """Where each county lies in the file: offset and length by code. Raises OutlinesUnreadable."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise OutlinesUnreadable(
                    f"{path} is no table of outlines: make it with `fieldvisit outlines`"
                )
            start, length = struct.unpack("<QQ", file.read(16))
            file.seek(start)
            index: dict[str, list[int]] = json.loads(zlib.decompress(file.read(length)))
    except (OSError, struct.error, zlib.error, ValueError) as error:
        raise OutlinesUnreadable(f"{path} is damaged ({type(error).__name__}): make it anew") from error
    return index


def write_table(path: Path, geojson: Path) -> int:
    """Make the table of the counties in a GeoJSON in WGS-84; returns how many. Replaces a former one whole."""
    counties = _counties(geojson)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("wb") as file:
            file.write(_MAGIC + bytes(16))
            index = {}
            for code, rings in sorted(counties.items()):
                packed = _packed(simplified(ring) for ring in rings)
                index[code] = [file.tell(), len(packed)]
                file.write(packed)
            start, tail = file.tell(), zlib.compress(json.dumps(index).encode(), 9)
            file.write(tail)
            file.seek(len(_MAGIC))
            file.write(struct.pack("<QQ", start, len(tail)))
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return len(counties)


_Units = list[tuple[int, int]]


def _counties(geojson: Path) -> dict[str, list[_Units]]:
    """Rings in whole units by code; features that are no counties (provinces, lines) are left out."""
    try:
        features = json.loads(geojson.read_bytes())["features"]
        counties: dict[str, list[_Units]] = {}
        for feature in features:
            code = _code_of(feature.get("properties") or {})
            geometry = feature.get("geometry") or {}
            if code is not None and geometry.get("type") in ("Polygon", "MultiPolygon"):
                parts = geometry["coordinates"]
                for polygon in [parts] if geometry["type"] == "Polygon" else parts:
                    counties.setdefault(code, []).extend(_units(ring) for ring in polygon)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutlinesUnreadable(f"{geojson} is no GeoJSON of counties ({type(error).__name__})") from error
    if not counties:
        named = ", ".join(_CODE_NAMES)
        raise OutlinesUnreadable(f"{geojson} holds no polygon with a county's code in one of: {named}")
    return counties


def _code_of(properties: Mapping[str, object]) -> str | None:
    for name in _CODE_NAMES:
        found = _CODE.fullmatch(str(properties.get(name, "")))
        if found is not None and not found[1].endswith("0000"):
            return found[1]
    return None


def _units(ring: Iterable[Sequence[float]]) -> _Units:
    corners = [(round(corner[0] * _SCALE), round(corner[1] * _SCALE)) for corner in ring]
    return corners[:-1] if len(corners) > 1 and corners[0] == corners[-1] else corners


def simplified(ring: _Units) -> _Units:
    """The ring without corners that lie closer to it than the tolerance (Douglas and Peucker), never under three.

    Cut at the corner farthest from the first one, so that a ring has two ends to begin with.
    """
    if len(ring) < 4:
        return ring
    stretch = math.cos(math.radians(ring[0][1] / _SCALE))
    far = max(range(len(ring)), key=lambda at: _apart(ring[0], ring[at], stretch))
    closed = [*ring, ring[0]]
    kept = {0, far} | _kept(closed, 0, far, stretch) | _kept(closed, far, len(ring), stretch)
    if len(kept) < 3:
        return ring
    return [ring[at] for at in sorted(kept)]


def _kept(ring: _Units, first: int, last: int, stretch: float) -> set[int]:
    found: set[int] = set()
    open_parts = [(first, last)]
    while open_parts:
        start, end = open_parts.pop()
        off, at = max(
            ((_off_line(ring[at], ring[start], ring[end], stretch), at) for at in range(start + 1, end)),
            default=(0.0, start),
        )
        if off > _TOLERANCE:
            found.add(at)
            open_parts += [(start, at), (at, end)]
    return found


def _apart(one: tuple[int, int], other: tuple[int, int], stretch: float) -> float:
    return math.hypot((one[0] - other[0]) * stretch, one[1] - other[1])


def _off_line(corner: tuple[int, int], start: tuple[int, int], end: tuple[int, int], stretch: float) -> float:
    x, y = (corner[0] - start[0]) * stretch, corner[1] - start[1]
    dx, dy = (end[0] - start[0]) * stretch, end[1] - start[1]
    square = dx * dx + dy * dy
    along = min(1.0, max(0.0, (x * dx + y * dy) / square)) if square else 0.0
    return math.hypot(x - along * dx, y - along * dy)


def _packed(rings: Iterable[_Units]) -> bytes:
    """Each ring: how many corners, then differences; whole numbers of seven bits a byte, signs in the lowest bit."""
    written = bytearray()
    for ring in rings:
        _write(written, len(ring) << 1)
        last = (0, 0)
        for corner in ring:
            for difference in (corner[0] - last[0], corner[1] - last[1]):
                _write(written, difference << 1 if difference >= 0 else (-difference << 1) | 1)
            last = corner
    return zlib.compress(bytes(written), 9)


def _write(written: bytearray, number: int) -> None:
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)


def _unpacked(packed: bytes) -> Outline:
    numbers = _numbers(zlib.decompress(packed))
    rings: list[Ring] = []
    for count in numbers:
        x = y = 0
        ring = []
        for _ in range(count):
            x += next(numbers)
            y += next(numbers)
            ring.append((x / _SCALE, y / _SCALE))
        rings.append(ring)
    return rings


def _numbers(written: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in written:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            continue
        yield -(number >> 1) if number & 1 else number >> 1
        number = shift = 0
