"""QA's draw and checks: refusals first, sizes at their edges, the same seed the same visits in any order (S12)."""

from __future__ import annotations

import random
import secrets

import pytest

from server.domain.quality import (
    CHECK_LIST,
    LEAST_DRAWN,
    MOST_DRAWN,
    Breach,
    BreachConsequence,
    Candidate,
    DrawnBy,
    Verdict,
    check_findings,
    draw,
    frame_digest,
    sample_size,
    weight_of,
)

QUIET = [Candidate(f"{number:08d}", 0, late=False, lacking=False) for number in range(400)]

DRAWN_ONCE = [f"{number:08d}" for number in (7, 6, 18, 2, 3, 19, 14, 29, 12, 10)]


def codes(verdict: Verdict, breaches: list[Breach], note: str, *, void: bool = False) -> list[str]:
    return [one.kind.code for one in check_findings(verdict, breaches, note, void_proposed=void)]


def test_a_check_may_not_contradict_itself_or_stay_without_a_ground() -> None:
    found = [Breach.CASH_TAKEN]
    assert codes(Verdict.COMPLIANT, found, "录音 03:10") == ["quality_contradicts"]
    for verdict in (Verdict.MINOR, Verdict.SERIOUS):
        assert codes(verdict, [], "") == ["quality_contradicts"]
        assert codes(verdict, found, "  ") == ["quality_no_note"]
        assert codes(verdict, found, "录音 03:10") == []
    assert codes(Verdict.COMPLIANT, [], "", void=True) == ["quality_no_note"]
    assert codes(Verdict.COMPLIANT, [], "") == []


def test_the_list_is_the_handbooks_fifteen() -> None:
    assert len(CHECK_LIST) == len(Breach) == 15
    consequences = [point.consequence for point in CHECK_LIST.values()]
    assert consequences.count(BreachConsequence.DISMISSAL) == 12
    assert CHECK_LIST[Breach.PRIVATE_CHANNEL].consequence is BreachConsequence.FINE_THEN_DISMISSAL


@pytest.mark.parametrize(
    ("population", "drawn"),
    [(0, 0), (1, 1), (9, 9), (10, 10), (11, 10), (200, 10), (201, 11), (3980, 199), (3981, 200),
     (4000, 200), (4001, 200), (10**6, 200)],
)  # fmt: skip
def test_a_twentieth_is_drawn_ten_at_least_and_two_hundred_at_most(population: int, drawn: int) -> None:
    assert sample_size(population) == drawn
    assert LEAST_DRAWN <= max(drawn, LEAST_DRAWN) <= MOST_DRAWN


def test_the_same_seed_draws_the_same_whatever_the_order() -> None:
    seed = secrets.token_hex(8)
    print("seed", seed)
    mixed = list(QUIET)
    random.Random(seed).shuffle(mixed)
    assert draw(mixed, seed) == draw(QUIET, seed)
    assert frame_digest(mixed) == frame_digest(QUIET)
    assert [one.by for one in draw(QUIET, seed)] == [DrawnBy.CHANCE] * 10 + [DrawnBy.RISK] * 10
    assert len({one.visit_id for one in draw(QUIET, seed)}) == 20
    assert draw([], seed) == []


def test_a_seed_that_was_drawn_by_draws_the_same_for_ever() -> None:
    """Written down once: a change of the draw would make every sample on record look forged."""
    assert [one.visit_id for one in draw(QUIET[:30], "written down once")] == DRAWN_ONCE


def test_another_seed_or_another_frame_is_told_apart() -> None:
    assert draw(QUIET, "a") != draw(QUIET, "b")
    assert frame_digest(QUIET[1:]) != frame_digest(QUIET)
    risky = [Candidate(QUIET[0].visit_id, 1, late=False, lacking=False), *QUIET[1:]]
    assert frame_digest(risky) != frame_digest(QUIET)


def test_weights_grow_with_what_speaks_for_a_closer_look_and_end() -> None:
    assert weight_of(Candidate("a", 0, late=False, lacking=False)) == 1
    assert weight_of(Candidate("a", 0, late=True, lacking=False)) == 3
    assert weight_of(Candidate("a", 0, late=False, lacking=True)) == 4
    assert [weight_of(Candidate("a", flags, late=False, lacking=False)) for flags in (1, 2, 3, 4)] == [
        5,
        9,
        13,
        13,
    ]


def test_a_heavier_visit_is_drawn_more_often_by_risk_and_no_more_by_chance() -> None:
    heavy = {f"{number:08d}" for number in range(0, 400, 10)}
    frame = [
        Candidate(one.visit_id, 3 if one.visit_id in heavy else 0, late=False, lacking=False) for one in QUIET
    ]
    chance = risk = 0
    for seed in range(200):  # 2,000 draws each way, by seeds that never change
        for one in draw(frame, str(seed)):
            chance += one.by is DrawnBy.CHANCE and one.visit_id in heavy
            risk += one.by is DrawnBy.RISK and one.visit_id in heavy
    assert 0.07 < chance / 2000 < 0.13  # a tenth of the visits
    assert 0.5 < risk / 2000 < 0.68  # 13 of 22 parts of the weight
