"""Heads of addresses, read once: whatever follows one, the answer is that of the whole text."""

from __future__ import annotations

from random import Random

import pytest

from server.domain import address_heads
from server.domain.address_heads import Heads
from server.domain.address_matching import Match, best_match
from server.domain.divisions import Division, Divisions
from server.geo.gazetteer import Gazetteer
from server.geo.short_names import city_names, county_names, province_names

TAILS = (
    "花园路39号",
    "中山路1号",
    "路1号",
    "街道办事处1号",
    "大道1号",
    "辖区内1号",
    "区1号",
    "经济技术开发区科学大道1号",
    "新区1号",
    "满族自治县1号",
    "族乡1号",
    "中区1号",
    "南区路1号",
    "市场北门",
    "-1号",
    "·新华路1号",
    "东路1号",
    "里5号",
    "蔡寨回族乡泉兰村3号",
    "自治路1号",
    "县城关镇1号",
    "",
)


def ways(random: Random, division: Division) -> list[str]:
    """A division as people write it: levels left out, shortened, or written twice."""
    province = random.choice(province_names(division.province))
    city = random.choice(city_names(division.city)) if division.city else ""
    county = random.choice(county_names(division.county)) if division.county else ""
    return [
        division.written,
        city + division.county,
        division.county,
        province + division.county,
        province + city + county,
        division.city + division.county * 2,
        f"{province}-{city}·{division.county}",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "河南省新乡市新密市中山路1号",
            "河南省新乡市新密市中区1号",
        ),  # 市中区 begins with the head's last character
        ("安徽省宿州市泗县1号", "安徽省宿州市泗县路1号"),  # 泗县路 is a road
        ("安徽省宿州市泗县1号", "安徽省宿州市泗县东路1号"),
        ("河南省西平县1号", "河南省西平县蔡寨回族乡1号"),
        ("海南保亭县1号", "海南保亭县黎族苗族自治县1号"),
        ("天津市滨海新区1号", "天津市滨海新区塘沽区1号"),
        ("陕西省西安市长安区1号", "陕西省西安市长安区高新技术产业开发区雁塔区1号"),
        ("浙江省温州市瓯海区1号", "浙江省温州市瓯海区瓯海区1号"),
        ("浙江省温州市瓯海区1号", "浙江省温州市瓯海区温州市瓯海区1号"),
    ],
)
def test_a_head_is_not_taken_where_what_follows_may_change_it(
    divisions: Gazetteer, first: str, second: str
) -> None:
    heads = Heads(divisions)
    for text in (first, second, first):
        assert heads.match(text) == best_match(text, divisions)


def test_every_head_means_what_the_whole_text_means(divisions: Gazetteer) -> None:
    random = Random(20261126)
    heads = Heads(divisions)
    for division in random.sample(list(divisions.divisions), 400):
        for head in ways(random, division):
            for text in (head + random.choice(TAILS), head + "A1", head + random.choice(TAILS)):
                assert heads.match(text) == best_match(text, divisions), text


def test_a_head_is_read_once(divisions: Gazetteer, monkeypatch: pytest.MonkeyPatch) -> None:
    whole: list[str] = []

    def counted(text: str, index: Divisions) -> Match:
        whole.append(text)
        return best_match(text, index)

    monkeypatch.setattr(address_heads, "best_match", counted)
    heads = Heads(divisions)
    found = [heads.match(f"河南省郑州市金水区花园路{number}号") for number in range(3)]
    assert found[0] is found[1] is found[2]
    assert heads.match("河南省郑州市花园路1号").divisions == ()
    assert whole == ["河南省郑州市花园路1号"]


def test_no_more_heads_are_kept_than_allowed(divisions: Gazetteer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_heads, "MOST_HEADS", 3)
    heads = Heads(divisions)
    for division in divisions.divisions[:10]:
        assert heads.match(division.written + "A1").divisions == (division,)
        assert len(heads._known) <= 3
