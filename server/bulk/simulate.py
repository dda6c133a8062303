"""Owns the comparison of two policies over the bulk tables: who would have been credited otherwise, and how much.

Refuses to write credit: what it makes are answers beside the tables, one a policy, which the next comparison finds
again. Scoring is that of `fieldvisit score --tables`; a comparison only joins two answers.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

import duckdb

from server.bulk.convert import read_answer, write_tables
from server.bulk.engine import (
    TablesUnreadableError,
    connected,
    naming,
    parquet,
    quoted,
    score_tables,
    scored,
    statement,
)
from server.domain.policy.editions import PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.services.ports.simulation import Asked, CaseOf, Change, Compared, FactTablesError, Fate, Moved

MEMORY = "800MiB"
_KEPT_ANSWERS = 8


def write(cases: Iterable[tuple[PlacementFacts, CaseOf]], folder: Path) -> None:
    """The tables of docs/bulk-tables.md and beside them `cases`: whose case each placement is."""
    with TemporaryDirectory(prefix="fieldvisit-cases-") as scratch:
        source = Path(scratch) / "cases.json"
        with source.open("w", encoding="utf-8") as file:
            write_tables(_noting(cases, file), folder)
        columns = "{placement: 'VARCHAR', client: 'VARCHAR', project: 'VARCHAR', branch: 'VARCHAR'}"
        read = f"read_json({quoted(str(source))}, format = 'newline_delimited', columns = {columns})"
        with naming(folder), connected() as connection:
            connection.execute(
                f"COPY (FROM {read}) TO {quoted(str(folder / 'cases.parquet'))} (FORMAT parquet)"
            )


def score(cases: Iterable[PlacementFacts], book: PolicyBook, folder: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of cases, computed in a folder that is given for it; FactTablesError where a case cannot be."""
    try:
        write_tables(cases, folder)
        faults = score_tables(folder, folder / "answer", book)
        if faults:
            raise FactTablesError(str(faults[0]))
        yield from read_answer(folder / "answer")
    except TablesUnreadableError as error:
        raise FactTablesError(str(error)) from error


def prepare(folder: Path, book: PolicyBook) -> None:
    """Score the tables of a folder under a policy, unless that was done; FactTablesError where it cannot be used."""
    try:
        answer(folder, book)
    except TablesUnreadableError as error:
        raise FactTablesError(str(error)) from error


def compare(folder: Path, before: PolicyBook, after: PolicyBook, asked: Asked, most: int) -> Compared:
    """What differs between two policies over the tables of a folder; FactTablesError where one cannot be used."""
    try:
        answers = {"before": answer(folder, before), "after": answer(folder, after)}
        with naming(folder), connected(MEMORY) as connection:
            for name, path in answers.items():
                connection.execute(f"CREATE VIEW answer_{name} AS FROM {parquet(path)}")
            for name in ("cases", "placements", "repayments"):
                rows = parquet(folder / f"{name}.parquet", ", file_row_number = true")
                connection.execute(f"CREATE VIEW {name} AS FROM {rows}")
            days = {"first": asked.first, "last": asked.last}
            whose = {"branch": asked.branch_id, "project": asked.project_id}
            connection.execute(statement("told"), days | whose)
            connection.execute(statement("counted"))
            return _compared(connection, most, asked.skipped)
    except TablesUnreadableError as error:
        raise FactTablesError(str(error)) from error


def _noting(cases: Iterable[tuple[PlacementFacts, CaseOf]], file: TextIO) -> Iterator[PlacementFacts]:
    for facts, case in cases:
        row = {"placement": facts.id, "client": case.client_id, "project": case.project_id}
        file.write(json.dumps(row | {"branch": case.branch_id}) + "\n")
        yield facts
    file.flush()


def answer(folder: Path, book: PolicyBook) -> Path:
    """What a policy makes of the tables, from an earlier comparison where there was one."""
    # an answer that an older version of the product wrote has other columns
    said = f"{book.editions!r} {statement('answer')}"
    digest = hashlib.sha256(said.encode()).hexdigest()[:32]
    answers = folder / "answers"
    kept = answers / f"{digest}.parquet"
    if kept.exists():
        os.utime(kept)
        return kept
    answers.mkdir(exist_ok=True)
    made = answers / f".{digest}-{os.getpid()}-{threading.get_ident()}.part"
    try:
        # under a name of how they are read: an older version of the product read them otherwise
        read = hashlib.sha256(f"{statement('load')} {statement('cross_checks')}".encode()).hexdigest()[:32]
        with scored(folder, book, MEMORY, loaded=folder / f"loaded-{read}") as (connection, _):
            connection.execute(f"COPY ({statement('answer')}) TO {quoted(str(made))} (FORMAT parquet)")
        os.replace(made, kept)
    finally:
        made.unlink(missing_ok=True)
    for old in sorted(answers.glob("*.parquet"), key=lambda one: one.stat().st_mtime)[:-_KEPT_ANSWERS]:
        old.unlink(missing_ok=True)
    return kept


def _compared(connection: duckdb.DuckDBPyConnection, most: int, skipped: int) -> Compared:
    changes: dict[str, list[Change]] = {kind: [] for kind in ("total", "clause", "agent", "client", "day")}
    for kind, key, *figures in connection.execute(statement("changes")).fetchall():
        changes[kind].append(Change(key, *map(int, figures)))
    sums = "SELECT count(*), coalesce(sum(abs(fen)), 0) FROM told WHERE moved"
    ((moved_lines, moved_fen),) = connection.execute(sums).fetchall()
    page = {"most": most, "skipped": skipped}
    return Compared(
        total=changes["total"][0] if changes["total"] else Change("", 0, 0, 0, 0),
        by_clause=changes["clause"],
        by_agent=changes["agent"],
        by_client=changes["client"],
        by_day=changes["day"],
        moved_lines=moved_lines,
        moved_fen=int(moved_fen),
        moved=[_moved(row) for row in connection.execute(statement("moved"), page).fetchall()],
    )


def _moved(row: tuple[Any, ...]) -> Moved:
    placement, repayment, paid_on, fen, *fates = row
    before, after = (
        Fate(visit, clause, reason, tuple(agents or ()))
        for visit, clause, reason, agents in (fates[:4], fates[4:])
    )
    return Moved(placement, repayment, paid_on, fen, before, after)
