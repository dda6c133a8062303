"""The table of county outlines: made of a GeoJSON, read a county at a time, refused where it is none."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from server.domain.outlines import distance_to_outline_m
from server.geo.outlines import OutlinesUnreadable, OutlineTable, read_index, write_table
from tests.support.geography import COUNTY_CODE, SQUARE, Corners, write_geojson

UNIT = 1e-5


def table_of(tmp_path: Path, counties: dict[str, list[Corners]], name: str = "gb") -> OutlineTable:
    path = tmp_path / "outlines.fvo"
    write_table(path, write_geojson(tmp_path / "counties.geojson", counties, name))
    return OutlineTable(path)


def test_a_firm_without_a_table_can_judge_nothing(tmp_path: Path) -> None:
    assert OutlineTable(tmp_path / "none.fvo").outline(COUNTY_CODE) is None


def test_a_county_that_the_table_lacks_cannot_be_judged(tmp_path: Path) -> None:
    table = table_of(tmp_path, {COUNTY_CODE: [SQUARE]})
    assert table.outline("653228") is None
    assert table.outline("") is None


def test_what_goes_in_comes_out_to_a_metre(tmp_path: Path) -> None:
    island = [(-0.000015, -35.5), (0.25, -35.25), (0.5, -35.75)]
    found = table_of(tmp_path, {COUNTY_CODE: [SQUARE, island]}).outline(COUNTY_CODE)
    assert found is not None
    assert [len(ring) for ring in found] == [4, 3]
    for ring, given in zip(found, [SQUARE, island], strict=True):
        assert [corner for pair in ring for corner in pair] == pytest.approx(
            [corner for pair in given for corner in pair], abs=UNIT / 2 + 1e-12
        )


@pytest.mark.parametrize(
    ("name", "code"),
    [("gb", "156410725"), ("adcode", "410725"), ("code", "410725000000"), ("gb2260", "410725")],
)
def test_codes_as_the_makers_of_such_data_write_them(name: str, code: str, tmp_path: Path) -> None:
    assert table_of(tmp_path, {code: [SQUARE]}, name).outline("410725") is not None


def test_a_former_code_stands_for_todays(tmp_path: Path) -> None:
    table = table_of(tmp_path, {"540422": [SQUARE]})
    assert table.outline("540481") is not None


def ragged(seed: int) -> Corners:
    """A ring of a thousand corners whose sides are all but straight."""
    dice = random.Random(seed)
    sides = zip(SQUARE, [(0.2, 0), (0, 0.2), (-0.2, 0), (0, -0.2)], strict=True)
    straight = [
        (east + at / 250 * dx, north + at / 250 * dy)
        for (east, north), (dx, dy) in sides
        for at in range(250)
    ]
    return [(east + dice.uniform(-3e-4, 3e-4), north + dice.uniform(-3e-4, 3e-4)) for east, north in straight]


@pytest.mark.parametrize("seed", range(3))
def test_corners_are_left_out_only_where_the_outline_moves_by_less_than_sixty_metres(
    seed: int, tmp_path: Path
) -> None:
    """Fifty by simplification, a metre by rounding: against the very corners that went in."""
    ring = ragged(seed)
    found = table_of(tmp_path, {COUNTY_CODE: [ring]}).outline(COUNTY_CODE)
    assert found is not None
    assert len(found[0]) < len(ring) / 2
    dice = random.Random(seed + 100)
    for _ in range(300):
        place = dice.uniform(34.9, 35.2), dice.uniform(113.8, 114.1)
        before, after = distance_to_outline_m([ring], *place), distance_to_outline_m(found, *place)
        assert after == pytest.approx(before, abs=60)


def test_lines_provinces_and_features_without_a_code_are_left_out(tmp_path: Path) -> None:
    path = write_geojson(
        tmp_path / "counties.geojson", {"410000": [SQUARE], "": [SQUARE], "410725": [SQUARE]}
    )
    told = json.loads(path.read_text())
    line = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
    told["features"].append({"properties": {"gb": "410726"}, "geometry": line})
    told["features"].append({"properties": None, "geometry": None})
    path.write_text(json.dumps(told))
    assert write_table(tmp_path / "outlines.fvo", path) == 1
    assert list(read_index(tmp_path / "outlines.fvo")) == ["410725"]


@pytest.mark.parametrize("text", ["", "[]", '{"features": 3}', '{"features": []}', '{"features": [{}]}', "{"])
def test_what_is_no_geojson_of_counties_is_refused_and_the_former_table_stays(
    text: str, tmp_path: Path
) -> None:
    table = table_of(tmp_path, {COUNTY_CODE: [SQUARE]})
    broken = tmp_path / "broken.geojson"
    broken.write_text(text)
    with pytest.raises(OutlinesUnreadable, match="geojson"):
        write_table(tmp_path / "outlines.fvo", broken)
    assert table.outline(COUNTY_CODE) is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "broken.geojson",
        "counties.geojson",
        "outlines.fvo",
    ]


@pytest.mark.parametrize("keep", [0, 4, 20, 60])
def test_a_table_that_is_damaged_is_said_to_be(keep: int, tmp_path: Path) -> None:
    table_of(tmp_path, {COUNTY_CODE: [SQUARE]})
    path = tmp_path / "outlines.fvo"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(OutlinesUnreadable, match=r"fieldvisit outlines|damaged"):
        OutlineTable(path).outline(COUNTY_CODE)


def test_the_command_makes_the_table_where_the_house_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDVISIT_DATA_DIR", str(tmp_path / "data"))
    geojson = write_geojson(tmp_path / "counties.geojson", {COUNTY_CODE: [SQUARE]})
    done = CliRunner().invoke(main, ["outlines", str(geojson)])
    assert done.exit_code == 0, done.output
    assert "1 counties" in done.output
    assert OutlineTable(tmp_path / "data" / "outlines.fvo").outline(COUNTY_CODE) is not None
    refused = CliRunner().invoke(main, ["outlines", str(tmp_path / "data" / "outlines.fvo")])
    assert refused.exit_code == 2
    assert "no GeoJSON" in refused.output
