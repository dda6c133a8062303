"""`fieldvisit demo --tables`: the same seed makes the same tables, they break no rule, and every outcome occurs."""

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from server.bulk.convert import read_answer
from server.bulk.engine import memory_for
from server.bulk.unpack import read_tables
from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import line_to_json
from server.domain.policy.editions import HANDBOOK_BOOK
from server.domain.policy.registry import CLAUSES
from tests.bulk.desk import run


def _demo(folder: Path, seed: int) -> str:
    result = run("demo", "--tables", str(folder), "--placements", "3000", "--seed", str(seed))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_demo_is_scored_as_the_pure_function_scores_it_and_shows_every_reason(tmp_path: Path) -> None:
    rows = dict(line.split("\t") for line in _demo(tmp_path, 7).splitlines())
    assert run("score", "--tables", str(tmp_path), "--out", str(tmp_path)).output == ""
    lines = list(read_answer(tmp_path))
    placements = list(read_tables(tmp_path))
    expected = [
        line_to_json(line) for placement in placements for line in score_placement(placement, HANDBOOK_BOOK)
    ]
    assert lines == expected
    assert (
        (len(placements), len(lines))
        == (int(rows["placements"]), int(rows["repayments"]))
        == (3000, len(lines))
    )
    found = Counter(line["reason"] or line["basis"] for line in lines)
    codes = {code for clause_id in ("C1", "C2", "C3", "C4", "C5") for code in CLAUSES[clause_id].codes[:1]}
    codes |= {
        code
        for clause_id in ("X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X9")
        for code in CLAUSES[clause_id].codes
    }
    assert codes | {
        "no_visit",
        "no_effect",
        "window_passed",
        "after_placement",
        "after_police_referral",
    } <= set(found)
    assert {line["collector_commission"] for line in lines} == {"normal", "to_visit", "none"}


def test_a_seed_makes_its_tables(tmp_path: Path) -> None:
    for folder, seed in (("one", 7), ("again", 7), ("other", 8)):
        _demo(tmp_path / folder, seed)
    read = {
        folder: {file.name: file.read_bytes() for file in (tmp_path / folder).glob("*.parquet")}
        for folder in ("one", "again", "other")
    }
    assert len(read["one"]) == 6
    assert read["one"] == read["again"]
    assert read["one"]["repayments.parquet"] != read["other"]["repayments.parquet"]


@pytest.mark.parametrize(
    "arguments",
    [["--placements", "5"], ["--tables", "x", "--small"], ["--tables", "x", "--placements", "-1"]],
)
def test_options_that_do_not_go_together_end_with_2(arguments: list[str]) -> None:
    assert run("demo", *arguments).exit_code == 2


def test_a_folder_that_cannot_be_written_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert run("demo", "--tables", str(tmp_path / "file")).exit_code == 2


@pytest.mark.parametrize(
    ("repayments", "memory"), [(0, "1500MiB"), (30_000_000, "1500MiB"), (31_000_000, "1550MiB")]
)
def test_more_repayments_than_thirty_million_are_given_more_memory(
    tmp_path: Path, repayments: int, memory: str
) -> None:
    """Fifty million did not pass within what five take: the joins hold a part of each at once."""
    file = tmp_path / "repayments.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS amount FROM range({repayments})) TO '{file}' (FORMAT parquet)")
    assert memory_for(tmp_path) == memory
