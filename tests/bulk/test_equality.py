"""Scoring over columns gives what the pure function gives, line for line, over random placements and policies.

At least 6,000 repayments by default, 1,000,000 with FIELDVISIT_SCALE=full; FIELDVISIT_SEED repeats a run.
"""

import json
import os
from datetime import date
from pathlib import Path
from random import Random, SystemRandom

import pytest

from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import line_to_json
from server.domain.policy.editions import HANDBOOK_BOOK, PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.policy_documents import parse_policy
from server.domain.policy.wire import read_line
from tests.bulk.desk import answers
from tests.policy import independent, independent_format
from tests.policy.independent_editions import read_policy
from tests.policy.random_placements import ANCHORS, random_anchors, random_placement, random_policy

FULL = os.environ.get("FIELDVISIT_SCALE") == "full"
REPAYMENTS = 1_000_000 if FULL else 6_000
PLACEMENTS_OF_ONE_POLICY = 5_000 if FULL else 100


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    chosen = int(os.environ.get("FIELDVISIT_SEED") or SystemRandom().getrandbits(32))
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        print(f" FIELDVISIT_SEED={chosen} ", end="", flush=True)
    return chosen


def _placements(random: Random, anchors: list[date], count: int) -> list[PlacementFacts]:
    return [
        read_line(json.dumps(random_placement(random, f"E-{number}", anchors)).encode())
        for number in range(count)
    ]


def _compare(placements: list[PlacementFacts], book: PolicyBook, folder: Path, shown: str) -> int:
    expected = [line_to_json(line) for placement in placements for line in score_placement(placement, book)]
    found = answers(placements, book, folder)
    assert len(found) == len(expected), shown
    for one, other in zip(found, expected, strict=True):
        assert one == other, shown
    return len(expected)


def test_random_placements_under_random_policies(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    compared = 0
    while compared < REPAYMENTS:
        anchors = random_anchors(random)
        document = random_policy(random, anchors)
        placements = _placements(random, anchors, PLACEMENTS_OF_ONE_POLICY)
        compared += _compare(
            placements, parse_policy(document), tmp_path, f"FIELDVISIT_SEED={seed}\n{document}"
        )


def test_random_placements_under_the_handbook(seed: int, tmp_path: Path) -> None:
    placements = _placements(Random(seed), ANCHORS, REPAYMENTS // 20)
    assert _compare(placements, HANDBOOK_BOOK, tmp_path, f"FIELDVISIT_SEED={seed}") > REPAYMENTS // 20


def test_the_independent_reading_agrees_too(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    anchors = random_anchors(random)
    document = random_policy(random, anchors)
    lines = [json.dumps(random_placement(random, f"E-{number}", anchors)).encode() for number in range(300)]
    policy = read_policy(document.encode())
    expected = [
        line for raw in lines for line in independent.score(independent_format.read_line(raw), policy)
    ]
    found = answers([read_line(raw) for raw in lines], parse_policy(document), tmp_path)
    assert found == expected, (seed, document)
