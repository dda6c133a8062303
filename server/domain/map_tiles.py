"""Street maps behind points on a page: whose tiles they are, in which datum they are drawn.

Owns the tiles' description and points moved into their datum. Refuses to fetch anything: a reader's browser asks for
the tiles, and nobody does where the operator names none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.domain.coordinates import Datum, Point, converted

# Braces for the three numbers of a tile alone: with a host of many names the page's policy would have to let in all.
_TEMPLATE = re.compile(
    r"(?P<origin>https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?)/[!-;=?-z|~{}]*", re.ASCII
)
_BRACES = re.compile(r"\{([^{}]*)\}")
_NUMBERS = {"x", "y", "z"}


@dataclass(frozen=True, slots=True)
class MapTiles:
    """`url` has {z}, {x} and {y}; `origin` is its scheme and host, `deepest` the last zoom that there are tiles of."""

    url: str
    origin: str
    attribution: str
    datum: Datum
    deepest: int


def origin_of(url: str) -> str | None:
    """Scheme and host of a template that names a tile by its three numbers and nothing else; None for any other."""
    found = _TEMPLATE.fullmatch(url)
    names = _BRACES.findall(url)
    plain = _BRACES.sub("", url)
    if found is None or set(names) != _NUMBERS or len(names) != len(_NUMBERS) or "{" in plain or "}" in plain:
        return None
    return found["origin"]


def shown_at(latitude: float, longitude: float, tiles: MapTiles | None) -> tuple[float, float]:
    """Where a place in WGS-84 lies on the tiles, for the picture alone; as it is where there are none."""
    if tiles is None:
        return latitude, longitude
    moved = converted(Point(latitude, longitude), tiles.datum)
    return moved.latitude, moved.longitude
