"""Every clause of the written policy has its keeper, its words, its codes and its example; and the other
way round.

`NOT_YET_BUILT` lists the clauses of sections 1, 2, 7 and 8 that no code keeps yet. It only shrinks: a
clause that has found its keeper must leave it.
"""

import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest

import server.domain
from server.domain.policy.explanations import SENTENCES
from server.domain.policy.registry import CLAUSES, MARKERS, PARTS
from server.domain.problems import CATALOGUE
from tests.policy.test_cases import CASES

DOCS = Path(__file__).parents[2] / "docs" / "policy"

# One a line, so that branches which each take some out do not collide.
NOT_YET_BUILT: frozenset[str] = frozenset()

_ROW = re.compile(r"^\| ([A-Z][0-9]+) \|(.*)\|$", re.MULTILINE)
_SCORED = ("C", "X", "W", "A")


def _import_the_whole_domain() -> None:
    for module in pkgutil.walk_packages(server.domain.__path__, "server.domain."):
        importlib.import_module(module.name)


_import_the_whole_domain()


def _rows() -> dict[str, str]:
    sections = (DOCS / "POLICY.md").read_text(encoding="utf-8").split("\n## 9.")[0]
    return dict(_ROW.findall(sections))


ROWS = _rows()
SCORED = sorted(clause for clause in ROWS if clause.startswith(_SCORED))


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_page_has_its_clauses() -> None:
    assert len(ROWS) == 76
    assert len(SCORED) == 26


def test_every_clause_of_sections_1_to_8_has_a_keeper_or_waits_for_one() -> None:
    kept = CLAUSES.keys() | MARKERS.keys()
    assert ROWS.keys() - kept - NOT_YET_BUILT == set()


def test_no_clause_that_has_a_keeper_is_said_to_wait() -> None:
    assert NOT_YET_BUILT & (CLAUSES.keys() | MARKERS.keys()) == set()
    assert NOT_YET_BUILT - ROWS.keys() == set()


def test_every_keeper_keeps_a_clause_of_the_page() -> None:
    page = (DOCS / "POLICY.md").read_text(encoding="utf-8")
    written = dict(_ROW.findall(page))
    assert (CLAUSES.keys() | MARKERS.keys()) - written.keys() == set()


@pytest.mark.parametrize("clause_id", SCORED)
def test_what_is_scored_is_a_function_named_after_its_clause(clause_id: str) -> None:
    assert CLAUSES[clause_id].function.__name__.startswith(f"{clause_id.lower()}_")


@pytest.mark.parametrize("clause_id", sorted(CLAUSES))
def test_a_clause_quotes_the_handbook_or_says_that_it_is_ours(clause_id: str) -> None:
    clause = CLAUSES[clause_id]
    assert clause.says.isascii()
    row = ROWS.get(clause_id, "")
    if clause.ours:
        assert clause.sentence == ""
        return
    cited = row + "".join(ROWS.get(other, "") for other in re.findall(r"\b[A-Z][0-9]+\b", row))
    for quotation in clause.sentence.split(" · "):
        assert _bare(quotation) in _bare(cited)


def test_every_code_of_the_scoring_has_its_words_in_both_languages() -> None:
    codes = {code for clause_id in SCORED for code in CLAUSES[clause_id].codes}
    assert codes - SENTENCES.keys() == set()
    for chinese, english in SENTENCES.values():
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert english.isascii()


def test_every_sentence_belongs_to_a_code() -> None:
    codes = {code for clause_id in SCORED for code in CLAUSES[clause_id].codes}
    assert SENTENCES.keys() - codes == {"credited", "normal"}


def test_every_scored_clause_stands_in_the_sql_of_scoring_over_columns_and_no_other() -> None:
    files = (Path(__file__).parents[2] / "server" / "bulk" / "sql").glob("*.sql")
    comments = [line.partition("--")[2] for file in files for line in file.read_text("utf-8").splitlines()]
    cited = {clause_id for comment in comments for clause_id in re.findall(r"\b[A-Z][0-9]+\b", comment)}
    assert set(SCORED) - cited == set()
    assert cited - ROWS.keys() == set()


def test_every_scored_clause_has_a_worked_case() -> None:
    assert {clause_id for case in CASES for clause_id in case.clauses.split()} == set(SCORED)


def test_every_reason_and_basis_of_the_page_has_a_code_and_an_example() -> None:
    cells = [ROWS[clause_id].split("|")[0] for clause_id in SCORED if clause_id.startswith(("C", "X"))]
    named = {code for cell in cells for code in re.findall(r"`([a-z_]+)`", cell)}
    named |= _reasons_of_the_format()
    known = {code for clause_id in SCORED for code in CLAUSES[clause_id].codes}
    assert named - known == set()
    assert named - _shown_codes() == set()


def _reasons_of_the_format() -> set[str]:
    section = (DOCS / "SCORING_FORMAT.md").read_text(encoding="utf-8").split("(A6)")[1].split("\n## ")[0]
    words = set(re.findall(r"`([a-z]+(?:_[a-z]+)+|voided)`", section))
    return words - {"paid_at", "paid_on", "team_size", "c4_needs", "other_contact", "contact_restored_on"}


def _shown_codes() -> set[str]:
    lines = [
        json.loads(line) for line in (DOCS / "examples" / "expected.jsonl").read_text("utf-8").splitlines()
    ]
    shown = {line["reason"] for line in lines} | {line["basis"] for line in lines}
    return shown | {line.removesuffix(" (none)") for case in CASES for line in case.told}


REFUSALS = {
    (clause.id, code)
    for clause in CLAUSES.values()
    if not clause.id.startswith(_SCORED)
    for code in clause.codes
} | {(clause_id, code) for clause_id, parts in PARTS.items() for part in parts for code in part.codes}


def test_every_problem_cites_a_clause_of_the_page() -> None:
    written = dict(_ROW.findall((DOCS / "POLICY.md").read_text(encoding="utf-8")))
    assert {kind.clause for kind in CATALOGUE.values() if kind.clause} - written.keys() == set()


def test_every_code_of_a_refusing_clause_is_a_problem_that_cites_it() -> None:
    """A rule that refuses gives the code of a problem: @clause("R4", codes=("recall_blackout",)) and its kind.

    Where another function refuses in the clause's name, it says @part_of("R4", codes=...).
    """
    problems = {(kind.clause, kind.code) for kind in CATALOGUE.values() if kind.clause in ROWS}
    assert problems ^ REFUSALS == set()


def test_every_code_of_a_refusing_clause_has_its_example_in_a_test() -> None:
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parents[1].rglob("test_*.py"))
    assert {code for _, code in REFUSALS if f'"{code}"' not in tests} == set()
