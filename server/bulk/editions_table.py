"""Owns the policy as a table: one row an edition, the days from which it is in force, what the scoring asks of it.

Refuses a half with more digits than whole numbers of 128 bits can compare. Counts beyond every calendar are cut
to one that is as good as endless, for the days of a window end with the calendar (`days_after`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb

from server.domain.policy.editions import Edition, PolicyBook

_COLUMNS = (
    ("relay_days", "INTEGER"), ("letter_days", "INTEGER"), ("police_referral_wait_days", "INTEGER"),
    ("team_size", "INTEGER"), ("month_end", "VARCHAR"), ("half_base", "VARCHAR"), ("c4_needs", "VARCHAR"),
    ("letter_opens_month", "BOOLEAN"), ("nearest_must_cover", "BOOLEAN"),
    ("window_stops_at_placement_end", "BOOLEAN"), ("promise_excludes_visit", "BOOLEAN"),
    ("relay_must_be_confirmed", "BOOLEAN"), ("evidence_required", "VARCHAR"), ("supersede_keeps_contact", "BOOLEAN"),
    ("half_numerator", "HUGEINT"), ("half_denominator", "HUGEINT"),
)  # fmt: skip
_ENDLESS = date.max.toordinal()
# Sums of fen have at most 27 digits (a thousand million amounts of 16 digits before the point), HUGEINT has 38.
_LARGEST_TERM = 10**10


class HalfTooFineError(ValueError):
    """A `half_ratio` whose fraction does not fit; the command that goes line by line takes it."""


def create_editions_table(connection: duckdb.DuckDBPyConnection, book: PolicyBook) -> None:
    """The table `editions`; the first edition is in force before all of them too."""
    declared = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS)
    connection.execute(f"CREATE TEMP TABLE editions (in_force_from DATE, {declared})")
    marks = ", ".join("?" * (len(_COLUMNS) + 1))
    for index, edition in enumerate(book.editions):
        in_force_from = edition.effective_from if index else date.min
        connection.execute(f"INSERT INTO editions VALUES ({marks})", [in_force_from, *_values(edition)])  # noqa: S608


def _values(edition: Edition) -> list[Any]:
    if max(edition.half_numerator, edition.half_denominator) > _LARGEST_TERM:
        raise HalfTooFineError(
            f"half_ratio: {edition.half_ratio} has more digits than scoring over columns compares"
        )
    values: list[Any] = []
    for name, kind in _COLUMNS:
        value = getattr(edition, name)
        values.append(min(value, _ENDLESS) if kind == "INTEGER" else value)
    return values
