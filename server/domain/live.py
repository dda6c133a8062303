"""What somebody at the desk must hear of a visit while it runs: a partner who did not come, a team past its hours.

Owns when each is said. Refuses to judge credit: that is `policy`'s, over what is on record in the end. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.leases import expired
from server.domain.placements import Hold
from server.domain.policy.editions import Edition
from server.domain.visits import CheckDirection, CheckIn, Visit, VisitState


class Alarm(StrEnum):
    """The gravest first."""

    PARTNER_MISSING = "partner_missing"
    OVERDUE = "overdue"
    LEASE_OVER = "lease_over"
    HELD = "held"
    PARTNER_AWAITED = "partner_awaited"


CLAUSE = {
    Alarm.PARTNER_MISSING: "V1",
    Alarm.OVERDUE: "V9",
    Alarm.LEASE_OVER: "R12",
    Alarm.HELD: "V13",
    Alarm.PARTNER_AWAITED: "V1",
}
"""What each is said by."""


@dataclass(frozen=True, slots=True)
class Running:
    """A visit of the day as it stands: who is proven there, every check-in, the hold against it."""

    visit: Visit
    present: int
    check_ins: Sequence[CheckIn]
    hold: Hold | None


def alarms(running: Running, edition: Edition, now: datetime) -> list[Alarm]:
    """What is to be said of it now, the gravest first."""
    visit = running.visit
    found = []
    if visit.state is VisitState.IN_PROGRESS:
        if running.present < edition.team_size:
            found.append(_partner(running, edition, now))
        if visit.valid_until is not None and now > visit.valid_until:
            found.append(Alarm.OVERDUE)
    if expired(visit, now):
        found.append(Alarm.LEASE_OVER)
    if running.hold is not None and visit.ended_at is None:
        found.append(Alarm.HELD)
    return sorted(found, key=list(Alarm).index)


def _partner(running: Running, edition: Edition, now: datetime) -> Alarm:
    """V1: within the minutes that may lie between the two check-ins the other is only awaited."""
    came = [one.at for one in running.check_ins if one.direction is CheckDirection.IN and one.refusal is None]
    first = min(came, default=running.visit.started_at or now)
    late = now - first > timedelta(minutes=edition.presence_minutes)
    return Alarm.PARTNER_MISSING if late else Alarm.PARTNER_AWAITED
