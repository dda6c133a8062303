"""Points of addresses and outlines of counties, as tests need them in the house."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from server.domain.address_points import AddressPoint, PointState
from server.domain.coordinates import Datum
from server.domain.placements import Address
from server.geo.outlines import write_table
from tests.conftest import Desk

Corners = list[tuple[float, float]]
# 原阳县 as a square around the place of `on_site`, a fifth of a degree wide: no real outline.
COUNTY_CODE = "410725"
SQUARE: Corners = [(113.85, 34.95), (114.05, 34.95), (114.05, 35.15), (113.85, 35.15)]


def make_point(
    desk: Desk, address: Address, latitude: float, longitude: float, **changes: Any
) -> AddressPoint:
    """The answer of a provider about the address's text: WGS-84, known to 50 m, unless said otherwise."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "normalized": address.normalized,
            "county_code": address.county_code,
            "state": PointState.FOUND,
            "provider": "nominatim",
            "latitude": latitude,
            "longitude": longitude,
            "datum": Datum.WGS84,
            "precision": "house",
            "accuracy_m": 50.0,
            "wanted_at": uow.now,
            "asked_at": uow.now,
            "answered_at": uow.now,
            "attempts": 1,
            "last_error": None,
            "version": 1,
        }
        row = uow.address_points.add(AddressPoint(**values | changes))
        uow.commit()
    return row


def write_geojson(path: Path, counties: dict[str, list[Corners]], name: str = "gb") -> Path:
    """Counties by code, each a list of rings: one polygon a ring."""
    features = [
        {
            "type": "Feature",
            "properties": {name: code},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[list(corner) for corner in [*ring, ring[0]]]] for ring in rings],
            },
        }
        for code, rings in counties.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def bring_outlines(desk: Desk, tmp_path: Path, **counties: list[Corners]) -> None:
    """Have the house know the outline of 原阳县 (or of `c410725=…`) from now on."""
    by_code = {code.removeprefix("c"): rings for code, rings in counties.items()}
    geojson = write_geojson(tmp_path / "counties.geojson", by_code or {COUNTY_CODE: [SQUARE]})
    write_table(desk.installation.settings.outlines_file, geojson)
