"""Leases: from publication to the end of its team's interval a visit may be started; not before, not after, not held.

Pure: which hold stands against a visit is asked of `services.holds.hold_on`.
"""

from __future__ import annotations

from datetime import datetime

from server.domain.calendar import SHANGHAI
from server.domain.placements import Hold
from server.domain.plan_problems import LEASE_EXPIRED, LEASE_NOT_YET, VISIT_NOT_PLANNED, VISIT_ON_HOLD
from server.domain.policy.registry import clause
from server.domain.problems import Finding
from server.domain.visits import Visit, VisitState

ENDED_BY_LEASE = "lease expired"
"""The reason of a visit that nobody began, for programs; other failed visits have what a person wrote."""


@clause("R12", ours=True, codes=("visit_not_planned", "lease_not_yet", "lease_expired"))
def lease_findings(visit: Visit, now: datetime, hold: Hold | None, *, case_number: str = "") -> list[Finding]:
    """No visit starts that is not on a published plan, nor outside its lease, nor while a hold stands against it.

    A follow-up on the spot (V7) has a parent and no plan; a hold stops it all the same.
    """
    found = []
    on_the_spot = visit.parent_id is not None and visit.plan_id is None
    if not on_the_spot and visit.state is not VisitState.PUBLISHED:
        found.append(Finding(VISIT_NOT_PLANNED, None, {"visit_id": visit.id, "state": visit.state}))
    if hold is not None:
        named = {"visit_id": visit.id, "case_number": case_number, "reason": hold.reason}
        found.append(Finding(VISIT_ON_HOLD, None, named))
    if visit.valid_from is not None and now < visit.valid_from:
        found.append(Finding(LEASE_NOT_YET, None, {"visit_id": visit.id, "from": _moment(visit.valid_from)}))
    if visit.valid_until is not None and now > visit.valid_until:
        until = _moment(visit.valid_until)
        found.append(Finding(LEASE_EXPIRED, None, {"visit_id": visit.id, "until": until}))
    return found


def expired(visit: Visit, now: datetime) -> bool:
    """A published visit whose lease has run out without a start."""
    return visit.state is VisitState.PUBLISHED and visit.valid_until is not None and now > visit.valid_until


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
