"""Owns the making of big invented tables to try scoring on: `fieldvisit demo --tables`. Refuses real data."""

from __future__ import annotations

from pathlib import Path

import duckdb

from server.bulk.engine import connected, naming, quoted, statement
from server.bulk.tables import TABLES

_ORDER = {
    "placements": "placement_no",
    "police_referrals": "placement",
    "visits": "visit_no",
    "contacts": "contact_no",
    "phones": "placement, visit, id",
    "repayments": "repayment_no, id",
}


def write_demo_tables(folder: Path, *, placements: int, seed: int) -> dict[str, int]:
    """Write the tables of so many placements, and hand back the number of rows of each."""
    with naming(folder), connected() as connection:
        folder.mkdir(parents=True, exist_ok=True)
        return _write(connection, folder, placements, seed)


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, placements: int, seed: int) -> dict[str, int]:
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(f"SET VARIABLE seed = {int(seed)}; SET VARIABLE placements = {int(placements)}")
    connection.execute(statement("demo"))
    rows = {}
    for name, columns in TABLES.items():
        chosen = ", ".join(column.name for column in columns if column.required)
        query = f"SELECT {chosen} FROM {name} ORDER BY {_ORDER[name]}"  # noqa: S608
        target = quoted(str(folder / f"{name}.parquet"))
        written = connection.execute(f"COPY ({query}) TO {target} (FORMAT parquet)").fetchone()
        assert written is not None
        rows[name] = int(written[0])
    return rows
