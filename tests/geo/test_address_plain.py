"""The plain road: it answers only where the long road says the same, and the command writes the same line of both."""

from __future__ import annotations

from random import Random

import pytest

from server.cli.address_lines import Lines, as_json
from server.domain.address_plain import PlainRoad
from server.domain.addresses import check_address, check_closely
from server.geo.gazetteer import Gazetteer
from tests.geo.test_address_heads import TAILS, ways

HEAD = "河南省郑州市金水区"
PECULIAR = (
    "郑州市中原区1号",  # a second county
    "高新区1号",
    "科学城1号",
    "花园路管委会",
    "花园路1380000123",  # ten digits may be a telephone number, nine are a house or a postcode
    "花园路0371-66001",
    "花園路39号",
    "花园路３９号",
    "花园路 39号",
    "地址:花园路39号",
    '花园路"39号"',
    "花园路\\39号",
    "花园路39号\U0001f600",
    "-",
    "",
)


@pytest.mark.parametrize("tail", PECULIAR)
def test_what_gives_cause_to_look_closer_is_not_plain(divisions: Gazetteer, tail: str) -> None:
    road = PlainRoad(divisions)
    for _ in ("at first sight", "once the head is known"):
        assert road.read(HEAD + tail) is None


@pytest.mark.parametrize(
    "text", ["台湾省台北市花园路1号", "中国河南省郑州市金水区花园路1号", "郑州市原阳县花园路1号"]
)
def test_what_is_not_said_of_one_county_of_today_is_not_plain(divisions: Gazetteer, text: str) -> None:
    assert PlainRoad(divisions).read(text) is None


@pytest.mark.parametrize(
    "tail",
    [
        "花园路39号",
        "柳林村3号",
        "银光小区7号楼",
        "花园路居委会",
        "花园路38-123456",
        "花园路138000012",
        "东街城墙根",
        "A",
    ],
)
def test_most_addresses_are_plain(divisions: Gazetteer, tail: str) -> None:
    plain = PlainRoad(divisions).read(HEAD + tail)
    assert plain is not None
    assert (plain.ready.division.code, plain.town, plain.detail) == ("410105", "", tail)
    assert plain.urban_village == (tail == "柳林村3号")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_both_roads_say_the_same(divisions: Gazetteer, locale: str) -> None:
    random = Random(20261127)
    lines = Lines(divisions, locale)
    plain = 0
    for division in random.sample(list(divisions.divisions), 300):
        towns = sorted(divisions.towns(division.code)) or [""]
        for head in ways(random, division):
            for tail in (
                *random.sample(TAILS, 2),
                random.choice(towns) + "建设路12号",
                random.choice(PECULIAR),
            ):
                text = head + tail
                closely = check_closely(text, divisions, locale)
                assert check_address(text, divisions, locale) == closely, text
                assert lines.line(text) == as_json(closely), text
                plain += PlainRoad(divisions).read(text) is not None
    assert plain > 1000
