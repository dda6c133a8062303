"""Integrity of evidence: rows against bytes against digests; what differs is on record until mended (S6, S7, S22).

Owns the looking and the alarm: a difference is recorded once, becomes an incident of its visit, and IT and QA are told
once a run, however many there are. It refuses to mend anything: bytes are evidence, also damaged ones.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from server.domain.access import Post
from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem
from server.domain.integrity import OF_BYTES, OF_ROWS, Difference, EvidenceDifference, Found
from server.domain.visits import Incident, Visit
from server.services import notices
from server.services.house import House
from server.services.ports.objects import ObjectDamaged, ObjectKeyDestroyed, ObjectMissing
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork

GLANCE_JOB = "evidence.glance"
VERIFY_JOB = "evidence.verify"
# Each file is read whole and compared once in so many days; that it is there in its size is looked at daily.
VERIFIED_EVERY = timedelta(days=30)
_PIECE = 1 << 20
_PARTS = {"key": Difference.KEY_DAMAGED, "size": Difference.SIZE_DIFFERS}


def differences(house: House, item: EvidenceItem, *, whole: bool) -> list[Found]:
    """How the stored bytes of an item and of its copies differ from the row; whole means read, not only looked at.

    A copy (thumbnail, playable, peaks) has no digest in its row: its seal is bound to its name, its name to the row.
    """
    looks = [_look(house, item, key, whole=whole) for key in (item.object_key, *item.copy_keys)]
    return [found for found in looks if found is not None]


def record(uow: UnitOfWork, found: Sequence[Found]) -> list[Found]:
    """Put on record what is not on it, and answer that; the caller tells of it (`tell`)."""
    known = {
        (one.evidence_id, one.object_key, one.difference)
        for one in uow.evidence_differences.having_any("object_key", [each.object_key for each in found])
        if one.mended_at is None
    }
    fresh = [each for each in found if (each.evidence_id, each.object_key, each.difference) not in known]
    for each in fresh:
        uow.evidence_differences.add(
            EvidenceDifference(
                uow.new_id(), each.evidence_id, each.object_key, each.difference, each.detail, uow.now, None
            )
        )
        _open_incident(uow, each)
        detail = {"object_key": each.object_key, "damage": each.difference, "detail": each.detail}
        uow.audit(AuditEntry("evidence.damaged", "evidence", each.evidence_id, detail))
    return fresh


def mend(uow: UnitOfWork, items: Iterable[EvidenceItem], found: Iterable[Found]) -> None:
    """What was on record of items that were read whole and is not found any more is mended."""
    now_found = {(each.evidence_id, each.object_key, each.difference) for each in found}
    for one in uow.evidence_differences.having_any("evidence_id", [item.id for item in items]):
        if one.difference in OF_BYTES and (
            (one.evidence_id, one.object_key, one.difference) not in now_found
        ):
            close(uow, one)


def close(uow: UnitOfWork, one: EvidenceDifference) -> None:
    if one.mended_at is None:
        uow.evidence_differences.save(dataclasses.replace(one, mended_at=uow.now))
        detail = {"object_key": one.object_key, "damage": one.difference}
        uow.audit(AuditEntry("evidence.mended", "evidence", one.evidence_id, detail))


def tell(uow: UnitOfWork, fresh: Sequence[Found]) -> None:
    """S22: IT and QA hear of it, once for all that one look found."""
    if not fresh:
        return
    told = [account.id for post in (Post.IT, Post.QA) for account in uow.accounts.with_post(post)]
    first = fresh[0]
    params = {
        "count": len(fresh),
        "evidence": first.evidence_id or first.object_key,
        "damage": first.difference,
    }
    notices.tell(uow, told, "evidence_damaged", params, "/evidence-integrity")


def page(uow: UnitOfWork, request: PageRequest, *, is_open: bool | None) -> Page[EvidenceDifference]:
    """What differed, newest first; the looking is a line in the trail."""
    found = uow.evidence_differences.page(request, is_open=is_open)
    uow.audit(
        AuditEntry("evidence.integrity_listed", "evidence", None, {"ids": [one.id for one in found.items]})
    )
    return found


def damage_of(damaged: ObjectDamaged) -> Difference:
    return _PARTS.get(damaged.part, Difference.FRAME_DAMAGED)


def _look(house: House, item: EvidenceItem, key: str, *, whole: bool) -> Found | None:
    difference, detail = None, None
    original = key == item.object_key
    if not original and not key.startswith(f"evidence/{item.visit_id}/{item.id}/"):
        return Found(item.id, key, Difference.DIGEST_DIFFERS, "not a copy of this file")
    try:
        if house.objects.stat(key).size != item.size and original:
            difference = Difference.SIZE_DIFFERS
        elif whole and _digest(house, key) != item.sha256 and original:
            difference = Difference.DIGEST_DIFFERS
    except ObjectMissing:
        difference = Difference.BYTES_MISSING
    except ObjectKeyDestroyed:
        difference = Difference.KEY_GONE
    except ObjectDamaged as damaged:
        difference, detail = damage_of(damaged), damaged.part
    return None if difference is None else Found(item.id, key, difference, detail)


def _digest(house: House, key: str) -> str:
    digest = hashlib.sha256()
    with house.objects.open(key) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _open_incident(uow: UnitOfWork, found: Found) -> None:
    """Those who supervise the visit see it too, where its row is still there."""
    visit = _visit_of(uow, found)
    if visit is None:
        return
    uow.incidents.add(
        Incident(
            id=uow.new_id(),
            kind="evidence_damaged",
            clause="S22",
            placement_id=visit.placement_id,
            visit_id=visit.id,
            about_account_id=None,
            note=f"{found.evidence_id or found.object_key}: {found.difference}",
            self_reported=False,
            opened_at=uow.now,
            opened_by=None,
            closed_at=None,
            closed_by=None,
            closing_note=None,
            version=1,
        )
    )


def _visit_of(uow: UnitOfWork, found: Found) -> Visit | None:
    """Of a row that differs the visit that the trail tells; a damaged copy is no matter of the visit."""
    if found.difference in OF_ROWS:
        return None if found.visit_id is None else uow.visits.get(found.visit_id)
    item = None if found.evidence_id is None else uow.evidence_items.get(found.evidence_id)
    if item is None or found.object_key != item.object_key:
        return None
    return uow.visits.need(item.visit_id)
