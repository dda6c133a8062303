"""Flags on evidence: raised by jobs, answered by the agents, decided by a manager (V1, V8, S8).

Owns the gathering of facts for the rules, and who may answer and decide. It refuses to show an agent whose visit
another file belongs to, unless that visit is within the agent's own reach.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem
from server.domain.evidence_flags import (
    EvidenceFlag,
    FlagCode,
    FlagDecision,
    FlagState,
    Raised,
    flag_of,
    v8_answer_findings,
    v8_decision_findings,
)
from server.domain.flag_rules import (
    PictureFacts,
    TimedPlace,
    bytes_flags,
    capture_flags,
    fence_flags,
    frozen_flags,
    level_flags,
    own_place,
    picture_flags,
    place_of_check_in,
    repeated_flags,
    speed_flags,
    team_flags,
)
from server.domain.kept_rows import SEAL, KeptTable, seal_of
from server.domain.problems import NOT_FOUND, Problem, problem, refuse_if
from server.domain.visits import Visit
from server.services import notices, visit_outcomes
from server.services.places import place_of
from server.services.ports.paging import Page, PageRequest
from server.services.ports.places import CountyOutlines
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import team_member, visit_within, visits_within
from server.services.visit_records import edition_at

_AROUND = timedelta(hours=24)  # within it an agent's other visits say how fast somebody must have been


@dataclass(frozen=True, slots=True)
class FlagShown:
    """A flag with whether the reader may know which other file and visit it is about."""

    flag: EvidenceFlag
    other_within: bool


def look_over(uow: UnitOfWork, outlines: CountyOutlines, visit: Visit) -> list[Raised]:
    """What the rules find in a visit as it stands: its captures, its places, its team."""
    items = uow.evidence_items.having(visit_id=visit.id)
    check_ins = uow.check_ins.having(visit_id=visit.id)
    edition = edition_at(uow, visit.started_at or uow.now)
    found = [*_of_items(uow, visit, items), *fence_flags(place_of(uow, outlines, visit))]
    found += team_flags(check_ins, edition.presence_metres, timedelta(minutes=edition.presence_minutes))
    own = [place for one in check_ins if (place := place_of_check_in(one)) is not None]
    photos = [place for item in items if (place := own_place(item)) is not None]
    found += frozen_flags(visit.id, [*own, *photos])
    found += repeated_flags(visit, own, _elsewhere(uow, own))
    return found + speed_flags(visit.id, _courses(uow, [*own, *photos]))


def raise_flags(uow: UnitOfWork, visit: Visit, found: Iterable[Raised]) -> list[EvidenceFlag]:
    """Keep what is new; the lead of the visit is told once a run."""
    wanted = {flag.id: flag for flag in (flag_of(visit.id, each, uow.now) for each in found)}
    known = uow.evidence_flags.by_ids(wanted)
    fresh = [flag for id_, flag in wanted.items() if id_ not in known]
    uow.evidence_flags.add_all(fresh)
    for flag in fresh:
        seal = seal_of(KeptTable.EVIDENCE_FLAGS, flag)
        detail = {
            "visit_id": visit.id,
            "item_id": flag.item_id,
            "code": flag.code,
            "score": flag.score,
            SEAL: seal,
        }
        uow.audit(AuditEntry("evidence.flagged", "evidence_flag", flag.id, detail))
    if fresh and visit.lead_id is not None:
        notices.tell(uow, [visit.lead_id], "evidence_flagged", {"count": len(fresh)}, f"/visits/{visit.id}")
    return fresh


def flags(
    uow: UnitOfWork,
    actor: Actor,
    request: PageRequest,
    *,
    state: FlagState | None,
    code: FlagCode | None,
    visit_id: str | None,
) -> Page[FlagShown]:
    """Flags within reach, newest first: QA sees all, an agent those of the own visits."""
    reached = reach(actor, Permission.EVIDENCE_READ)
    page = uow.evidence_flags.page(request, reached, state=state, code=code, visit_id=visit_id)
    uow.audit(
        AuditEntry("evidence_flag.listed", "evidence_flag", None, {"ids": [each.id for each in page.items]})
    )
    return Page(_shown(uow, actor, page.items), page.next)


def answer(uow: UnitOfWork, actor: Actor, flag_id: str, words: str) -> FlagShown:
    """What an agent of the visit says to it; until it is decided, a later answer takes the place of an earlier one."""
    flag, visit = _within(uow, actor, flag_id, Permission.EVIDENCE_UPLOAD)
    refuse_if(v8_answer_findings(flag, of_team=team_member(actor, visit)))
    answered = uow.evidence_flags.save(
        dataclasses.replace(
            flag,
            state=FlagState.ANSWERED,
            answer=words,
            answered_by=actor.account_id,
            answered_at=uow.now,
        )
    )
    detail = {"visit_id": visit.id, "code": flag.code, "answer": words}
    uow.audit(AuditEntry("evidence_flag.answered", "evidence_flag", flag.id, detail))
    return _shown(uow, actor, [answered])[0]


def decide(
    uow: UnitOfWork, actor: Actor, flag_id: str, decision: FlagDecision, reason: str, *, void: bool
) -> FlagShown:
    """A manager upholds or dismisses it; an upheld one may void the visit (V8), for the reason that is given."""
    flag, visit = _within(uow, actor, flag_id, Permission.EVIDENCE_VOID)
    refuse_if(v8_decision_findings(flag, decision, of_team=team_member(actor, visit), void=void))
    decided = uow.evidence_flags.save(
        dataclasses.replace(
            flag,
            state=FlagState.DECIDED,
            decision=decision,
            decided_by=actor.account_id,
            decided_at=uow.now,
            decision_reason=reason,
        )
    )
    detail = {
        "visit_id": visit.id,
        "code": flag.code,
        "decision": decision,
        "decision_reason": reason,
        "void": void,
    }
    uow.audit(AuditEntry("evidence_flag.decided", "evidence_flag", flag.id, detail))
    if void:
        visit_outcomes.void(uow, actor, visit.id, f"{reason} [{flag.code} {flag.id}]")
    return _shown(uow, actor, [decided])[0]


def _of_items(uow: UnitOfWork, visit: Visit, items: Sequence[EvidenceItem]) -> list[Raised]:
    prints = uow.fingerprints.by_ids(item.id for item in items)
    same: dict[str, list[EvidenceItem]] = {}
    for other in uow.evidence_items.having_any("sha256", [item.sha256 for item in items]):
        same.setdefault(other.sha256, []).append(other)
    found: list[Raised] = []
    for item in items:
        found += capture_flags(visit, item)
        found += bytes_flags(item, same.get(item.sha256, []))
        made = prints.get(item.id)
        if made is not None and made.width is not None and made.height is not None:
            facts = PictureFacts(made.width, made.height, made.make, made.model, made.software)
            found += picture_flags(item, facts)
        if made is not None and made.silent_share is not None and made.clipped_share is not None:
            found += level_flags(item.id, made.silent_share, made.clipped_share)
    return found


def _courses(uow: UnitOfWork, own: Sequence[TimedPlace]) -> list[TimedPlace]:
    """Where those who were seen in the visit were seen a day before and after it."""
    if not own:
        return []
    people = {place.account_id for place in own}
    begins, ends = min(place.at for place in own) - _AROUND, max(place.at for place in own) + _AROUND
    check_ins = uow.evidence_flags.check_ins_of(people, begins, ends)
    photos = uow.evidence_flags.photos_of(people, begins, ends)
    places = [*map(place_of_check_in, check_ins), *map(own_place, photos)]
    return [place for place in places if place is not None]


def _elsewhere(uow: UnitOfWork, own: Iterable[TimedPlace]) -> list[tuple[TimedPlace, str]]:
    return [
        (place, address_id)
        for latitude, longitude in {(place.latitude, place.longitude) for place in own}
        for check_in, address_id in uow.evidence_flags.check_ins_at(latitude, longitude)
        if (place := place_of_check_in(check_in)) is not None
    ]


def _within(
    uow: UnitOfWork, actor: Actor, flag_id: str, permission: Permission
) -> tuple[EvidenceFlag, Visit]:
    """The flag with its visit; a flag is its visit's (S13)."""
    flag = uow.evidence_flags.get(flag_id)
    if flag is not None:
        try:
            return flag, visit_within(uow, actor, flag.visit_id, permission)[0]
        except Problem as refused:
            if refused.kind is not NOT_FOUND:
                raise
    raise problem(NOT_FOUND, what=f"evidence_flag {flag_id}")


def _shown(uow: UnitOfWork, actor: Actor, flags: Sequence[EvidenceFlag]) -> list[FlagShown]:
    others = {flag.other_visit_id for flag in flags if flag.other_visit_id is not None}
    try:
        within = visits_within(uow, actor, others, Permission.EVIDENCE_READ, Permission.EVIDENCE_VOID)
    except Problem:
        within = set()  # who answers need not be somebody who reads
    return [FlagShown(flag, flag.other_visit_id is None or flag.other_visit_id in within) for flag in flags]
