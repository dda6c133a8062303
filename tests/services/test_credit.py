"""Scoring in the house: runs follow the facts, keep what they saw, and are made many at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.credit import CreditRow, CreditRun, CreditShareRow
from server.domain.jobs import JobState
from server.domain.policy.wire import placement_to_json, read_placement
from server.domain.requests import RequestState
from server.domain.visits import ContactWho
from server.services import credit
from server.services.credit import (
    IN_ONE_JOB,
    PLACEMENT_JOB,
    PLACEMENTS_JOB,
    fact_changed,
    facts_changed,
    month_is_open,
    score,
)
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.builders import make_request
from tests.support.cases import TEN, Case
from tests.support.cast import AGENT, BRANCH, OTHER_BRANCH, PARTNER
from tests.support.months import published
from tests.support.rows import at, change, changed, keep
from tests.support.statements import statements_of


@pytest.fixture
def case(desk: Desk) -> Case:
    return Case(desk)


def current(case: Case) -> tuple[CreditRun, list[CreditRow], dict[str, list[CreditShareRow]]]:
    """The current run of a case with its lines by day, and their shares."""
    with case.desk.installation.house.units.read() as uow:
        (run,) = uow.credit_runs.having(placement_id=case.placement.id, current=True)
        lines = uow.credit_lines.page_of_run(PageRequest(200), run.id).items
        return run, lines, dict(uow.credit_shares.of_lines(line.id for line in lines))


def told(case: Case) -> list[str]:
    """Each current line in short: the clause that credits it, or the reason."""
    return [line.clause or str(line.reason) for line in current(case)[1]]


def rescored(case: Case) -> list[str]:
    changed(case.desk, [case.placement])
    case.desk.work()
    return told(case)


def letter_case(case: Case, **letter: Any) -> tuple[Any, Any]:
    """A visit that left a letter with both photos, called nobody for nobody is reachable, and a repayment in time."""
    visit = case.visit()
    left = values.letter(visit, **letter)
    paid = values.repayment(case.placement, date(2026, 3, 12))
    keep(case.desk, left, *values.letter_photos(visit), paid)
    return visit, left


def test_a_repayment_without_a_visit_names_its_reason(case: Case) -> None:
    keep(case.desk, values.repayment(case.placement, date(2026, 3, 12)))
    assert rescored(case) == ["no_visit"]
    run, (line,), shares = current(case)
    assert (run.editions, line.visit_id, line.nearest_visit_id, line.visited) == ((), None, None, False)
    assert (line.month, line.commission, shares) == ("2026-03", "normal", {})


def test_a_credited_repayment_is_shared_and_keeps_what_was_seen(case: Case) -> None:
    visit = case.visit()
    keep(case.desk, values.contact(visit), values.repayment(case.placement, date(2026, 3, 12), 50_001))
    assert rescored(case) == ["C1"]
    run, (line,), shares = current(case)
    assert run.facts == placement_to_json(case.facts())
    assert read_placement(dict(run.facts)) == case.facts()
    assert (run.cause, run.editions, run.computed_at) == ("test", ("2019-12-20",), case.desk.clock.now())
    assert (line.visit_id, line.nearest_visit_id, line.visited) == (visit.id, visit.id, True)
    assert (line.window_from, line.window_to, line.extended) == (date(2026, 3, 10), date(2026, 4, 9), False)
    assert [(s.account_id, s.amount_fen) for s in shares[line.id]] == [
        (AGENT.id, 25_001),
        (PARTNER.id, 25_000),
    ]
    (seen,) = line.trace["visits"]
    assert (seen["visit"], seen["basis"]["clause"], seen["credited"]) == (visit.id, "C1", True)


def test_what_was_not_credited_names_the_nearest_visit(case: Case) -> None:
    visit = case.visit(partner=PARTNER, proven=False)
    keep(
        case.desk, values.check_in(visit, AGENT.id, TEN), values.repayment(case.placement, date(2026, 3, 12))
    )
    assert rescored(case) == ["not_two_present"]
    assert current(case)[1][0].nearest_visit_id == visit.id


def test_the_same_facts_make_no_new_run(case: Case, later: Callable[..., None]) -> None:
    letter_case(case)
    rescored(case)
    first = current(case)[0]
    later(days=1)
    assert rescored(case) == ["letter_not_proven"]
    assert current(case)[0] == first


def test_a_counterfoil_that_comes_back_makes_the_letter_count(case: Case) -> None:
    _, letter = letter_case(case)
    keep(case.desk, values.phone(case.placement))
    assert rescored(case) == ["letter_not_proven"]
    change(case.desk, letter, counterfoil_returned_at=TEN)
    assert rescored(case) == ["message_not_sent"]


def test_a_message_sent_opens_five_days(case: Case) -> None:
    visit, _ = letter_case(case, counterfoil_returned_at=TEN)
    phone = values.phone(case.placement)
    message = values.text_message(visit, phone, None)
    keep(case.desk, phone, values.TEMPLATE, message)
    assert rescored(case) == ["message_not_sent"]
    change(case.desk, message, state="sent", sent_at=TEN)
    assert rescored(case) == ["C4"]


def test_an_acknowledgement_turns_the_letter_into_a_month(case: Case) -> None:
    _, letter = letter_case(case, counterfoil_returned_at=TEN)
    keep(case.desk, values.repayment(case.placement, date(2026, 4, 9)))
    assert rescored(case) == ["C4", "window_passed"]
    change(case.desk, letter, acknowledged_on=date(2026, 4, 9))
    assert rescored(case) == ["C5", "C5"]


@pytest.mark.parametrize(("relayed_on", "line"), [(17, "C3"), (18, "relay_not_confirmed")])
def test_a_relay_confirmed_later_counts_within_seven_days(case: Case, relayed_on: int, line: str) -> None:
    visit = case.visit()
    asked = values.contact(visit, ContactWho.OTHER_CONTACT, will_relay=True, can_relay=True)
    keep(case.desk, asked, values.repayment(case.placement, date(2026, 3, 12)))
    assert rescored(case) == ["relay_not_confirmed"]
    change(case.desk, asked, relayed_on=date(2026, 3, relayed_on))
    assert rescored(case) == [line]


def test_a_voided_visit_gives_its_line_to_the_one_before(case: Case) -> None:
    first = case.visit(started_at=at("2026-03-08"))
    second = case.visit()
    keep(
        case.desk,
        values.contact(first),
        values.contact(second),
        values.repayment(case.placement, date(2026, 3, 12)),
    )
    rescored(case)
    assert current(case)[1][0].visit_id == second.id
    change(case.desk, second, voided_at=TEN, voided_by="gaofeng", void_reason="伪造录音")
    rescored(case)
    run, (line,), _ = current(case)
    assert line.visit_id == first.id
    assert [seen["visit"] for seen in line.trace["visits"]] == [second.id, first.id]
    with case.desk.installation.house.units.read() as uow:
        former = uow.credit_runs.having(placement_id=case.placement.id, current=False)
        assert [uow.credit_lines.having(run_id=one.id)[0].visit_id for one in former] == [second.id]
        assert run.id not in [one.id for one in former]


def test_a_reversal_stands_in_its_own_month_and_takes_the_shares_back(case: Case) -> None:
    visit = case.visit()
    paid = values.repayment(case.placement, date(2026, 3, 12), 50_001)
    recalled = values.repayment(case.placement, date(2026, 5, 4), -50_001, reverses_id=paid.id)
    keep(case.desk, values.contact(visit), paid, recalled)
    assert rescored(case) == ["C1", "C1"]
    _, lines, shares = current(case)
    assert [(line.month, line.visit_id) for line in lines] == [("2026-03", visit.id), ("2026-05", visit.id)]
    assert [[share.amount_fen for share in shares[line.id]] for line in lines] == [
        [25_001, 25_000],
        [-25_001, -25_000],
    ]


def test_a_marked_request_takes_the_collectors_commission(case: Case) -> None:
    keep(case.desk, values.contact(case.visit()), values.repayment(case.placement, date(2026, 3, 12)))
    rescored(case)
    make_request(
        case.desk,
        case.placement,
        [],
        RequestState.ACCEPTED,
        requested_on=date(2026, 3, 12),
        promising_marked_at=TEN,
    )
    assert rescored(case) == ["C1"]
    assert current(case)[1][0].commission == "none"


def test_a_new_edition_of_the_policy_makes_a_new_run(case: Case) -> None:
    keep(case.desk, values.contact(case.visit()), values.repayment(case.placement, date(2026, 4, 10)))
    assert rescored(case) == ["window_passed"]
    with case.desk.installation.house.units.write() as uow:
        uow.policy_documents.publish(uow.new_id(), 'month_end = "same_day"', uow.now, None)
        uow.commit()
    assert rescored(case) == ["C1"]
    assert current(case)[0].editions == ("2019-12-20",)


def test_a_change_is_scored_once_however_often_it_was_told(case: Case) -> None:
    keep(case.desk, values.repayment(case.placement, date(2026, 3, 12)))
    for _ in range(3):
        changed(case.desk, [case.placement])
    assert case.desk.work() == 1


def test_a_change_while_the_job_runs_is_not_lost(case: Case) -> None:
    keep(case.desk, values.repayment(case.placement, date(2026, 3, 12)))
    changed(case.desk, [case.placement])
    units = case.desk.installation.house.units
    with units.write() as uow:
        claimed = uow.jobs.claim(uow.now, uow.now + timedelta(minutes=10))
        assert claimed is not None
        uow.commit()
    changed(case.desk, [case.placement], "while it ran")
    with units.read() as uow:
        waiting = uow.jobs.page(PageRequest(), state=JobState.WAITING).items
    assert [job.payload["cause"] for job in waiting] == ["while it ran"]


def test_waiting_placements_are_scored_together(desk: Desk) -> None:
    cases = [Case(desk) for _ in range(3)]
    for case in cases:
        keep(desk, values.repayment(case.placement, date(2026, 3, 12)))
    changed(desk, [case.placement for case in cases])
    assert desk.work() == 1
    assert [told(case) for case in cases] == [["no_visit"]] * 3
    with desk.installation.house.units.read() as uow:
        scored = [job for job in uow.jobs.page(PageRequest()).items if job.kind == PLACEMENT_JOB]
        assert {job.state for job in scored} == {JobState.DONE}


def test_one_bad_case_does_not_keep_the_others(desk: Desk, later: Callable[..., None]) -> None:
    good = Case(desk)
    keep(desk, values.repayment(good.placement, date(2026, 3, 12)))
    with desk.installation.house.units.write() as uow:
        uow.enqueue(PLACEMENT_JOB, {"cause": "a payload without its placement"})
        fact_changed(uow, good.placement.id, "test")
        uow.commit()
    desk.work()
    later(hours=1)
    desk.work()
    assert told(good) == ["no_visit"]


def test_one_bad_case_among_many_does_not_keep_the_others(
    desk: Desk, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor those of its own turn, and not those of the next."""
    monkeypatch.setattr(credit, "AT_ONCE", 2)
    cases = [Case(desk) for _ in range(5)]
    ids = [case.placement.id for case in cases]
    for case in cases:
        keep(desk, values.repayment(case.placement, date(2026, 3, 12)))
    given = credit.explain

    def explain(facts: Any, book: Any) -> Any:
        if facts.id == ids[2]:
            raise ValueError("a case that makes no sense")
        return given(facts, book)

    monkeypatch.setattr(credit, "explain", explain)
    with desk.installation.house.units.write() as uow:
        facts_changed(uow, ids, "test")
        uow.commit()
    assert desk.work() > 0
    with desk.installation.house.units.read() as uow:
        jobs = uow.jobs.page(PageRequest()).items
        (many,) = uow.jobs.having(kind=PLACEMENTS_JOB)
        assert uow.trail.first_break() is None
    assert many.state is JobState.DONE
    assert {job.payload["placement_id"] for job in jobs if job.kind == PLACEMENT_JOB} <= set(ids[2:4])
    later(hours=1)
    desk.work()
    assert [told(case) for case in cases if case is not cases[2]] == [["no_visit"]] * 4
    monkeypatch.setattr(credit, "explain", given)
    later(hours=2)
    desk.work()
    assert told(cases[2]) == ["no_visit"]


@pytest.mark.parametrize(("cases", "jobs"), [(IN_ONE_JOB - 1, 1), (IN_ONE_JOB, 1), (IN_ONE_JOB + 1, 2)])
def test_many_changes_wait_in_few_jobs(desk: Desk, cases: int, jobs: int) -> None:
    ids = [f"{number:05}" for number in range(cases)]
    with desk.installation.house.units.write() as uow:
        facts_changed(uow, [*ids, ids[0]], "test")
        uow.commit()
        waiting = uow.jobs.having(kind=PLACEMENTS_JOB)
    assert len(waiting) == jobs
    assert sorted(id_ for job in waiting for id_ in job.payload["placement_ids"]) == ids


def test_what_came_with_one_placement_of_a_debtor_is_seen_by_the_others(case: Case) -> None:
    """The phone was answered under another placement, so it is reachable, and the letter's visit did not call it."""
    visit, _ = letter_case(case, counterfoil_returned_at=TEN)
    phone = values.phone(case.placement)
    other = values.placement(case.debtor, opened_on=date(2025, 1, 5))
    message = values.text_message(visit, phone, TEN)
    keep(case.desk, phone, other, values.TEMPLATE, message)
    assert rescored(case) == ["C4"]
    keep(case.desk, values.call_note(other, phone, at("2026-03-01")))
    changed(case.desk, [other])
    case.desk.work()
    assert told(case) == ["phones_not_called"]


def test_a_run_leaves_one_line_in_the_trail(case: Case) -> None:
    keep(case.desk, values.repayment(case.placement, date(2026, 3, 12)))
    rescored(case)
    with case.desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=None, actor_id=None).items
    (scored,) = [line for line in lines if line.action == "credit.scored"]
    assert scored.detail == {"cause": "test", "runs": {case.placement.id: current(case)[0].id}}


def test_a_month_is_open_until_its_statement_is_published(desk: Desk, case: Case) -> None:
    keep(desk, values.repayment(case.placement, date(2026, 3, 12)))
    rescored(case)
    published(desk)
    with desk.installation.house.units.read() as uow:
        assert not month_is_open(uow, "2026-03", BRANCH.id)
        assert month_is_open(uow, "2026-03", OTHER_BRANCH.id)
        assert month_is_open(uow, "2026-04", BRANCH.id)


def test_fifty_cases_are_scored_with_as_many_statements_as_one(desk: Desk) -> None:
    def prepared() -> str:
        case = Case(desk)
        keep(desk, values.contact(case.visit()), values.repayment(case.placement, date(2026, 3, 12)))
        return case.placement.id

    def scored(ids: list[str]) -> int:
        with statements_of(desk) as said, desk.installation.house.units.write() as uow:
            assert score(uow, ids, "test") == len(ids)
            uow.commit()
        return len(said)

    assert scored([prepared() for _ in range(50)]) == scored([prepared()])


def test_many_repayments_of_one_case_are_written_with_one_statement_a_kind(case: Case) -> None:
    keep(
        case.desk,
        values.contact(case.visit()),
        *(values.repayment(case.placement, date(2026, 3, 12), 100 + n) for n in range(500)),
    )
    with statements_of(case.desk) as said, case.desk.installation.house.units.write() as uow:
        score(uow, [case.placement.id], "test")
        uow.commit()
    assert len([statement for statement in said if statement.startswith("INSERT INTO credit_")]) == 3
