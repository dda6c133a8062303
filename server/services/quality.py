"""QA's sample of a month: drawn once, drawn again to prove it, checked visit by visit (S12).

Owns what follows from a check: an incident for a serious one, a flag before the manager where voiding is proposed (V8).
Refuses to change a check: a second look is a second check.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import month_bounds
from server.domain.evidence_flags import FlagCode, Raised
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.domain.quality import (
    CHECK_LIST,
    QUALITY_DRAWN,
    QUALITY_MONTH_RUNS,
    QUALITY_NOTHING,
    Candidate,
    QualityCheck,
    QualityItem,
    QualitySample,
    Verdict,
    check_findings,
    draw,
    frame_digest,
)
from server.domain.visit_whole import VisitBrief
from server.domain.visits import Visit
from server.services.evidence_flags import raise_flags
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import visit_within
from server.services.visit_reading import briefs
from server.services.visit_records import open_incident

INCIDENT_KIND = "quality"


@dataclass(frozen=True, slots=True)
class SampleShown:
    """A sample with how far its checks have come."""

    sample: QualitySample
    drawn: int
    checked: int


@dataclass(frozen=True, slots=True)
class ItemShown:
    """A visit of a sample with its checks, the latest last."""

    item: QualityItem
    brief: VisitBrief
    checks: tuple[QualityCheck, ...]

    @property
    def latest(self) -> QualityCheck | None:
        return self.checks[-1] if self.checks else None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What the same seed draws of the month as it stood then."""

    same_frame: bool
    same_visits: bool


def samples(uow: UnitOfWork) -> list[SampleShown]:
    """All samples, the latest month first."""
    found = uow.quality_samples.newest_first()
    counts = uow.quality_items.counts([sample.id for sample in found])
    return [SampleShown(sample, *counts.get(sample.id, (0, 0))) for sample in found]


def asked_sample(
    uow: UnitOfWork, month: str | None, *, waiting: bool
) -> tuple[list[QualitySample], SampleShown | None]:
    """All samples, the latest month first, and with its counts the one that is asked for: of a month; without one, of
    what waits the oldest that has some; else the latest."""
    found = uow.quality_samples.newest_first()
    chosen = [one for one in found if month in (None, one.month)][:1]
    if month is None and waiting:
        open_ = uow.quality_items.samples_waiting()
        chosen = [one for one in found if one.id in open_][-1:] or chosen
    counts = uow.quality_items.counts([one.id for one in chosen])
    return found, next((SampleShown(one, *counts.get(one.id, (0, 0))) for one in chosen), None)


def draw_sample(uow: UnitOfWork, actor: Actor, month: str) -> QualitySample:
    """S12: draw the month's sample; a month that is not over would be drawn from a part of its visits."""
    _, last = month_bounds(month)
    if local_day(uow.now) <= last:
        raise problem(QUALITY_MONTH_RUNS, "month", month=month, day=last.isoformat())
    if uow.quality_samples.having(month=month):
        raise problem(QUALITY_DRAWN, "month", month=month)
    id_ = uow.new_id()
    # Nobody chooses the seed: it is made of an id that is made here.
    sample = QualitySample(
        id_, month, hashlib.sha256(id_.encode()).hexdigest()[:16], 0, "", uow.now, actor.account_id
    )
    frame = _frame(uow, sample)
    if not frame:
        raise problem(QUALITY_NOTHING, "month", month=month)
    sample = QualitySample(
        id_, month, sample.seed, len(frame), frame_digest(frame), uow.now, actor.account_id
    )
    uow.quality_samples.add(sample)
    drawn = draw(frame, sample.seed)
    uow.quality_items.add_all(
        [
            QualityItem(uow.new_id(), id_, one.visit_id, position, one.by, one.weight)
            for position, one in enumerate(drawn, 1)
        ]
    )
    detail = {"month": month, "seed": sample.seed, "frame_sha256": sample.frame_sha256, "drawn": len(drawn)}
    uow.audit(AuditEntry("quality.drawn", "quality_sample", id_, detail))
    return sample


def redraw(uow: UnitOfWork, sample_id: str) -> Redrawn:
    """Draw again by the seed that stands on the sample, of what had come by then; nothing is stored."""
    sample = uow.quality_samples.need(sample_id)
    frame = _frame(uow, sample)
    items = sorted(uow.quality_items.having(sample_id=sample.id), key=lambda one: one.position)
    same = [one.visit_id for one in draw(frame, sample.seed)] == [one.visit_id for one in items]
    return Redrawn(frame_digest(frame) == sample.frame_sha256, same)


def items_page(
    uow: UnitOfWork, actor: Actor, request: PageRequest, sample_id: str, checked: bool | None
) -> Page[ItemShown]:
    """The visits of a sample within reach; the ids that were shown stand on the trail."""
    found = uow.quality_items.page(request, reach(actor, Permission.QUALITY_READ), sample_id, checked=checked)
    uow.audit(
        AuditEntry("quality.listed", "quality_sample", sample_id, {"ids": [one.id for one in found.items]})
    )
    return Page(items_shown(uow, found.items), found.next)


def items_shown(uow: UnitOfWork, items: Sequence[QualityItem]) -> list[ItemShown]:
    """The items with visit and checks; the same number of queries for any number of them."""
    visits = uow.visits.by_ids(item.visit_id for item in items)
    of_visit = {brief.visit.id: brief for brief in briefs(uow, list(visits.values()))}
    checks: dict[str, list[QualityCheck]] = {}
    found = uow.quality_checks.having_any("item_id", [item.id for item in items])
    for check in sorted(found, key=lambda one: (one.checked_at, one.id)):
        checks.setdefault(check.item_id, []).append(check)
    return [ItemShown(item, of_visit[item.visit_id], tuple(checks.get(item.id, ()))) for item in items]


def item_within(
    uow: UnitOfWork, actor: Actor, item_id: str, permission: Permission
) -> tuple[QualityItem, Visit]:
    """A visit of a sample, if the visit is within reach (S13)."""
    item = uow.quality_items.get(item_id)
    if item is None:
        raise problem(NOT_FOUND, what=f"quality_item {item_id}")
    return item, visit_within(uow, actor, item.visit_id, permission)[0]


def check_visit(uow: UnitOfWork, actor: Actor, item_id: str, values: Mapping[str, Any]) -> QualityCheck:
    """S12: keep what was found; a serious finding opens an incident, a proposal to void goes before the manager."""
    item, visit = item_within(uow, actor, item_id, Permission.QUALITY_WRITE)
    breaches = tuple(breach for breach in CHECK_LIST if breach in values["breaches"])
    refuse_if(
        check_findings(values["verdict"], breaches, values["note"], void_proposed=values["void_proposed"])
    )
    check = uow.quality_checks.add(
        QualityCheck(
            values["id"], item.id, values["verdict"], breaches, values["note"], values["void_proposed"],
            actor.account_id, uow.now,
        )
    )  # fmt: skip
    detail = {"visit_id": visit.id, "verdict": check.verdict, "breaches": list(breaches)}
    uow.audit(AuditEntry("quality.checked", "quality_item", item.id, detail))
    if check.verdict is Verdict.SERIOUS:
        told = "；".join(CHECK_LIST[breach].zh for breach in breaches)
        open_incident(uow, INCIDENT_KIND, "S12", f"{told}。{check.note}", visit=visit)
    if check.void_proposed:
        raise_flags(
            uow,
            visit,
            [Raised(FlagCode.VOID_PROPOSED, 1.0, evidence={"check_id": check.id, "note": check.note})],
        )
    return check


def _frame(uow: UnitOfWork, sample: QualitySample) -> list[Candidate]:
    first, last = month_bounds(sample.month)
    return uow.quality_samples.frame(first, last, sample.drawn_at)
