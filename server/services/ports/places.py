"""The ports to geography: outlines of counties, distances on the earth, and the one that asks where an address lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from server.domain.address_points import AddressPoint
from server.domain.coordinates import Point
from server.domain.outlines import Outline
from server.services.ports.rows import EntityRows


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


class Trouble(StrEnum):
    """Where it lies that there is no answer."""

    TEXT = "text"  # the provider cannot take this text; others it may
    PROVIDER = "provider"  # out of reach, or asked too much: later it may answer
    SETTING = "setting"  # the key is refused; somebody must look


class GeocodingFailed(Exception):
    """No answer about this address. `words` hold neither key nor address."""

    def __init__(self, words: str, trouble: Trouble = Trouble.PROVIDER) -> None:
        super().__init__(words)
        self.words = words
        self.trouble = trouble


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


class AddressPointRows(EntityRows[AddressPoint], Protocol):
    def next_waiting(self, asked_before: datetime) -> AddressPoint | None:
        """The text that waits longest of those asked least often; one that is being asked is left alone."""

    def asked_since(self, moment: datetime) -> list[datetime]:
        """When questions were asked after that moment."""

    def unasked(self, limit: int) -> list[tuple[str, str]]:
        """Normalized text and county of addresses that can be asked and never were."""
