"""A visit's verdict in one sentence: whom they met, who was there, how much was recorded, what it is credited for.

Owns the parts and their order. Refuses to judge: each part is what a rule has said already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from server.domain.leases import ENDED_BY_LEASE
from server.domain.visits import ContactChannel, ContactWho, Visit, VisitState
from server.services.visit_course import VisitCourse

_MET = (ContactWho.DEBTOR, ContactWho.DIRECT_RELATIVE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the sentence: the key of its words, its meaning, its clause."""

    key: str
    meaning: str = "plain"
    facts: dict[str, Any] = field(default_factory=dict)
    clause: str | None = None


def verdict_of(course: VisitCourse) -> list[Part]:
    """The parts in the order in which they are said."""
    visit = course.whole.brief.visit
    if visit.voided_at is not None:
        return [Part("voided", "wrong", clause="X1")]
    if visit.started_at is None:
        return [_not_begun(visit)]
    return [*_met(course), *_present(course), *_recorded(course), *_credited(course)]


def _not_begun(visit: Visit) -> Part:
    """A visit that is over without a beginning is told from one that is still to come."""
    if visit.state is VisitState.CANCELLED:
        return Part("cancelled")
    if visit.state is not VisitState.FAILED:
        return Part("not_begun", "info")
    if visit.ended_reason == ENDED_BY_LEASE:
        return Part("lease_over", "wrong", clause="R12")
    if visit.ended_reason:
        return Part("unmade_for", "wrong", {"reason": visit.ended_reason})
    return Part("unmade", "wrong")


def _met(course: VisitCourse) -> Iterator[Part]:
    spoken = [one for one in course.whole.contacts if one.communicated]
    for who in _MET:
        if any(one.who is who and one.channel is ContactChannel.IN_PERSON for one in spoken):
            yield Part(f"met_{who.value}", "done", clause="C1")
            return
    if any(one.who in _MET for one in spoken):
        yield Part("phoned", "done", clause="C2")
    elif course.whole.letter is not None:
        yield Part("letter", "info", clause="C4")
    elif course.whole.contacts:
        yield Part("others", "waiting", clause="C3")
    else:
        yield Part("nobody", "plain")


def _present(course: VisitCourse) -> Iterator[Part]:
    present = len(course.whole.presence.present)
    yield Part("present", "done" if present >= 2 else "wrong", {"count": present}, "V1")


def _recorded(course: VisitCourse) -> Iterator[Part]:
    recorded = course.whole.recorded
    if recorded.per_mille is None:
        return
    gaps = len(recorded.gaps)
    percent = f"{recorded.per_mille / 10:.1f}"
    yield Part("recorded", "waiting" if gaps else "done", {"percent": percent, "gaps": gaps}, "V2")


def _credited(course: VisitCourse) -> Iterator[Part]:
    if course.lines is None:
        return
    credited = [
        line for line in course.lines if line.row.visit_id is not None and line.row.window is not None
    ]
    if credited:
        window = credited[0].row.window
        assert window is not None
        facts = {"first": window.from_day, "last": window.to_day}
        yield Part("credited", "done", facts, credited[0].clause)
    elif course.lines:
        yield Part("not_credited", "plain", clause=course.lines[0].clause)
    else:
        yield Part("no_repayment")
