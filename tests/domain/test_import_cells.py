"""Cells as people and spreadsheets write them: days, times, amounts, choices."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from server.domain.import_cells import (
    COUNT,
    FLAG,
    choice_cell,
    parse_day_cell,
    parse_instant_cell,
    parse_money_cell,
    several_cell,
    text_cell,
)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05",
        "2026/1/5",
        "2026.1.5",
        "2026年1月5日",
        "20260105",
        "2026-01-05 00:00:00",
        "2026-01-05T00:00:00",
    ],
)
def test_a_day_is_read_in_the_forms_that_people_use(text: str) -> None:
    assert parse_day_cell(text) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-13-01",
        "2025-02-29",
        "05/01/2026",
        "2026-01",
        "46027",
        "2026-01-05 10:00",
        "1989-12-31",
    ],
)
def test_a_day_that_does_not_exist_or_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="date"):
        parse_day_cell(text)


@pytest.mark.parametrize(
    "text",
    ["2026-01-05 10:20", "2026-01-05 10:20:00", "2026-01-05T10:20:00", "2026/1/5 10:20", "2026-01-05T10:20:00+08:00",
     "2026-01-05 02:20:00Z"],
)  # fmt: skip
def test_a_time_without_a_zone_is_the_firms(text: str) -> None:
    assert parse_instant_cell(text) == datetime(2026, 1, 5, 2, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-01-05", "2026-01-05 24:00", "2026-01-05 10:60", "10:20", "2026-02-30 10:20"]
)
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a"):
        parse_instant_cell(text)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.5", 123_450),
        ("1,234.50", 123_450),
        ("¥1234.50", 123_450),
        ("1234.50元", 123_450),
        ("-0.05", -5),
        ("0", 0),
    ],
)
def test_an_amount_is_exact_to_the_fen(text: str, fen: int) -> None:
    assert parse_money_cell(text) == fen


@pytest.mark.parametrize("text", ["1.234", "1,23", "12,34.5", "1e5", "", "abc", "1" * 20, "--1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        parse_money_cell(text)


def test_choices_flags_counts_and_texts_say_what_belongs_there() -> None:
    cell = choice_cell({"户籍": 1, "household": 1, "家庭": 2})
    assert (cell.parse("户籍"), cell.parse("HOUSEHOLD"), cell.parse("家庭")) == (1, 1, 2)
    assert several_cell({"外访员": "a", "法务": "b"}).parse("法务、外访员，法务") == ("b", "a")
    assert (FLAG.parse("是"), FLAG.parse("No"), COUNT.parse("35")) == (True, False, 35)
    for wrong, text in (
        (cell, "其他"),
        (FLAG, "也许"),
        (COUNT, "-1"),
        (text_cell(2), "三个字"),
        (text_cell(), "a\x07"),
    ):
        with pytest.raises(ValueError, match="must be"):
            wrong.parse(text)
