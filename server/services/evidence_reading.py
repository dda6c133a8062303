"""Reading evidence: lists, the bytes in ranges, and who may hear a recording and why (S8, S13).

Owns the line that each look and each listening leaves in the trail. It refuses a recording without a purpose: only the
agents of the visit play their own without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.evidence import EvidenceItem
from server.domain.evidence_problems import (
    BYTES_MISSING,
    BYTES_UNREADABLE,
    PURPOSE_NEEDED,
    SCREEN_NOT_READY,
    THUMBNAIL_NOT_READY,
)
from server.domain.problems import NOT_FOUND, Problem, problem
from server.domain.recordings import Coverage
from server.domain.visits import Visit
from server.services import capture_chain
from server.services.capture_chain import VisitChain
from server.services.house import House
from server.services.ports.objects import ObjectDamaged, ObjectKeyDestroyed, ObjectMissing
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import team_member, visit_within

OWN = "own"


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `start` up to, not including, `stop`."""

    start: int
    stop: int


def list_of_visit(uow: UnitOfWork, actor: Actor, visit_id: str, request: PageRequest) -> Page[EvidenceItem]:
    visit, _ = visit_within(uow, actor, visit_id, Permission.EVIDENCE_READ)
    return _listed(uow, uow.evidence_items.page_of_visit(request, visit.id), visit.id)


def recorded(house: House, uow: UnitOfWork, actor: Actor, visit_id: str) -> Coverage:
    """V2: how much of a visit its recordings hold, with the gaps."""
    visit, _ = visit_within(uow, actor, visit_id, Permission.EVIDENCE_READ)
    return capture_chain.recorded(uow, house.signatures, visit)


def chain(house: House, uow: UnitOfWork, actor: Actor, visit_id: str) -> VisitChain:
    """V2, V8: what the phones signed of a visit, and what does not fit."""
    visit, _ = visit_within(uow, actor, visit_id, Permission.EVIDENCE_READ)
    found = capture_chain.chain_of(uow, house.signatures, visit)
    ids = [sent.manifest.id for sent in found.sent]
    uow.audit(AuditEntry("evidence.chain_read", "visit", visit.id, {"ids": ids}))
    return found


def late(uow: UnitOfWork, actor: Actor, request: PageRequest) -> Page[EvidenceItem]:
    """V2: what came later than the policy's hours after check-out."""
    return _listed(uow, uow.evidence_items.late_page(request, reach(actor, Permission.EVIDENCE_READ)), None)


def lacking(uow: UnitOfWork, actor: Actor, request: PageRequest, days: int | None = None) -> Page[Visit]:
    """V2: visits that ended longer ago than the hours in force today and still lack a photo or a recording.

    With `days` only those for whose files so many days have passed at most, as they are counted to be done.
    """
    reached = reach(actor, Permission.EVIDENCE_READ)
    due = uow.now - timedelta(hours=uow.policy.in_force_on(local_day(uow.now)).upload_hours)
    ended_from = None if days is None else due - timedelta(days=days)
    return uow.evidence_items.lacking_page(request, reached, ended_from, due)


def evidence_within(
    uow: UnitOfWork, actor: Actor, evidence_id: str, *permissions: Permission
) -> tuple[EvidenceItem, Visit]:
    """The item with its visit; evidence is its visit's (S13)."""
    item = uow.evidence_items.get(evidence_id)
    if item is not None:
        try:
            return item, visit_within(uow, actor, item.visit_id, *permissions)[0]
        except Problem as refused:
            if refused.kind is not NOT_FOUND:
                raise
    raise problem(NOT_FOUND, what=f"evidence {evidence_id}")


def look(
    uow: UnitOfWork, actor: Actor, evidence_id: str, purpose: str | None
) -> tuple[EvidenceItem, str | None]:
    """The item if the actor may see or hear it, with the purpose that the trail names."""
    item, visit = evidence_within(
        uow, actor, evidence_id, Permission.EVIDENCE_READ, Permission.EVIDENCE_LISTEN
    )
    if not item.media_type.startswith("audio/"):
        evidence_within(uow, actor, evidence_id, Permission.EVIDENCE_READ)
        return item, purpose
    if team_member(actor, visit):
        return item, purpose or OWN
    evidence_within(uow, actor, evidence_id, Permission.EVIDENCE_LISTEN)
    if purpose is None:
        raise problem(PURPOSE_NEEDED, "purpose")
    return item, purpose


def open_bytes(
    house: House, uow: UnitOfWork, item: EvidenceItem, part: ByteRange, purpose: str | None
) -> BinaryIO:
    """The bytes of a range, with the line that says who looked or listened, at what of it and why (S8)."""
    action = "evidence.listened" if item.media_type.startswith("audio/") else "evidence.read"
    detail = heard_detail(item, part, item.size)
    stream = open_part(house, item, item.object_key, part)
    uow.audit(AuditEntry(action, "evidence", item.id, detail, purpose=purpose))
    return stream


def heard_detail(item: EvidenceItem, part: ByteRange, size: int) -> dict[str, object]:
    """What of the item, or of a copy of it of so many bytes, somebody was given; of a recording the seconds too."""
    detail: dict[str, object] = {
        "visit_id": item.visit_id,
        "bytes": f"{part.start}-{part.stop - 1}/{size}",
    }
    if item.media_type.startswith("audio/"):
        # The rate of a recording varies a little: the seconds are where the bytes lie, not a measurement.
        at = [round((item.duration_ms or 0) * place / size / 1000, 1) for place in (part.start, part.stop)]
        detail["seconds_about"] = f"{at[0]}-{at[1]}"
    return detail


def thumbnail(house: House, uow: UnitOfWork, actor: Actor, evidence_id: str) -> tuple[EvidenceItem, bytes]:
    """The small picture of a photo, a few kilobytes."""
    item, _ = evidence_within(uow, actor, evidence_id, Permission.EVIDENCE_READ)
    if item.thumbnail_key is None:
        raise problem(THUMBNAIL_NOT_READY, id=item.id)
    return item, _picture(house, uow, item, item.thumbnail_key, "thumbnail")


def screen(house: House, uow: UnitOfWork, actor: Actor, evidence_id: str) -> tuple[EvidenceItem, bytes]:
    """The picture of a photo in the size of a screen, some hundred kilobytes."""
    item, _ = evidence_within(uow, actor, evidence_id, Permission.EVIDENCE_READ)
    if item.screen_key is None:
        raise problem(SCREEN_NOT_READY, id=item.id)
    return item, _picture(house, uow, item, item.screen_key, "screen")


def _picture(house: House, uow: UnitOfWork, item: EvidenceItem, key: str, copy: str) -> bytes:
    with told_of_damage(item), open_part(house, item, key, None) as stream:
        content = stream.read()
    uow.audit(AuditEntry("evidence.read", "evidence", item.id, {"visit_id": item.visit_id, copy: True}))
    return content


def _listed(uow: UnitOfWork, page: Page[EvidenceItem], visit_id: str | None) -> Page[EvidenceItem]:
    uow.audit(AuditEntry("evidence.listed", "visit", visit_id, {"ids": [item.id for item in page.items]}))
    return page


def open_part(house: House, item: EvidenceItem, key: str, part: ByteRange | None) -> BinaryIO:
    """The bytes under a key of the item, or a part of them; told when they are gone."""
    with told_of_damage(item):
        if part is None:
            return house.objects.open(key)
        return house.objects.open(key, part.start, part.stop - part.start)


@contextmanager
def told_of_damage(item: EvidenceItem) -> Iterator[None]:
    """What is wrong with the stored bytes of an item, in the words of a problem."""
    try:
        yield
    except ObjectMissing as missing:
        raise problem(BYTES_MISSING, id=item.id) from missing
    except ObjectKeyDestroyed as gone:
        why = {"why_zh": "密钥已不存在", "why_en": "its key is gone"}
        raise problem(BYTES_UNREADABLE, id=item.id, **why) from gone
    except ObjectDamaged as damaged:
        why = {
            "why_zh": f"存储内容已损坏（{damaged.part}）",
            "why_en": f"what is stored is damaged ({damaged.part})",
        }
        raise problem(BYTES_UNREADABLE, id=item.id, **why) from damaged
