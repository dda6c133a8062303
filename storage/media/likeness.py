"""Photos that look alike, out of all that are known; recordings that sound alike. The likeness port.

Owns the arrays in memory: 44 hashes a photo, searched whole by exclusive or and a count of bits. It refuses to keep
them anywhere: rows of fingerprints are the truth, and whoever starts again reads them again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import numpy as np

from server.services.ports.likeness import KnownPrint, PhotoCandidate, SoundLikeness
from storage.media.photo_alignment import fit
from storage.media.photo_hashes import TURNS, WINDOWS, Hashes, turned_hashes
from storage.media.photo_work import grey_thumbnail
from storage.media.sound_matching import SoundQuery

_WHOLE_RADIUS = 10
_PART_RADIUS = 16
_MOST_CANDIDATES = 64
_WHOLE = 0
_FIRST_ROOM = 1024
_PIECE = 1 << 15


def near_hashes(known: Hashes, hash_: np.uint64, radius: int) -> list[tuple[int, int]]:
    """Place and distance of the hashes that differ in so many bits at most; a piece at a time stays in the cache."""
    apart, distances = np.empty(_PIECE, np.uint64), np.empty(_PIECE, np.uint8)
    found = []
    for begin in range(0, len(known), _PIECE):
        piece = known[begin : begin + _PIECE]
        np.bitwise_xor(piece, hash_, out=apart[: len(piece)])
        np.bitwise_count(apart[: len(piece)], out=distances[: len(piece)])
        places = np.flatnonzero(distances[: len(piece)] <= radius)
        found += [(begin + int(at), int(distances[at])) for at in places]
    return found


class PhotoIndex:
    """The hashes of all known photos, one column a photo; safe for several threads, one at a time."""

    def __init__(self) -> None:
        self.seen_until: datetime | None = None
        self._lock = threading.Lock()
        self._ids: list[str] = []
        self._known: set[str] = set()
        self._windows = np.empty((len(WINDOWS), _FIRST_ROOM), np.uint64)
        self._turned = np.empty((TURNS, _FIRST_ROOM), np.uint64)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, prints: Iterable[KnownPrint]) -> None:
        """Learn prints; those that are known are passed over."""
        with self._lock:
            fresh = {one.id: one.print for one in prints if one.id not in self._known}
            if not fresh:
                return
            hashes = np.array([np.frombuffer(each, "<u8") for each in fresh.values()], dtype=np.uint64)
            begin, end = len(self._ids), len(self._ids) + len(fresh)
            self._make_room(end)
            self._windows[:, begin:end] = hashes.T
            self._turned[:, begin:end] = turned_hashes(hashes[:, _WHOLE])
            self._ids += fresh
            self._known.update(fresh)

    def near(self, print_: bytes, without: Sequence[str] = ()) -> list[PhotoCandidate]:
        """The photos of which this may be a copy or a part, or that may be a part of this; nearest first."""
        asked = np.frombuffer(print_, "<u8").astype(np.uint64)
        with self._lock:
            found = [*self._parts_of_known(asked), *self._known_parts(asked)]
        passed = set(without)
        found = [each for each in found if each.id not in passed]
        found.sort(key=lambda each: each.distance)
        return found[:_MOST_CANDIDATES]

    def _parts_of_known(self, asked: Hashes) -> Iterator[PhotoCandidate]:
        for turn, hash_ in enumerate(turned_hashes(asked[:1])[:, 0]):
            for window, box in enumerate(WINDOWS):
                radius = _WHOLE_RADIUS if window == _WHOLE else _PART_RADIUS
                for at, distance in self._within(self._windows[window], hash_, radius):
                    yield PhotoCandidate(self._ids[at], turn, box, known_is_part=False, distance=distance)

    def _known_parts(self, asked: Hashes) -> Iterator[PhotoCandidate]:
        for window, box in enumerate(WINDOWS):
            for turn in range(TURNS) if window != _WHOLE else ():
                for at, distance in self._within(self._turned[turn], asked[window], _PART_RADIUS):
                    yield PhotoCandidate(self._ids[at], turn, box, known_is_part=True, distance=distance)

    def _within(self, known: Hashes, hash_: np.uint64, radius: int) -> Iterator[tuple[int, int]]:
        yield from near_hashes(known[: len(self._ids)], hash_, radius)

    def _make_room(self, wanted: int) -> None:
        room = self._windows.shape[1]
        if wanted > room:
            more = max(wanted, room * 2) - room
            self._windows = np.concatenate([self._windows, np.empty((len(WINDOWS), more), np.uint64)], axis=1)
            self._turned = np.concatenate([self._turned, np.empty((TURNS, more), np.uint64)], axis=1)


class Likenesses:
    """The port: an index of photos that grows with the rows, and the comparisons themselves."""

    def __init__(self) -> None:
        self.photos = PhotoIndex()

    def agreement(self, asked: bytes, known: bytes, candidate: PhotoCandidate) -> float:
        """How far the edges of two thumbnails agree where the candidate says that they are one picture."""
        part, whole = grey_thumbnail(asked), grey_thumbnail(known)
        if candidate.known_is_part:
            part, whole = whole, part
        return fit(part, whole, candidate.turn, candidate.box).score

    def sounds(self, prints: Sequence[bytes], known: Iterable[KnownPrint]) -> list[SoundLikeness]:
        """What of a recording stands in known ones."""
        query = SoundQuery(prints)
        found = []
        for one in known:
            match = query.within(one.print)
            if match is not None:
                found.append(SoundLikeness(one.id, match.seconds, match.share, match.at, match.known_at))
        return found
