"""Owns the run of scoring over columns: Parquet tables in, the tables `lines` and `shares` out.

Refuses what is no such table (TablesUnreadableError) and hands back the rows at fault, whose placements are left
out whole. The rules stand in sql/; here they are only brought into order. Temporary tables spill to a scratch
folder when they outgrow the memory that is allowed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from server.bulk.editions_table import HalfTooFineError, create_editions_table
from server.bulk.tables import RULES, TABLES, Column, accepts, fault_of
from server.domain.policy.editions import PolicyBook

MEMORY_MIB, MEMORY_MIB_A_MILLION = 1_500, 50  # the least, and what the joins of more repayments hold at once
_SQL = Path(__file__).parent / "sql"
_DICTIONARY = 1_000  # ids hardly repeat: looking each up in a larger one was a quarter of what writing costs
_STEPS = ("judge_visits", "open_windows", "attribute", "outcomes", "seat_shares")
_OUT = ("lines", "shares")
_LOADED = ("placements", "police_referrals", "visits", "contacts", "phones", "repayments", "reversals")


class TablesUnreadableError(Exception):
    """The tables cannot be read, or the answer not written; the words name the file."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row at fault, counted from 1: `FILE:ROW: COLUMN: words`."""

    file: Path
    row: int
    column: str
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}: {self.column}: {self.words}"


def score_tables(tables: Path, out: Path, book: PolicyBook) -> list[RowFault]:
    """Score the tables of a folder into another one, and hand back the rows that were refused."""
    with scored(tables, book, memory_for(tables), out) as (connection, faults):
        _write(connection, out)
    return faults


def memory_for(tables: Path) -> str:
    """What DuckDB may hold: 1,500 MiB up to 30 million repayments, 2,500 MiB at 50 million; the rest is spilt."""
    counted = f"SELECT sum(num_rows) FROM parquet_file_metadata({_literal(tables / 'repayments.parquet')})"  # noqa: S608
    try:
        with duckdb.connect() as connection:
            ((rows,),) = connection.execute(counted).fetchall()
    except duckdb.Error:
        rows = 0  # what is wrong with the file is told when it is read
    return f"{max(MEMORY_MIB, rows * MEMORY_MIB_A_MILLION // 1_000_000)}MiB"


@contextmanager
def scored(
    tables: Path, book: PolicyBook, memory: str, out: Path | None = None, loaded: Path | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[RowFault]]]:
    """A connection where `outcomes` and `seat_shares` are what a policy makes of the tables; and the rows refused.

    What is read is the same under each policy: it is kept in the folder `loaded`, where one is named, for the next.
    """
    with naming(tables, out), connected(memory) as connection:
        try:
            create_editions_table(connection, book)
        except HalfTooFineError as error:
            raise TablesUnreadableError(str(error)) from error
        faults: list[RowFault] = []
        if loaded is not None and loaded.is_dir():
            for name in _LOADED:
                file = parquet(loaded / f"{name}.parquet")
                connection.execute(f"CREATE TEMP TABLE {name} AS FROM {file}")
        else:
            faults = _loaded(connection, tables)
            if loaded is not None:
                _keep(connection, loaded)
        for step in _STEPS:
            connection.execute(statement(step))
        # left to itself DuckDB hashes the repayments, of which there are three times as many, and spills them
        connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
        yield connection, faults


def _loaded(connection: duckdb.DuckDBPyConnection, tables: Path) -> list[RowFault]:
    open_files(connection, tables)
    connection.execute(statement("load"))
    connection.execute(statement("cross_checks"))
    faults = _faults(connection, tables)
    if faults:
        connection.execute(statement("drop_refused"))
    return faults


def _keep(connection: duckdb.DuckDBPyConnection, loaded: Path) -> None:
    """Whole or not at all; of two that keep at once the first stands."""
    with TemporaryDirectory(prefix=f".{loaded.name}-", dir=loaded.parent) as scratch:
        whole = Path(scratch) / "whole"
        whole.mkdir()
        for name in _LOADED:
            target = quoted(str(whole / f"{name}.parquet"))
            connection.execute(f"COPY {name} TO {target} (FORMAT parquet, COMPRESSION snappy)")
        with suppress(OSError):
            os.replace(whole, loaded)


@contextmanager
def naming(folder: Path, written: Path | None = None) -> Iterator[None]:
    """What fails within is told in one line that names the file, or else the folder."""
    try:
        yield
    except OSError as error:
        raise TablesUnreadableError(f"{error.filename or written or folder}: {error.strerror}") from error
    except duckdb.Error as error:
        raise TablesUnreadableError(f"{folder}: {str(error).splitlines()[0]}") from error


@contextmanager
def connected(memory: str = f"{MEMORY_MIB}MiB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own that reaches no network and writes what does not fit into a scratch folder."""
    with TemporaryDirectory(prefix="fieldvisit-bulk-") as scratch:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": scratch,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        connection = duckdb.connect(config=settings)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(statement("macros"))
            yield connection
        finally:
            connection.close()


def statement(name: str) -> str:
    """The text of sql/NAME.sql."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def open_files(connection: duckdb.DuckDBPyConnection, tables: Path) -> None:
    """A view `TABLE_file` over each Parquet file, once its columns are those that the rules read."""
    for name, columns in TABLES.items():
        file = tables / f"{name}.parquet"
        file.open("rb").close()
        source = parquet(file, ", file_row_number = true")
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608
        except duckdb.Error as error:
            raise TablesUnreadableError(
                f"{file}: is no Parquet file: {str(error).splitlines()[0]}"
            ) from error
        _check_columns(file, columns, {row[0]: row[1] for row in described})
        present = {row[0] for row in described}
        chosen = ", ".join(
            column.name if column.name in present else f"NULL::VARCHAR AS {column.name}" for column in columns
        )
        connection.execute(
            f"CREATE VIEW {name}_file AS "  # noqa: S608
            f"SELECT file_row_number, {chosen}, {fault_of(columns, present)} AS fault FROM {source}"
        )


def _check_columns(file: Path, columns: tuple[Column, ...], found: dict[str, str]) -> None:
    for column in columns:
        if column.name not in found:
            if column.required:
                raise TablesUnreadableError(f"{file}: {column.name}: is missing")
        elif not accepts(column, found[column.name]):
            shown = column.kind.shown
            raise TablesUnreadableError(f"{file}: {column.name}: must be {shown}, not {found[column.name]}")


def parquet(file: Path, options: str = "") -> str:
    """SQL for the rows of one file."""
    return f"read_parquet({_literal(file)}{options})"


def _literal(file: Path) -> str:
    """Its path as SQL: what DuckDB would take for a pattern stands between brackets."""
    return quoted("".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(file)))


def rows_of(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as they come, beside other queries of the connection."""
    cursor = connection.cursor().execute(query)
    while rows := cursor.fetchmany(10_000):
        yield from rows


def quoted(text: str) -> str:
    """The text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _faults(connection: duckdb.DuckDBPyConnection, tables: Path) -> list[RowFault]:
    """One fault a row, by table and row: of its columns the first, before the rules that span rows."""
    order = list(TABLES)
    found: dict[tuple[int, int], str] = {}
    query = "SELECT table_name, file_row, fault FROM faults"
    for table, row, fault in connection.execute(query).fetchall():
        key = (order.index(table), row)
        found[key] = min(found.get(key, fault), fault, key=_rank)
    return [_row_fault(tables, order[table], row, fault) for (table, row), fault in sorted(found.items())]


def _rank(fault: str) -> tuple[int, str]:
    return (list(RULES).index(fault) + 1, "") if fault in RULES else (0, fault)


def _row_fault(tables: Path, table: str, row: int, fault: str) -> RowFault:
    if fault in RULES:
        column, words = RULES[fault]
    else:
        column = fault
        words = next(item.kind.words for item in TABLES[table] if item.name == fault)
    return RowFault(tables / f"{table}.parquet", row + 1, column, words)


def _write(connection: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Both files under other names first, so that a run that breaks off leaves no half of an answer."""
    out.mkdir(parents=True, exist_ok=True)
    parts = {name: out / f".{name}.parquet.part" for name in _OUT}
    try:
        for name, part in parts.items():
            part.open("wb").close()
            options = f"FORMAT parquet, DICTIONARY_SIZE_LIMIT {_DICTIONARY}"
            connection.execute(f"COPY ({statement(name)}) TO {quoted(str(part))} ({options})")
        for name, part in parts.items():
            os.replace(part, out / f"{name}.parquet")
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
