"""Facts' tables made in a process of their own: the same tables, the same refusals, and an end that is told."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from server.bulk import apart
from server.bulk.apart import FactTablesApart
from server.bulk.engine import connected, parquet
from server.bulk.late import LateFactTables
from server.domain.policy.editions import PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.policy_documents import parse_policy
from server.domain.policy.wire import read_line
from server.services.ports.simulation import CaseOf, FactTablesError
from tests.policy.random_placements import random_anchors, random_placement, random_policy

_SEED = 20261127


def _cases(count: int) -> list[tuple[PlacementFacts, CaseOf]]:
    random = Random(_SEED)
    anchors = random_anchors(random)
    return [
        (
            read_line(json.dumps(random_placement(random, f"E-{number}", anchors)).encode()),
            CaseOf(f"E-{number}", "client", "project", "branch"),
        )
        for number in range(count)
    ]


def _policy() -> PolicyBook:
    random = Random(_SEED)
    return parse_policy(random_policy(random, random_anchors(random)))


def _rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of each table, in an order of our own: DuckDB's threads write theirs as they come to it."""
    with connected() as connection:
        return {
            file.stem: sorted(connection.execute(f"FROM {parquet(file)}").fetchall(), key=repr)
            for file in sorted(folder.glob("*.parquet"))
        }


def test_the_tables_and_the_answer_are_those_that_this_process_would_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_BATCH", 7)
    cases, book = _cases(30), _policy()
    here, there = tmp_path / "here", tmp_path / "there"
    for tables, folder in ((LateFactTables(), here), (FactTablesApart(), there)):
        folder.mkdir()
        tables.write(iter(cases), folder)
        tables.prepare(folder, book)
    assert _rows(there) == _rows(here)
    assert len(_rows(here)["placements"]) == len(cases)
    answers = [_rows(folder / "answers") for folder in (here, there)]
    assert answers[0] == answers[1] != {}


def test_what_cannot_be_scored_is_refused_as_it_would_be_here(tmp_path: Path) -> None:
    (tmp_path / "placements.parquet").write_bytes(b"no table")
    book = _policy()
    said = []
    for tables in (LateFactTables(), FactTablesApart()):
        with pytest.raises(FactTablesError) as refused:
            tables.prepare(tmp_path, book)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_facts_that_end_in_an_error_are_that_error(tmp_path: Path) -> None:
    def breaking() -> object:
        yield from _cases(1)
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError, match="went away"):
        FactTablesApart().write(breaking(), tmp_path)  # type: ignore[arg-type]


def test_a_process_that_ends_without_an_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="exit status"):
        FactTablesApart().write(iter(_cases(1)), tmp_path / "nowhere" / "\0")
