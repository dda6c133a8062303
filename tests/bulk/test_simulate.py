"""A comparison over columns tells what two runs of the pure function tell, over random placements and two policies.

FIELDVISIT_SEED repeats a run by the seed that it printed; 3,000 placements with FIELDVISIT_SCALE=full.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random, SystemRandom

import pytest

from server.bulk.simulate import compare, write
from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import CreditLine
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.policy_documents import parse_policy
from server.domain.policy.wire import read_line
from server.services.ports.simulation import Asked, CaseOf, Change, Compared
from tests.policy.random_placements import random_anchors, random_placement, random_policy

PLACEMENTS = 3_000 if os.environ.get("FIELDVISIT_SCALE") == "full" else 300
Key = Callable[[CreditLine, date, str], Iterator[tuple[str, int]]]


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    chosen = int(os.environ.get("FIELDVISIT_SEED") or SystemRandom().getrandbits(32))
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        print(f" FIELDVISIT_SEED={chosen} ", end="", flush=True)
    return chosen


def _case(number: int, facts: PlacementFacts) -> CaseOf:
    return CaseOf(facts.id, f"client-{number % 3}", f"project-{number % 5}", f"branch-{number % 2}")


def _expected(
    cases: list[tuple[PlacementFacts, CaseOf]], sides: list[dict[tuple[str, str], CreditLine]], key: Key
) -> list[Change]:
    sums: list[Counter[str]] = [Counter() for _ in range(4)]
    for facts, case in cases:
        for repayment in facts.repayments:
            for side, lines in enumerate(sides):
                line = lines[facts.id, repayment.id]
                if line.visit is not None:
                    for name, fen in key(line, repayment.paid_on, case.client_id):
                        sums[2 * side][name] += 1
                        sums[2 * side + 1][name] += fen
    names = sums[0].keys() | sums[2].keys()
    return [Change(name, *(one[name] for one in sums)) for name in sorted(names)]


def _by_key(changes: object) -> list[Change]:
    assert isinstance(changes, list)
    return sorted(changes, key=lambda one: one.key)


@pytest.mark.parametrize("asked", [
    Asked(date.min, date.max), Asked(date(2026, 1, 1), date(2026, 3, 31)),
    Asked(date.min, date.max, branch_id="branch-1"), Asked(date.min, date.max, project_id="project-2"),
    Asked(date.min, date.max, branch_id=""),
])  # fmt: skip
def test_a_comparison_is_the_difference_of_two_scorings(seed: int, tmp_path: Path, asked: Asked) -> None:
    random = Random(seed)
    anchors = random_anchors(random)
    books = [parse_policy(random_policy(random, anchors)) for _ in range(2)]
    facts = [
        read_line(json.dumps(random_placement(random, f"E-{number}", anchors)).encode())
        for number in range(PLACEMENTS)
    ]
    cases = [(one, _case(number, one)) for number, one in enumerate(facts)]
    write(cases, tmp_path)
    found = compare(tmp_path, books[0], books[1], asked, 10**6)
    sides = [
        {(one.id, line.repayment): line for one in facts for line in score_placement(one, book)}
        for book in books
    ]
    within = [(_of_days(one, asked), case) for one, case in cases if _is_asked(case, asked)]
    shown = f"FIELDVISIT_SEED={seed}"
    _same(found, within, sides, shown)
    moved = {(one.placement_id, one.repayment_id) for one in found.moved}
    assert moved == {
        (one.id, paid.id)
        for one, _ in within
        for paid in one.repayments
        if _told(sides[0][one.id, paid.id]) != _told(sides[1][one.id, paid.id])
    }, shown
    assert found.moved_lines == len(moved), shown
    rest = compare(tmp_path, books[0], books[1], replace(asked, skipped=2), 10**6)
    assert (rest.moved, rest.moved_lines) == (list(found.moved)[2:], len(moved)), shown
    assert compare(tmp_path, books[0], books[0], asked, 1).moved_lines == 0, shown


def _same(
    found: Compared,
    cases: list[tuple[PlacementFacts, CaseOf]],
    sides: list[dict[tuple[str, str], CreditLine]],
    shown: str,
) -> None:
    def days(line: CreditLine, paid_on: date, _client: str) -> Iterator[tuple[str, int]]:
        assert line.window is not None
        yield str((paid_on - line.window.from_day).days), line.amount

    def clause(line: CreditLine, _paid_on: date, _client: str) -> Iterator[tuple[str, int]]:
        yield str(line.clause), line.amount

    def client(line: CreditLine, _paid_on: date, name: str) -> Iterator[tuple[str, int]]:
        yield name, line.amount

    def agents(line: CreditLine, _paid_on: date, _client: str) -> Iterator[tuple[str, int]]:
        yield from line.shares

    for changes, key in (
        (found.by_clause, clause), (found.by_client, client), (found.by_agent, agents), (found.by_day, days),
    ):  # fmt: skip
        assert _by_key(changes) == _expected(cases, sides, key), f"{shown} {key.__name__}"
    total = [sum(getattr(one, name) for one in found.by_clause) for name in Change.__slots__[1:]]
    assert found.total == Change("", *total), shown


def _is_asked(case: CaseOf, asked: Asked) -> bool:
    return asked.branch_id in (None, case.branch_id) and asked.project_id in (None, case.project_id)


def _of_days(facts: PlacementFacts, asked: Asked) -> PlacementFacts:
    kept = tuple(one for one in facts.repayments if asked.first <= one.paid_on <= asked.last)
    return PlacementFacts(*(getattr(facts, name) for name in PlacementFacts.__slots__[:-1]), kept)


def _told(line: CreditLine) -> tuple[str | None, str | None]:
    return line.visit, line.clause
