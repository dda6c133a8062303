"""Owns the way between the scoring format and the bulk tables: placements there and back, lines and shares back.

Refuses nothing of its own: what it is given are facts that the format's reader took. Rows go through a text file
of JSON a table, which DuckDB reads in columns: binding them row by row was measured to take ten times as long.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

import duckdb

from server.bulk.engine import TablesUnreadableError, connected, naming, parquet, quoted, rows_of
from server.bulk.tables import TABLES
from server.domain.money import format_fen
from server.domain.policy.facts import PlacementFacts, VisitFacts

Row = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def write_tables(placements: Iterable[PlacementFacts], folder: Path) -> None:
    """The bulk tables of placements, in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="fieldvisit-tables-") as scratch:
        files = {name: (Path(scratch) / f"{name}.json").open("w", encoding="utf-8") for name in TABLES}
        try:
            for placement in placements:
                _write_rows(files, placement)
        finally:
            for file in files.values():
                file.close()
        with naming(folder), connected() as connection:
            connection.execute("SET preserve_insertion_order = true")
            for name in TABLES:
                _copy(connection, Path(scratch) / f"{name}.json", folder / f"{name}.parquet", name)


def _copy(connection: duckdb.DuckDBPyConnection, source: Path, target: Path, name: str) -> None:
    read, chosen = [], []
    for column in TABLES[name]:
        kind = column.kind.shown.split(",")[0] if "DECIMAL" not in column.kind.shown else "DECIMAL(18,2)"
        if kind.startswith("TIMESTAMPTZ"):
            read.append(f"{column.name}: 'BIGINT'")
            chosen.append(f"make_timestamptz({column.name}) AS {column.name}")
        else:
            read.append(f"{column.name}: {quoted(kind)}")
            chosen.append(column.name)
    connection.execute(
        f"COPY (SELECT {', '.join(chosen)} FROM read_json({quoted(str(source))}, "  # noqa: S608
        f"format = 'newline_delimited', columns = {{{', '.join(read)}}})) "
        f"TO {quoted(str(target))} (FORMAT parquet)"
    )


def _write_rows(files: Mapping[str, TextIO], placement: PlacementFacts) -> None:
    def put(table: str, row: Row) -> None:
        files[table].write(json.dumps(row, default=str) + "\n")

    at = {"placement": placement.id}
    put(
        "placements",
        _fields(placement, "placements") | {"placed_amount": format_fen(placement.placed_amount)},
    )
    for referral in placement.police_referrals:
        put("police_referrals", at | _fields(referral, "police_referrals"))
    for visit in placement.visits:
        put("visits", at | _visit_row(visit))
        for table, items in (("contacts", visit.contacts), ("phones", visit.phones)):
            for item in items:
                put(table, at | {"visit": visit.id} | _fields(item, table))
    for repayment in placement.repayments:
        instant = _instant("paid_at", repayment.paid_at)
        put(
            "repayments",
            at | _fields(repayment, "repayments") | instant | {"amount": format_fen(repayment.amount)},
        )


def _fields(facts: Any, table: str) -> Row:
    return {
        column.name: getattr(facts, column.name) for column in TABLES[table] if hasattr(facts, column.name)
    }


def _visit_row(visit: VisitFacts) -> Row:
    letter = visit.letter
    return (
        _fields(visit, "visits")
        | _instant("started_at", visit.started_at)
        | {"address_kind": visit.address.kind, "address_confirmed": visit.address.confirmed}
        | {
            f"letter_{name}": getattr(letter, name, None)
            for name in ("left_at", "photographed", "counterfoil_returned", "acknowledged_on")
        }
    )


def _instant(name: str, instant: datetime | None) -> Row:
    if instant is None:
        return {name: None, f"{name}_beyond": None}
    # Whole numbers all the way: seconds as floats would move what is finer than they are.
    return {
        name: (instant - _EPOCH) // _MICROSECOND,
        f"{name}_beyond": getattr(instant, "beyond", "") or None,
    }


def read_answer(folder: Path) -> Iterator[Row]:
    """The lines of an answer with their shares, in the order and with the keys of the scoring format.

    Both files stand in the same order, so that neither is held.
    """
    with naming(folder), connected() as connection:
        connection.execute("SET preserve_insertion_order = true")
        for name in ("lines", "shares"):
            (folder / f"{name}.parquet").open("rb").close()
        shares = rows_of(connection, f"{_SHARES} FROM {parquet(folder / 'shares.parquet')}")
        of_lines = groupby(shares, key=itemgetter(0, 1))
        following = next(of_lines, None)
        for row in rows_of(connection, f"{_LINES} FROM {parquet(folder / 'lines.parquet')}"):
            seats: list[Row] = []
            if following is not None and following[0] == row[:2]:
                seats = [{"agent": agent, "amount": amount} for *_, agent, amount in following[1]]
                following = next(of_lines, None)
            yield _line(row, seats)
        if following is not None:
            raise TablesUnreadableError(
                f"{folder / 'shares.parquet'}: are no shares of these lines, in their order"
            )


_SHARES = "SELECT placement, repayment, agent, CAST(amount AS VARCHAR)"
_LINES = (
    "SELECT placement, repayment, CAST(amount AS VARCHAR), visit, basis, clause, CAST(window_from AS VARCHAR), "
    "CAST(window_to AS VARCHAR), window_extended, collector_commission, reason"
)


def _line(row: tuple[Any, ...], shares: list[Row]) -> Row:
    placement, repayment, amount, visit, basis, clause, first, last, extended, commission, reason = row
    return {
        "placement": placement,
        "repayment": repayment,
        "amount": amount,
        "visit": visit,
        "basis": basis,
        "clause": clause,
        "window": None if visit is None else {"from": first, "to": last, "extended": extended},
        "shares": shares,
        "collector_commission": commission,
        "reason": reason,
    }
