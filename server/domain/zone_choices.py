"""Development zones (郑东新区) as people write them: which zone an address names, which county was chosen for it.

Owns the order in which the counties are offered. Refuses to choose one, and to call a zone an error (R2, R13).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.address_zones import known_zone, zone_at


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """One person's choice of a county for a zone, on one address; the next one is offered it first."""

    id: str
    province: str
    city: str
    zone: str
    county_code: str
    county: str
    address_id: str
    chosen_by: str | None
    chosen_at: datetime


def zone_of(detail: str) -> str:
    """The zone that what stands behind the divisions begins with; empty for none."""
    if detail.startswith("新区"):
        return "新区"  # 无锡市新区: the zone is named after its city
    return zone_at(detail, 0) or known_zone(detail)[0]


def remembered_first(suggestions: Sequence[str], choices: Iterable[ZoneChoice]) -> tuple[str, ...]:
    """The suggestions with the counties that were chosen before in front, the most frequent one first."""
    chosen = Counter(f"{c.province}{c.city}{c.county}" for c in choices)

    def times(text: str) -> int:
        # A municipality is written once: its choices have an empty city like its suggestions.
        return max((count for written, count in chosen.items() if text.startswith(written)), default=0)

    return tuple(sorted(suggestions, key=times, reverse=True))
