"""What must hold for any placement and any policy: 150 of each, 5,000 with FIELDVISIT_SCALE=full."""

import copy
import json
import os
from collections import defaultdict
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.policy.attribute import explain, score_placement
from server.domain.policy.credit_lines import CreditLine, line_to_json, line_to_text
from server.domain.policy.explanations import say, tell
from server.domain.policy.wire import placement_to_json, read_placement
from tests.policy.strategies import placements, policies
from tests.policy.world import Facts, book

MANY = settings(max_examples=5_000 if os.environ.get("FIELDVISIT_SCALE") == "full" else 150, deadline=None)


def _scored(facts: Facts, policy: str) -> list[CreditLine]:
    return score_placement(read_placement(facts), book(policy))


@MANY
@given(placements(), policies())
def test_shares_sum_to_the_amount_and_name_those_present(facts: Facts, policy: str) -> None:
    present = {visit["id"]: visit["present"] for visit in facts["visits"]}
    for line in _scored(facts, policy):
        if line.visit is None:
            assert line.shares == ()
            assert line.reason is not None
        else:
            assert sorted(agent for agent, _ in line.shares) == sorted(present[line.visit])
            assert sum(fen for _, fen in line.shares) == (line.amount if present[line.visit] else 0)
            assert line.reason is None


@MANY
@given(placements(), policies(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_is_irrelevant(facts: Facts, policy: str, dice: Random) -> None:
    shuffled = copy.deepcopy(facts)
    for name in ("visits", "repayments", "police_referrals"):
        dice.shuffle(shuffled[name])
    for visit in shuffled["visits"]:
        for name in ("contacts", "phones", "present"):
            dice.shuffle(visit[name])
    assert _scored(shuffled, policy) == _scored(facts, policy)


@MANY
@given(placements(), policies())
def test_a_visit_that_covers_nothing_changes_nothing(facts: Facts, policy: str) -> None:
    before = _scored(facts, policy)
    latest = {"id": "V0", "started_at": "2029-01-01T10:00:00+08:00"}
    with_another = copy.deepcopy(facts)
    with_another["visits"].append(_any_visit() | latest)
    assert _scored(with_another, policy) == before


@MANY
@given(placements())
def test_an_excluded_visit_takes_no_credit_from_others(facts: Facts) -> None:
    with_another = copy.deepcopy(facts)
    with_another["visits"].append(_any_visit() | {"id": "V0", "voided": True})
    for before, after in zip(_scored(facts, ""), _scored(with_another, ""), strict=True):
        assert after == before or (before.visit is None and after.reason == "voided")


def _any_visit() -> Facts:
    return {
        "started_at": "2028-02-01T10:00:00+08:00",
        "agents": ["Lin", "Zhao"],
        "present": ["Lin", "Zhao"],
        "photos": 1,
        "recordings": 1,
        "voided": False,
        "address": {"kind": "home", "confirmed": True},
        "contacts": [],
        "letter": None,
        "phones": [],
        "debtor_gone": False,
        "promise_due_on": None,
        "promise_explained": False,
        "superseded_by": None,
        "contact_restored_on": None,
    }


@MANY
@given(placements(), policies())
def test_a_replay_from_the_snapshot_is_identical(facts: Facts, policy: str) -> None:
    snapshot = json.loads(json.dumps(placement_to_json(read_placement(facts))))
    assert _scored(snapshot, policy) == _scored(facts, policy)


@MANY
@given(placements(), policies())
def test_a_repayment_wholly_reversed_leaves_nobody_a_fen(facts: Facts, policy: str) -> None:
    reversed_facts = copy.deepcopy(facts)
    left = {item["id"]: _fen(item["amount"]) for item in facts["repayments"] if item["reverses"] is None}
    for item in facts["repayments"]:
        if item["reverses"] is not None:
            left[item["reverses"]] += _fen(item["amount"])
    for number, fen in left.items():
        if fen:
            rest = {"id": f"X{number}", "amount": f"-{fen // 100}.{fen % 100:02d}", "reverses": number}
            reversed_facts["repayments"].append({"paid_on": "2028-06-01", "paid_at": None} | rest)
    sums: dict[str, int] = defaultdict(int)
    for line in _scored(reversed_facts, policy):
        for agent, fen in line.shares:
            sums[agent] += fen
    assert set(sums.values()) <= {0}


def _fen(amount: str) -> int:
    return int(amount.replace(".", ""))


@MANY
@given(placements(), policies())
def test_nothing_is_credited_outside_a_window(facts: Facts, policy: str) -> None:
    placement = read_placement(facts)
    by_id = {repayment.id: repayment for repayment in placement.repayments}
    starts = {visit.id: visit.started_at for visit in placement.visits}
    for line in _scored(facts, policy):
        if line.window is not None and line.visit is not None:
            repayment = by_id[line.repayment]
            original = by_id[repayment.reverses or repayment.id]
            assert line.window.from_day <= original.paid_on <= line.window.to_day
            assert original.paid_at is None or original.paid_at >= starts[line.visit]


@MANY
@given(placements(), policies())
def test_a_reversal_is_told_as_its_original(facts: Facts, policy: str) -> None:
    lines = {line.repayment: line for line in _scored(facts, policy)}
    for item in facts["repayments"]:
        if item["reverses"] is not None:
            mine, original = line_to_json(lines[item["id"]]), line_to_json(lines[item["reverses"]])
            for key in ("visit", "basis", "clause", "window", "collector_commission", "reason"):
                assert mine[key] == original[key]


@MANY
@given(placements(), policies())
def test_the_text_of_a_line_is_its_json(facts: Facts, policy: str) -> None:
    for line in _scored(facts, policy):
        assert line_to_text(line) == json.dumps(line_to_json(line), ensure_ascii=False)


@MANY
@given(placements(), policies())
def test_an_explanation_carries_the_line_and_agrees_with_it(facts: Facts, policy: str) -> None:
    placement = read_placement(facts)
    decisions = explain(placement, book(policy))
    assert [decision.line for decision in decisions] == _scored(facts, policy)
    for decision in decisions:
        line, trace = decision.line, json.loads(json.dumps(decision.trace))
        assert len(trace["visits"]) == len(placement.visits)
        assert trace["commission"]["code"] == line.collector_commission
        credited = [visit for visit in trace["visits"] if visit["credited"]]
        assert [visit["visit"] for visit in credited] == ([line.visit] if line.visit else [])
        if line.visit is None:
            assert trace["outcome"]["code"] == line.reason
            continue
        (visit,) = credited
        assert (visit["basis"]["code"], visit["basis"]["clause"]) == (line.basis, line.clause)
        assert visit["coverage"]["code"] == "covered"
        assert line.window is not None
        assert visit["window"]["last"] == line.window.to_day.isoformat()
        assert next(test for test in visit["tests"] if test["holds"]) == visit["basis"]


@MANY
@given(placements(), policies())
def test_every_step_of_every_trace_has_words(facts: Facts, policy: str) -> None:
    for decision in explain(read_placement(facts), book(policy)):
        for language in ("zh-CN", "en"):
            told = tell(decision.trace, language)
            assert len(told) == 2 + len(decision.trace["visits"])
            for visit in decision.trace["visits"]:
                for step in (*visit["tests"], visit["coverage"]):
                    assert "None" not in say(step, language, visit["facts"])
                    assert "{" not in say(step, language, visit["facts"])
