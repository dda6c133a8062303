"""R14: the mandate ends with the placement; what was open is cancelled, its people are told, papers are listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from server.domain.placements import HoldReason
from server.domain.requests import RequestState
from server.domain.visits import Paper, PaperKind, VisitState
from server.services.placements import end_due
from server.services.ports.paging import PageRequest
from tests.conftest import NOON, Desk
from tests.support.builders import make_address, make_placement, make_request, make_visit
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, MANAGER, PARTNER

TODAY = date(2026, 3, 10)


def end(desk: Desk) -> int:
    with desk.installation.house.units.write() as uow:
        ended = end_due(uow)
        uow.commit()
    return ended


def inbox(desk: Desk, account_id: str) -> list[str]:
    with desk.installation.house.units.read() as uow:
        return [message.kind for message in uow.inbox_messages.having(account_id=account_id)]


def stored(desk: Desk, rows: str, id_: str) -> Any:
    with desk.installation.house.units.read() as uow:
        return getattr(uow, rows).need(id_)


def test_a_placement_ends_on_the_day_after_its_last_one(desk: Desk) -> None:
    over = make_placement(desk, recall_on=date(2026, 3, 9))
    last_day = make_placement(desk, recall_on=TODAY)
    retained = make_placement(desk, recall_on=date(2026, 3, 1), retained_until=TODAY)
    retention_over = make_placement(desk, recall_on=date(2026, 2, 1), retained_until=date(2026, 3, 9))
    assert end(desk) == 2
    assert stored(desk, "placements", over.id).ended_on == date(2026, 3, 9)
    assert stored(desk, "placements", retention_over.id).ended_on == date(2026, 3, 9)
    assert stored(desk, "placements", last_day.id).ended_on is None
    assert stored(desk, "placements", retained.id).ended_on is None
    assert end(desk) == 0


def test_open_requests_and_visits_not_begun_are_cancelled_and_their_people_told(desk: Desk) -> None:
    placement = make_placement(desk, recall_on=date(2026, 3, 9))
    address = make_address(desk, placement)
    filed = make_request(desk, placement, [address], RequestState.FILED)
    refused = make_request(desk, placement, [address], RequestState.REFUSED)
    published = make_visit(desk, placement, address, VisitState.PUBLISHED)
    begun = make_visit(desk, placement, address, VisitState.IN_PROGRESS)
    end(desk)
    assert stored(desk, "visit_requests", filed.id).state is RequestState.CANCELLED
    assert stored(desk, "visit_requests", filed.id).decision_reason == "placement_ended"
    assert stored(desk, "visit_requests", refused.id).state is RequestState.REFUSED
    cancelled = stored(desk, "visits", published.id)
    assert (cancelled.state, cancelled.ended_reason) == (VisitState.CANCELLED, "placement_ended")
    assert stored(desk, "holds", cancelled.hold_id).reason is HoldReason.ENDED
    assert stored(desk, "visits", begun.id).state is VisitState.IN_PROGRESS
    for member in (AGENT, PARTNER):
        assert inbox(desk, member.id) == ["visit_held"]
    assert sorted(inbox(desk, COLLECTOR.id)) == ["placement_ended", "visit_held"]
    assert inbox(desk, MANAGER.id) == []


def test_papers_that_are_still_out_are_listed_to_the_manager(desk: Desk) -> None:
    placement = make_placement(desk, recall_on=date(2026, 3, 9))
    visit = make_visit(desk, placement, make_address(desk, placement), VisitState.COMPLETED)
    with desk.installation.house.units.write() as uow:
        for returned_at in (None, NOON):
            values = dict.fromkeys(Paper.__slots__) | {
                "id": uow.new_id(),
                "visit_id": visit.id,
                "kind": PaperKind.LETTER,
                "purpose": "外访",
                "issued_at": NOON,
                "issued_by": DISPATCHER.id,
                "returned_at": returned_at,
                "received_by": DISPATCHER.id if returned_at else None,
                "version": 1,
            }
            uow.papers.add(Paper(**values))  # type: ignore[arg-type]
        uow.commit()
    end(desk)
    with desk.installation.house.units.read() as uow:
        told = uow.inbox_messages.having(account_id=MANAGER.id)
    assert [(message.kind, message.params["papers"]) for message in told] == [("papers_due_back", 1)]


def test_a_worker_does_the_day_once(desk: Desk, later: Callable[..., None]) -> None:
    placement = make_placement(desk, recall_on=date(2026, 3, 10))
    runner = desk.installation.runner
    runner.work()
    assert stored(desk, "placements", placement.id).ended_on is None
    later(hours=11, minutes=59)  # 23:59 of the same local day
    runner.work()
    assert stored(desk, "placements", placement.id).ended_on is None
    later(minutes=1)
    runner.work()
    assert stored(desk, "placements", placement.id).ended_on == date(2026, 3, 10)
    ended_kinds = ["placements.end_due"] * 2
    with desk.installation.house.units.read() as uow:
        kinds = [job.kind for job in uow.jobs.page(PageRequest()).items]
    assert sorted(kind for kind in kinds if kind.startswith("placements.")) == ended_kinds
