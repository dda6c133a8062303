"""The ports to geography: outlines of counties, distances on the earth, and the one that asks where an address lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.coordinates import Point
from server.domain.outlines import Outline


class CountyOutlines(Protocol):
    """The outlines that the firm has brought in, if it has any."""

    def outline(self, county_code: str) -> Outline | None:
        """The outline of a county of today; None where there is none, and nothing can be judged by it."""


class Distances(Protocol):
    """Metres on the earth between points in WGS-84."""

    def between(self, points: Sequence[Point]) -> list[list[float]]:
        """From each point to each, in the order given."""


@dataclass(frozen=True, slots=True)
class Geocoded:
    """Where a provider says that an address lies, as it says it: in its own datum, with its word for the precision.

    `accuracy_m` is what that word means in metres; None where it is no better than a town.
    """

    point: Point
    precision: str
    accuracy_m: float | None


class GeocodingFailed(Exception):
    """No answer about this address. `words` hold neither key nor address; `again` says whether trying later helps."""

    def __init__(self, words: str, *, again: bool = True) -> None:
        super().__init__(words)
        self.words = words
        self.again = again


class AddressGeocoder(Protocol):
    """Asks a provider of geocodes. What leaves the house is the text of an address and nothing else."""

    @property
    def provider(self) -> str:
        """Its name, kept with each answer; empty where none is set, and then nothing is ever asked."""

    @property
    def per_minute(self) -> int:
        """How many addresses it may be asked in a minute."""

    def ask(self, text: str) -> Geocoded | None:
        """The best answer, None where the provider knows no such place. Raises GeocodingFailed."""
