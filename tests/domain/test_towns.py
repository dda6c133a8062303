"""Towns of a county in one text: they answer as a set would, and tell which of them a text begins with."""

from __future__ import annotations

import pytest

from server.domain.divisions import Towns

NAMES = frozenset({"城关镇", "城关", "城关镇北", "太平镇", "太和乡"})


def test_they_are_a_set_of_names() -> None:
    towns = Towns("\n".join(NAMES))
    assert towns == NAMES
    assert len(towns) == 5
    assert "太平镇" in towns
    assert [name for name in ("太平", "平镇", "", "镇\n太平镇") if name in towns] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("城关镇北路1号", ["城关镇北", "城关镇", "城关"]),
        ("城关1号", ["城关"]),
        ("太和乡", ["太和乡"]),
        ("太和", []),
        ("太", []),
        ("", []),
        ("小城关镇1号", []),
    ],
)
def test_a_text_begins_with_some_of_them_the_longest_first(text: str, found: list[str]) -> None:
    assert list(Towns("\n".join(sorted(NAMES))).in_front(text)) == found


def test_a_county_without_towns_has_none() -> None:
    assert (len(Towns()), list(Towns()), list(Towns().in_front("城关镇"))) == (0, [], [])
