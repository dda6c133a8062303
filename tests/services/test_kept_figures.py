"""A month's figures as a job keeps them: the old never takes the place of the new, what changes is counted anew.

What is kept is what would be counted now, and what SQL says a visit lacks is what the domain says.
"""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from server.domain import month_figures as figures
from server.domain.access import Actor, Permission, reach
from server.domain.evidence import EvidenceKind
from server.domain.month_figures import Counted, Place, days_figure
from server.domain.visits import AddressOutcome, Visit, VisitState
from server.services import month_figures
from server.services.month_figures import MonthFigures, count_everything, read_figures, readings_of
from server.services.ports.figures import FigureSlice
from server.services.ports.jobs import JobState
from server.services.ports.paging import PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_reading import missing_of
from tests.conftest import NOON, Desk
from tests.support import cast
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import AGENT, COLLECTOR, MANAGER, OTHER_AGENT, OUTSIDE_MANAGER, Member
from tests.support.paid import Paid
from tests.support.rows import at, change, keep

MARCH = "2026-03"


@pytest.fixture
def paid(desk: Desk) -> Paid:
    """Met on 10 March and paid 500.01 yuan two days later; a visit of the 11th without any evidence met nobody."""
    case = Paid(desk)
    case.visit(started_at=at("2026-03-11"), lead=OTHER_AGENT, proven=False)
    case.score()
    return case


def counted(desk: Desk) -> None:
    """A minute later, when the job is due."""
    desk.clock.move_to(desk.clock.now() + timedelta(minutes=1))
    desk.work()


def told(desk: Desk, member: Member = MANAGER, **asked: Any) -> MonthFigures:
    with desk.installation.house.units.read() as uow:
        return read_figures(uow, acting(uow, member), MARCH, **asked)


def acting(uow: UnitOfWork, member: Member) -> Actor:
    account = uow.accounts.need(member.id)
    return Actor(
        account_id=account.id,
        username=account.username,
        display_name=account.display_name,
        posts=frozenset(account.posts),
        grants=uow.grants.of(account.posts),
        branch_id=account.branch_id,
        team_id=account.team_id,
        project_id=account.project_id,
        session_id=account.id,
        device_id=None,
    )


def test_what_was_read_earlier_never_takes_the_place_of_what_was_read_later(desk: Desk) -> None:
    place = Place(cast.BRANCH.id, cast.CLIENT_ID, cast.PROJECT_ID)
    with desk.installation.house.units.write() as uow:
        kept = uow.month_figures
        assert kept.replace(MARCH, [Counted(place, None, figures.BEGUN, 2)], NOON)
        assert not kept.replace(MARCH, [], NOON - timedelta(microseconds=1))
        assert [one.count for one in kept.kept(MARCH, FigureSlice())] == [2]
        assert kept.replace(MARCH, [Counted(place, None, figures.BEGUN, 3)], NOON)
        assert [one.count for one in kept.kept(MARCH, FigureSlice())] == [3]
        assert (kept.counted_at(MARCH), kept.counted_at("2026-02")) == (NOON, None)


def test_a_change_is_counted_once_within_the_minute_and_says_so_until_it_is(desk: Desk, paid: Paid) -> None:
    assert told(desk).counted_at is None, "counted before the minute was over"
    counted(desk)
    first = told(desk)
    assert (first.total.visits, first.behind) == (2, False)
    assert first.counted_at == desk.clock.now()
    paid.visit(started_at=at("2026-03-12"))
    paid.score()
    paid.score()
    with desk.installation.house.units.read() as uow:
        waiting = [one.kind for one in uow.jobs.page(PageRequest(50), state=JobState.WAITING).items]
    assert waiting.count(month_figures.FIGURES_JOB) == 1
    assert (told(desk).total.visits, told(desk).behind) == (2, True)
    counted(desk)
    assert (told(desk).total.visits, told(desk).behind) == (3, False)


@pytest.mark.parametrize("asked", [{}, {"branch_id": cast.BRANCH.id}, {"branch_id": cast.OTHER_BRANCH.id}])
def test_what_is_kept_is_what_would_be_counted(desk: Desk, paid: Paid, asked: dict[str, str]) -> None:
    now = [told(desk, member, **asked) for member in (MANAGER, OUTSIDE_MANAGER, cast.QA)]
    counted(desk)
    kept = [told(desk, member, **asked) for member in (MANAGER, OUTSIDE_MANAGER, cast.QA)]
    assert all(one.counted_at is not None for one in kept)
    assert [_bare(one) for one in kept] == [_bare(one) for one in now]


def _bare(one: MonthFigures) -> MonthFigures:
    return dataclasses.replace(one, counted_at=None, behind=False)


def test_who_reaches_the_own_ones_is_counted_for_on_the_spot(desk: Desk, paid: Paid) -> None:
    counted(desk)
    for member, visits in ((AGENT, 1), (COLLECTOR, 2)):
        found = told(desk, member)
        assert (found.total.visits, found.counted_at, found.agents) == (visits, None, []), member


def test_states_outcomes_clauses_and_days_are_counted(desk: Desk, paid: Paid) -> None:
    change(desk, paid.met, outcome=AddressOutcome.FOUND)
    for state, began, more in (
        (VisitState.IN_PROGRESS, at("2026-03-13"), {}),
        (VisitState.FAILED, at("2026-03-14"), {}),
        (VisitState.FAILED, None, {"ended_reason": "lease expired"}),
        (VisitState.FAILED, None, {"ended_reason": "车辆故障"}),
    ):
        visit = paid.visit(started_at=began, state=state, proven=False)
        change(desk, visit, valid_from=at("2026-03-31", "23:59:59"), **more)
    counts = {name: count for name, (count, _) in told(desk).sums.items()}
    assert {name: counts[name] for name in ("begun", "done", "running", "broken_off")} == {
        "begun": 4, "done": 2, "running": 1, "broken_off": 1,
    }  # fmt: skip
    assert (counts["lease_expired"], counts["called_off"]) == (1, 1)
    assert (counts["outcome.found"], counts["outcome.none"]) == (1, 1)
    assert told(desk).sums["credited.C1"] == (1, 50_001)
    assert told(desk).sums["days.2"] == (1, 50_001)


@pytest.mark.parametrize(
    ("days", "figure"),
    [(None, "none"), (-1, "none"), (0, "0"), (5, "5"), (6, "6"), (10, "6"), (11, "11"), (31, "26"), (32, "32")],
)  # fmt: skip
def test_days_stand_in_steps(days: int | None, figure: str) -> None:
    assert days_figure(days) == f"days.{figure}"


def test_what_sql_says_a_visit_lacks_is_what_the_domain_says(desk: Desk) -> None:
    """Every piece of proof by itself missing, a letter with and without what it needs, and all there."""
    case = Case(desk)
    made: list[Visit] = []
    for left_out in (None, *range(4), "partner is provisional", "recording is empty"):
        visit = case.visit(started_at=at("2026-03-10"), proven=False)
        keep(desk, *_proof(visit, left_out))
        made.append(visit)
    for photos, back in (([], False), (["address"], True), (["address", "manner"], True)):
        visit = case.visit(started_at=at("2026-03-31", "23:59:59"))
        both = dict(zip(("address", "manner"), values.letter_photos(visit), strict=True))
        keep(desk, values.letter(visit, counterfoil_returned_at=NOON if back else None))
        keep(desk, *(both[name] for name in photos))
        made.append(visit)
    with desk.installation.house.units.read() as uow:
        by_domain = {
            visit.id: {one.code for one in missing_of(uow, visit, case.placement)} & _codes()
            for visit in made
        }
    assert len({frozenset(codes) for codes in by_domain.values()}) == 6
    assert {id_: _lacking(desk, id_) for id_ in by_domain} == by_domain
    proven = {one.id for one in _behind(desk, figures.PROVEN)}
    assert proven == {id_ for id_, codes in by_domain.items() if not codes}


def _proof(visit: Visit, left_out: object) -> list[Any]:
    assert visit.started_at is not None
    proof = values.proof(visit, visit.started_at)
    if isinstance(left_out, int):
        return proof[:left_out] + proof[left_out + 1 :]
    if left_out == "partner is provisional":
        proof[1] = dataclasses.replace(proof[1], provisional=True)
    if left_out == "recording is empty":
        proof = [
            dataclasses.replace(one, duration_ms=0)
            if getattr(one, "kind", None) is EvidenceKind.RECORDING
            else one
            for one in proof
        ]
    return proof


def _codes() -> set[str]:
    return {name.removeprefix("lacks.") for name in figures.LACKS}


def _lacking(desk: Desk, visit_id: str) -> set[str]:
    return {code for code in _codes() if visit_id in {one.id for one in _behind(desk, f"lacks.{code}")}}


def _behind(desk: Desk, figure: str) -> list[Visit]:
    with desk.installation.house.units.read() as uow:
        whose = reach(acting(uow, MANAGER), Permission.VISITS_READ)
        page = uow.month_figures.visits_behind(
            PageRequest(200), whose, figure, readings_of(uow, MARCH), FigureSlice()
        )
    return list(page.items)


def test_an_edition_that_begins_within_the_month_reads_from_its_day(desk: Desk) -> None:
    with desk.installation.house.units.read() as uow:
        (only,) = readings_of(uow, MARCH)
        assert (only.first.isoformat(), only.last.isoformat()) == ("2026-03-01", "2026-03-31")
        assert (only.team_size, only.either) == (2, False)
        assert count_everything(uow, MARCH) == []
