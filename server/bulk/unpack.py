"""Owns the way from the bulk tables back to placements, one at a time, in the order of the table.

Refuses rows that break the format in the words of its reader; a child of no placement is seen by the scoring alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from server.bulk.engine import TablesUnreadableError, connected, naming, open_files, rows_of
from server.bulk.tables import TABLES
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.wire import read_placement
from server.domain.policy.wire_rules import FactsError

Record = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHILDREN = tuple(name for name in TABLES if name != "placements")


def read_tables(folder: Path) -> Iterator[PlacementFacts]:
    """The placements of a folder of tables; TablesUnreadableError for the first that breaks the format."""
    with naming(folder), connected() as connection:
        open_files(connection, folder)
        children = {name: _Children(connection, name) for name in _CHILDREN}
        query = (
            f"SELECT file_row_number, {_chosen('placements')} FROM placements_file ORDER BY file_row_number"  # noqa: S608
        )
        for number, *values in rows_of(connection, query):
            record = _record("placements", values)
            yield _placement(folder, record, {name: children[name].of(number) for name in _CHILDREN})


class _Children:
    """The rows of a table, handed out placement by placement while both run in the same order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        query = (
            f"SELECT placements_file.file_row_number, {_chosen(table)} "  # noqa: S608
            f"FROM {table}_file JOIN placements_file ON placements_file.id = {table}_file.placement "
            f"ORDER BY placements_file.file_row_number, {table}_file.file_row_number"
        )
        self._table = table
        self._groups = groupby(rows_of(connection, query), key=lambda row: row[0])
        self._next = next(self._groups, None)

    def of(self, number: int) -> list[Record]:
        if self._next is None or self._next[0] != number:
            return []
        records = [_record(self._table, row[1:]) for row in self._next[1]]
        self._next = next(self._groups, None)
        return records


def _chosen(table: str) -> str:
    chosen = []
    for column in TABLES[table]:
        name = f"{table}_file.{column.name}"
        if column.kind.shown.startswith("TIMESTAMPTZ"):
            chosen.append(f"epoch_us({name})")
        elif column.kind.shown.startswith(("DATE", "DECIMAL")):
            chosen.append(f"CAST({name} AS VARCHAR)")
        else:
            chosen.append(name)
    return ", ".join(chosen)


def _record(table: str, values: Any) -> Record:
    record = {column.name: value for column, value in zip(TABLES[table], values, strict=True)}
    for name in ("started_at", "paid_at"):
        if record.get(name) is not None:
            instant = (_EPOCH + timedelta(microseconds=record[name])).isoformat(timespec="microseconds")
            head, offset = instant[:-6], instant[-6:]
            record[name] = head + (record[f"{name}_beyond"] or "") + offset
    return record


def _placement(folder: Path, record: Record, children: dict[str, list[Record]]) -> PlacementFacts:
    for visit in children["visits"]:
        visit["address"] = {"kind": visit["address_kind"], "confirmed": visit["address_confirmed"]}
        letter = {
            name.removeprefix("letter_"): value for name, value in visit.items() if name.startswith("letter_")
        }
        visit["letter"] = letter if letter["left_at"] is not None else None
        for table in ("contacts", "phones"):
            visit[table] = [item for item in children[table] if item["visit"] == visit["id"]]
    record |= {name: children[name] for name in ("police_referrals", "visits", "repayments")}
    try:
        return read_placement(record)
    except FactsError as error:
        raise TablesUnreadableError(
            f"{folder}: placement {record['id']}: {error.field}: {error.words}"
        ) from error
