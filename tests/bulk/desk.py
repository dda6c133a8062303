"""Owns what the tests of scoring over columns share: a folder of tables, a change to one, a run of the command."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
from click.testing import CliRunner, Result

from server.bulk.convert import read_answer, write_tables
from server.bulk.engine import score_tables
from server.cli import main
from server.domain.policy.editions import PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.wire import read_placement
from tests.policy.world import letter, paid, phone, placement, relay, visit

TWO: list[dict[str, Any]] = [
    placement(
        [
            visit("V1", "2026-03-10", contacts=[relay("2026-03-12"), relay(None)], letter=letter(),
                  phones=[phone("T1"), phone("T2", "other")]),
            visit("V2", "2026-03-20"),
        ],
        [paid("2026-03-12", "500.00", id="P-1"), paid("2026-03-21", "0.03", id="P-2"),
         paid("2026-03-22", "-0.01", id="P-3", reverses="P-2"), paid("2026-03-22", "-0.01", id="P-4", reverses="P-2")],
        id="E-1", police_referrals=[{"referred_on": "2026-05-01", "early_explained": False}],
    ),
    placement([visit("V1")], [paid("2026-03-12", "7.01", id="P-1")], id="E-2"),
]  # fmt: skip


def pack(folder: Path, records: Iterable[dict[str, Any]] = TWO) -> Path:
    """The tables of some placements, in a folder."""
    write_tables([read_placement(record) for record in records], folder)
    return folder


def rewrite(folder: Path, table: str, query: str) -> None:
    """Write a table anew from a query over what it holds, which the query calls `old`."""
    file = folder / f"{table}.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE old AS SELECT * FROM read_parquet('{file}')")
        connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")


def set_first(folder: Path, table: str, column: str, expression: str) -> None:
    """Change one column of the table's first row."""
    changed = f"CASE WHEN number = 1 THEN {expression} ELSE {column} END"
    numbered = "SELECT *, row_number() OVER () AS number FROM old"
    rewrite(folder, table, f"SELECT * EXCLUDE number REPLACE ({changed} AS {column}) FROM ({numbered})")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def answers(placements: list[PlacementFacts], book: PolicyBook, folder: Path) -> list[dict[str, Any]]:
    """The lines that scoring over columns gives, in the words of the scoring format."""
    write_tables(placements, folder / "in")
    assert score_tables(folder / "in", folder / "out", book) == []
    return list(read_answer(folder / "out"))
