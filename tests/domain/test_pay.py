"""Pay (F1 to F3, F6): tiers at their bounds, rounding, A3 and A4, the compliance factor; sums reconcile to the fen."""

from __future__ import annotations

import dataclasses
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.money import portion
from server.domain.pay import (
    PaidLine,
    PaidPerson,
    PartKind,
    Pay,
    PayWarning,
    f1_rate,
    moves_to_team,
    pay_of_month,
)
from server.domain.pay_sums import LineSum, MonthSums, MovingLine, pay_of_sums
from server.domain.pay_words import percent, trace_of
from server.domain.policy.editions import HANDBOOK, Edition
from server.domain.policy.policy_documents import parse_policy

LEAD = PaidPerson("lead", True, False, 100_000)
PARTNER = PaidPerson("partner", True, False, 100_000)
DESK = PaidPerson("desk", False, True, 100_000)


def line(fen: int = 50_001, **changes: Any) -> PaidLine:
    half = abs(fen) // 2
    sign = -1 if fen < 0 else 1
    shares = (("lead", sign * (abs(fen) - half)), ("partner", sign * half))
    return dataclasses.replace(PaidLine("line", fen, "desk", True, "normal", shares), **changes)


def uncredited(fen: int, **changes: Any) -> PaidLine:
    return line(fen, credited=False, shares=(), **changes)


def pays(*lines: PaidLine, edition: Edition = HANDBOOK, **people: PaidPerson) -> dict[str, Pay]:
    return pay_of_month(lines, {"lead": LEAD, "partner": PARTNER, "desk": DESK} | people, edition)


@pytest.mark.parametrize(
    ("achieved", "rate"),
    [
        (-1, "0.01"), (0, "0.01"), (1, "0.01"), (49_999, "0.01"), (50_000, "0.03"), (50_001, "0.03"),
        (99_999, "0.03"), (100_000, "0.04"), (100_001, "0.04"), (10**12, "0.04"),
    ],
)  # fmt: skip
def test_the_tier_is_that_of_the_completion(achieved: int, rate: str) -> None:
    assert f1_rate(achieved, 100_000, HANDBOOK) == Decimal(rate)


def test_a_third_is_compared_exactly() -> None:
    (edition,) = parse_policy(
        'commission_tiers = [["0", "0.01"], ["0.3333333333333333333333", "0.05"]]'
    ).editions
    assert f1_rate(1, 3, edition) == Decimal("0.05")
    assert f1_rate(3_333_333, 10_000_000, edition) == Decimal("0.01")


@pytest.mark.parametrize(
    ("fen", "rate", "rounded"),
    [
        (49, "0.01", 0), (50, "0.01", 1), (51, "0.01", 1), (-49, "0.01", 0), (-50, "0.01", -1), (150, "0.01", 2),
        (0, "0.04", 0),
    ],
)  # fmt: skip
def test_half_a_fen_is_rounded_away_from_nothing(fen: int, rate: str, rounded: int) -> None:
    assert portion(fen, Decimal(rate)) == rounded


def test_a_credited_repayment_counts_for_the_agents_and_in_full_for_the_collector() -> None:
    told = pays(line())
    assert [told[one].achieved_fen for one in ("lead", "partner", "desk")] == [25_001, 25_000, 50_001]
    assert [told[one].rate for one in ("lead", "desk")] == [Decimal("0.01"), Decimal("0.03")]
    assert [told[one].commission_fen for one in ("lead", "partner", "desk")] == [250, 250, 1500]
    assert (told["lead"].base_fen, told["lead"].subsidy_fen, told["lead"].total_fen) == (
        300_000,
        50_000,
        350_250,
    )
    assert (told["desk"].subsidy_fen, told["desk"].total_fen) == (0, 301_500)


def test_an_edition_may_leave_it_to_the_agents_alone() -> None:
    (edition,) = parse_policy('collector_when_visit_credited = "none"').editions
    told = pays(line(), uncredited(10_000, id="other"), edition=edition)
    assert told["desk"].achieved_fen == 10_000


def test_one_rate_on_the_whole_month_and_the_lines_add_up_to_it() -> None:
    lines = [line(150, id=f"line {number}") for number in range(7)]
    told = pays(*lines)["desk"]
    assert told.commission_fen == portion(7 * 150, Decimal("0.01")) == 11
    assert [part.earned_fen for part in told.parts] == [2, 1, 2, 1, 2, 1, 2]


def test_a3_gives_the_team_what_the_collector_would_have_earned() -> None:
    told = pays(line(commission="to_visit"), uncredited(50_000, id="other"))
    desk, lead = told["desk"], told["lead"]
    assert desk.rate == Decimal("0.04")  # the repayment stays in the completion
    assert {part.kind: part.earned_fen for part in desk.parts} == {
        PartKind.MOVED_OUT: 2000,
        PartKind.COLLECTOR: 2000,
    }
    assert desk.commission_fen == 2000
    assert {part.kind: (part.counted_fen, part.earned_fen) for part in lead.parts} == {
        PartKind.AGENT: (25_001, 250),
        PartKind.MOVED_IN: (0, 1000),
    }
    assert lead.rate == Decimal("0.01")  # what moves in counts for no tier
    assert lead.commission_fen == 1250


def test_what_moves_and_does_not_divide_goes_to_the_lead_first() -> None:
    told = pays(line(25_050, commission="to_visit"))
    moved = [
        next(p.earned_fen for p in told[one].parts if p.kind is PartKind.MOVED_IN)
        for one in ("lead", "partner")
    ]
    assert moved == [126, 125]


def test_shares_of_a_ruling_divide_what_moves_as_they_divide_the_line() -> None:
    ruled = line(50_000, commission="to_visit", shares=(("lead", 40_000), ("partner", 10_000)))
    told = pays(ruled)
    assert [
        p.earned_fen for one in ("lead", "partner") for p in told[one].parts if p.kind is PartKind.MOVED_IN
    ] == [
        1200,
        300,
    ]


def test_a4_takes_it_out_of_the_collectors_work() -> None:
    told = pays(line(commission="none"))
    assert (told["desk"].achieved_fen, told["desk"].parts, told["desk"].commission_fen) == (0, [], 0)
    assert told["lead"].achieved_fen == 25_001


def test_what_a3_says_of_a_line_that_nobody_is_credited_with_moves_nothing() -> None:
    told = pays(uncredited(50_000, commission="to_visit"))["desk"]
    assert [part.kind for part in told.parts] == [PartKind.COLLECTOR]


def test_without_a_target_there_is_no_commission_and_it_is_said() -> None:
    told = pays(line(), lead=dataclasses.replace(LEAD, target_fen=None))["lead"]
    assert (told.rate, told.commission_fen, told.total_fen) == (None, 0, 350_000)
    assert PayWarning.NO_TARGET in told.warnings
    assert any("任务尚未设定" in words["zh"] for words in trace_of(told, HANDBOOK))


def test_what_went_back_is_taken_back_at_the_rate_of_its_month() -> None:
    told = pays(line(-50_001))
    assert (told["lead"].achieved_fen, told["lead"].rate, told["lead"].commission_fen) == (
        -25_001,
        Decimal("0.01"),
        -250,
    )
    assert told["lead"].paid_fen == -250


FACTORS = parse_policy(
    'compliance_veto = true\ncompliance_factors = [["0", "1"], ["1", "0.9"], ["3", "0.5"]]'
).editions[0]


@pytest.mark.parametrize(
    ("faults", "vetoed", "paid"),
    [(0, False, 250), (1, False, 225), (2, False, 225), (3, False, 125), (4, False, 125), (0, True, 0)],
)
def test_the_compliance_factor_and_the_veto(faults: int, vetoed: bool, paid: int) -> None:
    person = dataclasses.replace(LEAD, faults=faults, vetoed=vetoed)
    told = pays(line(50_000), lead=person, edition=FACTORS)["lead"]
    assert (told.commission_fen, told.paid_fen, told.vetoed) == (250, paid, vetoed)
    assert told.warnings == []
    assert PayWarning.RESTS_ON_AMOUNTS in pays(line(50_000), lead=person)["lead"].warnings
    assert pays(line(50_000), lead=person)["lead"].paid_fen == 250  # the handbook's edition has neither


def test_a_factor_lowers_nothing_that_is_taken_back() -> None:
    told = pays(line(-50_000), lead=dataclasses.replace(LEAD, faults=3), edition=FACTORS)["lead"]
    assert told.paid_fen == told.commission_fen == -250


@pytest.mark.parametrize(
    ("value", "told"),
    [("0.03", "3%"), ("0.005", "0.5%"), ("1", "100%"), ("0.33339", "33.33%"), ("-0.5", "-50%"), ("0", "0%")],
)
def test_percentages(value: str, told: str) -> None:
    assert percent(Decimal(value)) == told


AGENTS, DESKS = ("lead", "partner", "third"), ("desk", "colleague")
COMMISSIONS = st.sampled_from(("normal", "to_visit", "none"))


@st.composite
def month_lines(
    draw: st.DrawFn, agents_: tuple[str, ...] = AGENTS, desks: tuple[str, ...] = DESKS
) -> list[PaidLine]:
    """Lines of one month: credited to one, two or three agents or to nobody, reversals and rulings among them."""
    lines = []
    for number in range(draw(st.integers(0, 12))):
        fen = draw(st.integers(-9_999_999, 9_999_999).filter(bool))
        agents = draw(st.lists(st.sampled_from(agents_), max_size=3, unique=True))
        parts = [draw(st.integers(0, abs(fen))) for _ in agents[1:]]
        sign = -1 if fen < 0 else 1
        left, shares = abs(fen), []
        for agent, part in zip(agents[1:], parts, strict=True):
            part = min(part, left)
            shares.append((agent, sign * part))
            left -= part
        if agents:
            shares.insert(0, (agents[0], sign * left))
        desk = draw(st.sampled_from(desks))
        lines.append(PaidLine(f"l{number}", fen, desk, bool(agents), draw(COMMISSIONS), tuple(shares)))
    return lines


@given(month_lines(), st.integers(1, 50_000_000))
def test_sums_reconcile(lines: list[PaidLine], target: int) -> None:
    people = {
        name: PaidPerson(name, name not in ("desk", "colleague"), name in ("desk", "colleague"), target)
        for name in ("lead", "partner", "third", "desk", "colleague")
    }
    told = pay_of_month(lines, people, HANDBOOK)
    moved = {PartKind.MOVED_IN: 0, PartKind.MOVED_OUT: 0}
    for one in told.values():
        own = [part for part in one.parts if part.kind is not PartKind.MOVED_IN]
        assert one.rate is not None
        assert sum(part.earned_fen for part in own) == portion(one.achieved_fen, one.rate)
        assert one.total_fen == one.base_fen + one.subsidy_fen + one.paid_fen
        for part in one.parts:
            if part.kind in moved:
                moved[part.kind] += part.earned_fen
    assert moved[PartKind.MOVED_IN] == moved[PartKind.MOVED_OUT]
    assert sum(told[one].achieved_fen for one in ("lead", "partner", "third")) == sum(
        one.amount_fen for one in lines if one.credited
    )
    by_line = {one.id: one for one in lines}
    for part in (part for one in told.values() for part in one.parts):
        assert part.line_id in by_line


def added_up(lines: list[PaidLine]) -> MonthSums:
    """As the database adds a month up: who is paid for what it does not know."""
    sums: dict[tuple[str, bool, bool, str], int] = {}
    desk, shares = Counter[str](), Counter[str]()
    moving = []
    for one in lines:
        for agent, fen in one.shares:
            sums[agent, False, True, ""] = sums.get((agent, False, True, ""), 0) + fen
            shares[agent] += fen
        key = (one.collector_id, True, one.credited, one.commission)
        sums[key] = sums.get(key, 0) + one.amount_fen
        if moves_to_team(one):
            moving.append(MovingLine(one, None, desk[one.collector_id], shares[one.collector_id]))
        desk[one.collector_id] += one.amount_fen if one.commission != "none" else 0
    told = [
        LineSum(id_, desk_, credited, told, None, fen) for (id_, desk_, credited, told), fen in sums.items()
    ]
    return MonthSums(told, moving)


TARGETS = st.none() | st.integers(1, 50_000_000)


@given(
    month_lines((*AGENTS, "desk"), (*DESKS, "lead")),
    st.lists(st.tuples(st.booleans(), st.booleans(), TARGETS), min_size=5, max_size=5),
    st.booleans(),
)
def test_sums_pay_as_line_by_line(
    lines: list[PaidLine], posts: list[tuple[bool, bool, int | None]], full: bool
) -> None:
    """Whoever has which posts and target, somebody with both among them, who has shares in the own cases."""
    everybody = dict(zip(("lead", "partner", "third", "desk", "colleague"), posts, strict=True))
    people = {name: PaidPerson(name, *held) for name, held in everybody.items()}
    edition = HANDBOOK if full else parse_policy('collector_when_visit_credited = "none"').editions[0]
    told = pay_of_month(lines, people, edition)
    summed = pay_of_sums(added_up(lines), people, edition)
    assert {name: one.pay for name, one in summed.items()} == {
        name: dataclasses.replace(one, parts=()) for name, one in told.items()
    }
    drawn_on = {name for name, one in summed.items() if one.statement_ids}
    assert drawn_on == {name for name, one in told.items() if one.parts}
