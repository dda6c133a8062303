"""A visit's course as one column of events with the clock at the left: what happened when, by whom, in which words.

Owns the order and the words' keys. Refuses to say anything that is not on record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.domain.adverse import FINDING_WORDS
from server.domain.evidence import PHOTO_KINDS, EvidenceItem, EvidenceKind
from server.domain.recordings import Gap
from server.domain.requests import RequestState
from server.services.visit_course import VisitCourse

_STRIP = 300  # seconds: photos of one walk round a house stand side by side

_NOTED_BY_ID = {"address_unresolved", "started_before_told"}  # their note is an id or a code, for machines


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `key` names its words, `facts` fill them; `items` are files, `note` is what somebody wrote."""

    at: datetime
    key: str
    who: str = ""
    meaning: str = "plain"
    facts: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    clause: str | None = None
    items: tuple[EvidenceItem, ...] = ()
    gap: Gap | None = None


def timeline(course: VisitCourse) -> list[Event]:
    """The events in the order in which they happened."""
    events = [*_before(course), *_at_the_place(course), *_evidence(course), *_after(course)]
    return sorted(events, key=lambda event: event.at)


def _before(course: VisitCourse) -> Iterator[Event]:
    request, plan = course.request, course.plan
    if request is not None and request.filed_at is not None:
        yield Event(request.filed_at, "filed", course.name(request.author_id), note=request.note, clause="R1")
    if request is not None and request.decided_at is not None:
        did = "accepted" if request.state is RequestState.ACCEPTED else "decided"
        yield Event(
            request.decided_at, did, course.name(request.decided_by), note=request.decision_reason or ""
        )
    if plan is not None and plan.published_at is not None:
        yield Event(
            plan.published_at,
            "published",
            course.name(plan.published_by),
            facts={"day": plan.day},
            clause="R12",
        )


def _at_the_place(course: VisitCourse) -> Iterator[Event]:
    whole = course.whole
    for check_in in whole.check_ins:
        counted = check_in.refusal is None and not check_in.provisional
        yield Event(
            check_in.at,
            f"check_{check_in.direction.value}",
            course.name(check_in.account_id),
            "done" if counted else "wrong" if check_in.refusal else "waiting",
            {"way": check_in.way, "accuracy": check_in.accuracy_m, "refusal": check_in.refusal},
            clause="V1",
        )
    for contact in whole.contacts:
        yield Event(contact.at, "contact", meaning="info", facts={"contact": contact}, clause="V10")
    for call in whole.calls:
        yield Event(call.at, "call", course.name(call.account_id), facts={"call": call}, clause="V18")
    for message in whole.messages:
        yield Event(message.queued_at, "message", course.name(message.queued_by), facts={"message": message})
    if whole.answers is not None:
        yield Event(
            whole.answers.answered_at,
            "answers",
            course.name(whole.answers.answered_by),
            note=whole.answers.note,
        )


def _evidence(course: VisitCourse) -> Iterator[Event]:
    items = course.evidence or ()
    photos = sorted((one for one in items if one.kind in PHOTO_KINDS), key=_made_at)
    strip: list[EvidenceItem] = []
    for photo in photos:
        if strip and (_made_at(photo) - _made_at(strip[0])).total_seconds() > _STRIP:
            yield _of_photos(course, strip)
            strip = []
        strip.append(photo)
    if strip:
        yield _of_photos(course, strip)
    for item in items:
        if item.kind is EvidenceKind.RECORDING:
            yield Event(_made_at(item), "recording", course.name(item.account_id), items=(item,), clause="V2")
        elif item.kind is EvidenceKind.ATTACHMENT:
            yield Event(_made_at(item), "attachment", course.name(item.account_id), items=(item,))
        if item.late:
            yield Event(
                item.received_at, "late", meaning="waiting", facts={"name": item.filename}, clause="V2"
            )
    for gap in course.whole.recorded.gaps:
        yield Event(gap.begins_at, "gap", meaning="waiting", gap=gap, clause="V2")


def _after(course: VisitCourse) -> Iterator[Event]:
    visit, letter = course.whole.brief.visit, course.whole.letter
    if letter is not None and letter.counterfoil_returned_at is not None:
        by = course.name(letter.counterfoil_received_by)
        yield Event(letter.counterfoil_returned_at, "counterfoil", by, "done", clause="V6")
    if visit.voided_at is not None:
        yield Event(
            visit.voided_at,
            "voided",
            course.name(visit.voided_by),
            "wrong",
            note=visit.void_reason or "",
            clause="X1",
        )
    for flag in course.flags or ():
        meaning = "waiting" if flag.decision is None else "plain"
        yield Event(flag.raised_at, "flag", meaning=meaning, facts={"flag": flag}, clause="V8")
    for finding in course.whole.findings:
        by = course.name(finding.found_by)
        yield Event(
            finding.found_at,
            "finding",
            by,
            "wrong",
            note="" if finding.code in _NOTED_BY_ID else finding.note,
            facts={"told": FINDING_WORDS.get(finding.code)},
            clause=finding.clause,
        )


def _of_photos(course: VisitCourse, strip: list[EvidenceItem]) -> Event:
    names = dict.fromkeys(course.name(one.account_id) for one in strip)
    return Event(
        _made_at(strip[0]),
        "photos",
        "、".join(names),
        facts={"count": len(strip)},
        items=tuple(strip),
        clause="V3",
    )


def _made_at(item: EvidenceItem) -> datetime:
    return item.captured_at or item.received_at
