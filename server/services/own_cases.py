"""Cases as whoever works them sees the list: what ends when, what was repaid, the last contact, what comes next.

Owns the gathering for a whole page at once. Refuses to decide what comes next: `server.domain.case_steps` does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from server.domain.calendar import local_day
from server.domain.case_steps import CaseStanding, NextStep, next_step
from server.domain.placements import Debtor, Hold, Placement, Promise, Repayment, placement_end
from server.domain.requests import RequestState, VisitRequest
from server.domain.visits import Visit, VisitState
from server.services.case_reading import CaseLine
from server.services.ports.unit_of_work import UnitOfWork


class _OfCase(Protocol):
    @property
    def placement_id(self) -> str: ...


T = TypeVar("T", bound=_OfCase)
_TO_COME = (VisitState.ACCEPTED, VisitState.PLANNED, VisitState.PUBLISHED, VisitState.IN_PROGRESS)
_OPEN = (RequestState.DRAFT, RequestState.RETURNED, RequestState.FILED, RequestState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """A line of the list. `request` is the newest that is still a draft, returned, filed or accepted."""

    placement: Placement
    debtor: Debtor
    collector_name: str
    ends_on: date
    repaid_fen: int
    last_call_at: datetime | None
    promise_due: date | None
    request: VisitRequest | None
    step: NextStep


@dataclass(frozen=True, slots=True)
class _OnCases:
    """What stands on the cases of a page, by the id of the placement."""

    promises: dict[str, list[Promise]]
    repaid: dict[str, list[Repayment]]
    requests: dict[str, list[VisitRequest]]
    visits: dict[str, list[Visit]]
    held: frozenset[str]
    called: dict[str, datetime]


def worked_cases(uow: UnitOfWork, lines: Sequence[CaseLine]) -> list[WorkedCase]:
    """The same cases in the same order, each with what stands on it; one question a kind of record."""
    ids = [line.placement.id for line in lines]
    people = uow.accounts.by_ids({line.placement.collector_id for line in lines})
    found = _OnCases(
        _grouped(uow.promises.having_any("placement_id", ids)),
        _grouped(uow.repayments.having_any("placement_id", ids)),
        _grouped(uow.visit_requests.having_any("placement_id", ids)),
        _grouped(uow.visits.having_any("placement_id", ids)),
        frozenset(hold.placement_id for hold in uow.holds.having_any("placement_id", ids) if _stops(hold)),
        uow.call_notes.newest_of(ids),
    )
    today = local_day(uow.now)
    return [_worked(line, people[line.placement.collector_id].display_name, found, today) for line in lines]


def _worked(line: CaseLine, collector_name: str, found: _OnCases, today: date) -> WorkedCase:
    placement = line.placement
    id_, ends_on = placement.id, placement_end(placement)
    promise = max(found.promises[id_], key=lambda one: (one.due_on, one.id), default=None)
    since = [one for one in found.repaid[id_] if promise is not None and one.paid_on >= promise.made_on]
    open_requests = [one for one in found.requests[id_] if one.state in _OPEN]
    standing = CaseStanding(
        ended=placement.ended_on is not None or ends_on < today,
        on_hold=id_ in found.held,
        request_states=frozenset(one.state for one in open_requests),
        to_visit=any(visit.state in _TO_COME for visit in found.visits[id_]),
        promise_due=None if promise is None else promise.due_on,
        repaid_since=sum(one.amount_fen for one in since) > 0,
    )
    return WorkedCase(
        placement,
        line.debtor,
        collector_name,
        ends_on,
        sum(one.amount_fen for one in found.repaid[id_]),
        found.called.get(id_),
        standing.promise_due,
        max(open_requests, key=lambda one: one.id, default=None),
        next_step(standing, today),
    )


def _stops(hold: Hold) -> bool:
    """In force, and of the whole case: one of an address alone leaves the others open."""
    return hold.released_at is None and hold.address_id is None


def _grouped(several: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for one in several:
        found[one.placement_id].append(one)
    return found
