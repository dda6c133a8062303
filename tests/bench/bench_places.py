"""Figures of geography: datums, the outline table, a check against an outline, a verdict, a route.

    python -m tests.bench.bench_places

The table is that of FIELDVISIT_OUTLINES, else of `.data`; without one its figures are left out. FIELDVISIT_KNOWN_POINTS
names a CSV of points whose county is known (adcode, longitude, latitude; no other column is read), for the rate within
a kilometre, in whatever datum they are in.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from server.domain.coordinates import Datum, Point, converted
from server.domain.outlines import Outline, distance_to_outline_m
from server.domain.places import Observation, Observed, visit_place, within_county
from server.domain.presence import distance_m
from server.domain.routes import better_order, length_m
from server.geo.distances import EarthDistances
from server.geo.gazetteer import gazetteer
from server.geo.outlines import OutlineTable, read_index

SEED = 20191220
TABLE = Path(os.environ.get("FIELDVISIT_OUTLINES") or ".data/outlines.fvo")
Figures = dict[str, object]


def seconds(act: Callable[[], object]) -> float:
    begins = time.perf_counter()
    act()
    return time.perf_counter() - begins


def datums(dice: random.Random) -> Figures:
    """Worst error of the way there and back, and of the usual one-step inverse, over points within China."""
    points = [Point(dice.uniform(18, 53), dice.uniform(74, 135)) for _ in range(20_000)]
    shifted = [converted(point, Datum.BD09) for point in points]
    back: list[Point] = []
    took = seconds(lambda: back.extend(converted(point, Datum.WGS84) for point in shifted))
    worst = max(_apart(one, other) for one, other in zip(points, back, strict=True))
    one_step = max(_apart(point, _one_step(converted(point, Datum.GCJ02))) for point in points)
    return {
        "datum_round_trip_worst_m": float(f"{worst:.2g}"),
        "datum_one_step_inverse_worst_m": round(one_step, 2),
        "bd09_to_wgs84_us": round(took / len(points) * 1e6, 1),
    }


def _one_step(shifted: Point) -> Point:
    again = converted(Point(shifted.latitude, shifted.longitude), Datum.GCJ02)
    return Point(2 * shifted.latitude - again.latitude, 2 * shifted.longitude - again.longitude)


def _apart(one: Point, other: Point) -> float:
    return distance_m(one.latitude, one.longitude, other.latitude, other.longitude)


def outlines(dice: random.Random) -> Figures:
    """Opening the table, reading a county, checking a point near it."""
    table = OutlineTable(TABLE)
    opened = seconds(lambda: table.outline("000000"))
    codes = [division.code for division in gazetteer().divisions]
    tracemalloc.start()
    known = {code: outline for code in codes if (outline := table.outline(code)) is not None}
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    fresh = OutlineTable(TABLE)
    read = seconds(lambda: [fresh.outline(code) for code in known])
    near = {code: point for code in known if (point := gazetteer().point(code)) is not None}
    places = {
        code: (north + dice.uniform(-0.3, 0.3), east + dice.uniform(-0.3, 0.3))
        for code, (east, north) in near.items()
    }
    checked = seconds(lambda: [distance_to_outline_m(known[code], *place) for code, place in places.items()])
    return {
        "outlines_file_mb": round(TABLE.stat().st_size / 1e6, 2),
        "outlines_counties": len(read_index(TABLE)),
        "divisions_without_outline": len(codes) - len(known),
        "outlines_corners": sum(len(ring) for outline in known.values() for ring in outline),
        "outlines_open_ms": round(opened * 1e3, 1),
        "outline_read_us": round(read / len(known) * 1e6),
        "outlines_all_in_memory_mb": round(held / 1e6, 1),
        "outline_check_us": round(checked / len(places) * 1e6, 1),
        "place_verdict_us": round(_verdicts(known, places) / len(places) * 1e6, 1),
    }


def _verdicts(known: Mapping[str, Outline], places: Mapping[str, tuple[float, float]]) -> float:
    """Two check-ins and three photos of a visit."""

    def judge() -> None:
        for code, place in places.items():
            seen = [
                Observation(Observed.CHECK_IN if number < 2 else Observed.PHOTO, str(number), *place, 12.0)
                for number in range(5)
            ]
            visit_place(seen, within_county(known[code]))

    return seconds(judge)


def within_a_kilometre() -> Figures:
    """How many points whose county is known lie within 1, 2 and 5 km of it, taken as they are and as GCJ-02."""
    path = os.environ.get("FIELDVISIT_KNOWN_POINTS")
    if not path:
        return {}
    table = OutlineTable(TABLE)
    rows = [row for row in _known(Path(path)) if table.outline(row[0]) is not None]
    figures: Figures = {"known_points": len(rows)}
    for datum in (Datum.WGS84, Datum.GCJ02):
        off = []
        for code, latitude, longitude in rows:
            place = converted(Point(latitude, longitude, datum), Datum.WGS84)
            outline = table.outline(code)
            assert outline is not None
            off.append(distance_to_outline_m(outline, place.latitude, place.longitude))
        for metres in (0, 1000, 2000, 5000):
            share = sum(one <= metres for one in off) / len(off)
            figures[f"within_{metres}_m_taken_as_{datum}"] = round(share, 4)
    return figures


def _known(path: Path) -> Iterator[tuple[str, float, float]]:
    today = {division.code for division in gazetteer().divisions}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            code = row["adcode"][:6]
            if code in today and row["longitude"] and row["latitude"]:
                yield code, float(row["latitude"]), float(row["longitude"])


def routes(dice: random.Random) -> Figures:
    """Random stops of a city: how much shorter than the order of entry, and how long it takes."""
    figures: Figures = {}
    for count in (6, 10, 12, 30, 60):
        points = [Point(34.75 + dice.gauss(0, 0.06), 113.65 + dice.gauss(0, 0.08)) for _ in range(count)]
        begins = time.perf_counter()
        metres = EarthDistances().between(points)
        measured = time.perf_counter()
        found = better_order(metres)
        ordered = time.perf_counter()
        entered = length_m(range(count), metres)
        figures[f"route_of_{count}"] = {
            "shorter_by": 0.0 if found is None else round(1 - length_m(found, metres) / entered, 3),
            "distances_ms": round((measured - begins) * 1e3, 1),
            "order_ms": round((ordered - measured) * 1e3, 1),
        }
    return figures


def main() -> None:
    """Print one JSON object."""
    EarthDistances().between([Point(34, 113), Point(35, 114)])  # geopy is imported now, not within a figure
    figures = datums(random.Random(SEED)) | routes(random.Random(SEED))
    if TABLE.is_file():
        figures |= outlines(random.Random(SEED)) | within_a_kilometre()
    else:
        sys.stderr.write(f"no table of outlines at {TABLE}: its figures are left out (docs/geography.md)\n")
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
