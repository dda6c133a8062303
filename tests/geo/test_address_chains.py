"""Heads told by their parts: the one reading is that of the whole head, and what can be read otherwise is refused."""

from __future__ import annotations

import pytest

from server.domain.address_chains import Chains
from server.domain.address_heads import Heads
from server.domain.address_matching import best_match
from server.geo.gazetteer import Gazetteer
from server.geo.short_names import city_names, province_names


@pytest.mark.parametrize(
    "head",
    [
        "重庆市江津区",  # 重庆市 was a city of 四川省 as well
        "吉林吉林市磐石市",
        "天津市滨海新区",  # a district that ends like a zone
        "河南省·郑州市金水区",
        "甘肃庆阳西峰区",  # 阳西 is a county too
        "河南省郑州市新城区",
    ],
)
def test_what_can_be_read_otherwise_is_refused(divisions: Gazetteer, head: str) -> None:
    levels, _ = Heads(divisions)._levels(head)
    assert Chains(divisions).chain(head, levels) is None


def test_the_chain_is_the_best_reading_of_its_head(divisions: Gazetteer) -> None:
    heads, chains = Heads(divisions), Chains(divisions)
    told = 0
    for division in divisions.divisions:
        short = province_names(division.province)[-1] + (
            city_names(division.city)[-1] if division.city else ""
        )
        for head in (division.written, division.city + division.county, short + division.county):
            chain = chains.chain(head, levels) if (levels := heads._levels(head)[0]) else None
            if chain is not None and best_match(head, divisions).reading.covered == len(head):
                assert chain.reading == best_match(head, divisions).reading, head
                told += 1
    assert told > 6000
