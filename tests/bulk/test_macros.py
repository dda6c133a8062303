"""The calendar that SQL keeps is the calendar of the pure function: local days, and the ends of months."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from server.bulk.engine import connected
from server.domain.calendar import SHANGHAI, local_day
from server.domain.money import format_fen
from server.domain.policy.editions import Edition
from server.domain.policy.windows import w1_month_end

HOUR = timedelta(hours=1)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with connected() as made:
        yield made


def test_local_days_are_those_of_the_time_zone_since_1900(connection: duckdb.DuckDBPyConnection) -> None:
    """Every noon and every hour of the nights in which Shanghai changed its clocks."""
    instants = [
        datetime(year, 1, 1, 15 + hour, tzinfo=UTC)
        for year in (*range(1, 9999, 97), 1991, 1992)
        for hour in (0, 1)
    ]
    instants += [instant - timedelta(microseconds=1) for instant in instants]
    before = None
    instant = datetime(1900, 1, 1, 12, tzinfo=UTC)
    while instant.year < 1993:
        offset = instant.astimezone(SHANGHAI).utcoffset()
        if offset != before:
            instants += [instant - HOUR * hour / 2 for hour in range(60)]
        before = offset
        instant += timedelta(days=1)
    connection.execute(
        "CREATE TABLE instants AS SELECT make_timestamptz(unnest($1)) AS instant", [_micros(instants)]
    )
    days = connection.execute(
        "SELECT CAST(local_day(instant) AS VARCHAR) FROM instants ORDER BY rowid"
    ).fetchall()
    wrong = [(one, day) for one, (day,) in zip(instants, days, strict=True) if str(local_day(one)) != day]
    assert wrong == []
    assert len(instants) > 1000


@pytest.mark.parametrize("month_end", ["day_before", "same_day"])
def test_months_end_as_w1_says_on_every_day_of_some_years(
    connection: duckdb.DuckDBPyConnection, month_end: str
) -> None:
    edition = Edition(month_end=month_end)  # type: ignore[arg-type]  # parametrized over both values
    days = [first + timedelta(days=number) for first in _FIRST_DAYS for number in range(365)]
    connection.execute(
        "CREATE TABLE days AS SELECT CAST(unnest($1) AS DATE) AS day", [[str(day) for day in days]]
    )
    ends = connection.execute("SELECT month_end(day, $1) FROM days ORDER BY rowid", [month_end]).fetchall()
    assert [end for (end,) in ends] == [w1_month_end(day, edition) for day in days]


_FIRST_DAYS = [
    date(1900, 1, 1),
    date(2000, 1, 1),
    date(2023, 12, 1),
    date(2026, 1, 1),
    date(2100, 1, 1),
    date(9999, 1, 1),
]


def _micros(instants: list[datetime]) -> list[int]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return [(instant - epoch) // timedelta(microseconds=1) for instant in instants]


def test_amounts_are_read_and_written_to_the_fen(connection: duckdb.DuckDBPyConnection) -> None:
    """On both sides of where products of 64 bits end, and as far as the column goes."""
    edges = [0, 99_999_999_999_900, 99_999_999_999_999, 999_999_999_999_999, 999_999_999_999_999_999]
    for fen in {sign * (edge + step) for edge in edges for step in (-1, 0, 1) for sign in (1, -1)}:
        if abs(fen) >= 10**18:
            continue
        asked = "SELECT CAST(amount_of($fen) AS VARCHAR), fen_of(CAST($amount AS DECIMAL(18, 2)))"
        amount = format_fen(fen)
        found = connection.execute(asked, {"fen": fen, "amount": amount}).fetchone()
        assert found == (amount, fen)
