"""Points on a map of a page: what the browser draws, over the operator's tiles or on a plain ground.

Owns the drawing's description and that a page with a map may load pictures of the tiles' host. Refuses to name any
other host; without tiles no request leaves the house.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, g

from server.domain.map_tiles import MapTiles, shown_at
from server.domain.pack_sketch import Mark
from server.web.content_policy import content_policy
from server.web.endpoint import Call

_DIGITS = 6  # of a degree: a tenth of a metre


@dataclass(frozen=True, slots=True)
class Pin:
    """A mark with what stands on it, what it is called aloud, where it leads, and the radius of a fence around it."""

    mark: Mark
    kind: str
    label: str
    title: str
    href: str = ""
    fence_m: float = 0.0


@dataclass(frozen=True, slots=True)
class MapView:
    """`drawn` is what the script is given; `street` whether there are tiles behind."""

    drawn: str
    street: bool


def map_of(call: Call, pins: Iterable[Pin], ways: Iterable[Sequence[Mark]] = ()) -> MapView | None:
    """The map of the pins with lines along the ways, None where there is no pin; the page may load its tiles."""
    tiles = call.house.map_tiles
    g.desk_tiles = tiles
    given = [_pin(pin, tiles) for pin in pins]
    if not given:
        return None
    lines = [[_at(mark, tiles) for mark in way] for way in ways if len(way) > 1]
    drawn: dict[str, object] = {"pins": given, "ways": lines, "tiles": None}
    if tiles is not None:
        drawn["tiles"] = {"url": tiles.url, "by": tiles.attribution, "deepest": tiles.deepest}
    return MapView(json.dumps(drawn, ensure_ascii=False), tiles is not None)


def let_tiles_in(response: Response) -> Response:
    """The policy of a page that shows a map: as all others, and pictures of one host more."""
    tiles: MapTiles | None = g.get("desk_tiles")
    if tiles is not None and response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = content_policy(images=tiles.origin)
    return response


def _pin(pin: Pin, tiles: MapTiles | None) -> dict[str, object]:
    return {
        "kind": pin.kind,
        "label": pin.label,
        "title": pin.title,
        "at": _at(pin.mark, tiles),
        "unsure": round(pin.mark.accuracy_m),
        "fence": round(pin.fence_m),
        "href": pin.href,
    }


def _at(mark: Mark, tiles: MapTiles | None) -> list[float]:
    return [round(degrees, _DIGITS) for degrees in shown_at(mark.latitude, mark.longitude, tiles)]
