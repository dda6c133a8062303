"""What a text typed into the search can mean: refusals first, then each kind at its edges."""

from __future__ import annotations

import pytest

from server.domain.searching import Sought, meant

A_VISIT = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"


@pytest.mark.parametrize("text", ["", " ", "张", " 张 ", "\u3000张\u3000", "7", "-"])
def test_less_than_two_characters_means_nothing(text: str) -> None:
    assert meant(text) == {}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("张明", {Sought.NAME, Sought.ADDRESS}),
        ("阿依古丽·买买提", {Sought.NAME, Sought.ADDRESS}),
        ("柳林村3号", {Sought.CASE, Sought.ADDRESS}),
        ("E-1042", {Sought.CASE}),
        ("123", {Sought.CASE}),
        ("1234", {Sought.CASE, Sought.NUMBER}),
        ("123x", {Sought.CASE, Sought.NUMBER}),
        ("12x4", {Sought.CASE}),
        ("Wang Li", {Sought.CASE, Sought.NAME}),
        ("0371-66001234", {Sought.CASE, Sought.NUMBER}),
        ("138 0013 8000", {Sought.CASE, Sought.NUMBER, Sought.VISIT}),
        ("+8613800138000", {Sought.CASE, Sought.NUMBER}),
        ("13800138", {Sought.CASE, Sought.NUMBER, Sought.VISIT}),
        ("0199a1b", {Sought.CASE}),
        ("0199a1b2", {Sought.CASE, Sought.VISIT}),
        (A_VISIT, {Sought.CASE, Sought.VISIT}),
        (A_VISIT.upper(), {Sought.CASE, Sought.VISIT}),
        (f"{A_VISIT}0", {Sought.CASE}),
        ("%_", {Sought.CASE}),
    ],
)
def test_each_text_is_looked_for_where_it_can_stand(text: str, kinds: set[Sought]) -> None:
    assert set(meant(text)) == kinds


def test_the_spelling_is_that_of_the_rows() -> None:
    assert meant("　张　明　")[Sought.NAME] == "张 明"
    assert meant("１３８００１３８０００")[Sought.NUMBER] == "13800138000"
    assert meant("金水区 花园路")[Sought.ADDRESS] == "金水区花园路"
    assert meant(A_VISIT.upper())[Sought.VISIT] == A_VISIT


def test_a_name_of_thirty_characters_is_one_and_of_thirty_one_is_none() -> None:
    assert Sought.NAME in meant("张" * 30)
    assert Sought.NAME not in meant("张" * 31)
