"""The port to likenesses: which photos may be one picture, which recordings hold the same sound (V8).

It owns what a candidate and a likeness are. It refuses to judge: how much likeness leads a person to look is a rule of
`server.domain.flag_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KnownPrint:
    """The print of a kept item by the item's id, as `ports.media` made it."""

    id: str
    print: bytes


@dataclass(frozen=True, slots=True)
class PhotoCandidate:
    """A known photo that may be the one asked for: turned by one of eight turns, one lying in the `box` of the other.

    `box` is left, top, right, bottom as shares; `known_is_part` says which of the two is the part; `distance` in bits.
    """

    id: str
    turn: int
    box: tuple[float, float, float, float]
    known_is_part: bool
    distance: int


@dataclass(frozen=True, slots=True)
class SoundLikeness:
    """So many seconds in common with a known recording, `share` of the shorter one; where they begin in each."""

    id: str
    seconds: float
    share: float
    at: float
    known_at: float


class PhotoIndexPort(Protocol):
    """Known photos in memory; `seen_until` is for whoever feeds it: up to where it has read."""

    seen_until: datetime | None

    def add(self, prints: Iterable[KnownPrint]) -> None: ...
    def near(self, print_: bytes, without: Sequence[str] = ()) -> list[PhotoCandidate]:
        """Candidates, nearest first, at most a few dozen; a photo may stand there more than once."""
        ...


class LikenessPort(Protocol):
    @property
    def photos(self) -> PhotoIndexPort: ...
    def agreement(self, asked: bytes, known: bytes, candidate: PhotoCandidate) -> float:
        """From 0 to 1, of two thumbnails laid over each other as the candidate says."""
        ...

    def sounds(self, prints: Sequence[bytes], known: Iterable[KnownPrint]) -> list[SoundLikeness]: ...
