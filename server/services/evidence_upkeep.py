"""Upkeep of evidence: bytes and rows are compared, and what lies without a row is removed (S6, S7, S22).

Owns the order "bytes first, then the row" from its other end. It refuses to remove bytes in bulk: a database that was
restored from a backup names fewer files than there are, and those are evidence for which receipts were given.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from server.domain.access import Post
from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem
from server.domain.visits import Incident
from server.services import notices
from server.services.house import House
from server.services.ports.objects import ObjectMissing
from server.services.ports.unit_of_work import UnitOfWork

SWEEP_JOB = "objects.sweep"
VERIFY_JOB = "evidence.verify"
SWEPT_PREFIXES = ("evidence/", "imports/", "uploads/")
# A transaction that still runs may be about to name its bytes; none runs for a day.
SWEPT_AFTER = timedelta(days=1)
# So many bytes without a row are a few broken uploads; more of them are a database that lost its rows.
FEW_ORPHANS = 50
ORPHAN_SHARE = 20
DIGEST_DAYS = 30
_PIECE = 1 << 20


def without_row(uow: UnitOfWork, keys: Iterable[str]) -> list[str]:
    """Which of the keys no evidence, no piece of an upload and no import names."""
    asked = list(keys)
    known = uow.evidence_items.known_keys(asked) | uow.uploads.known_keys(asked)
    known |= {one.object_key or "" for one in uow.import_files.having_any("object_key", asked)}
    return [key for key in asked if key not in known]


def too_many_orphans(orphans: int, seen: int) -> bool:
    """Whether so many bytes without rows of all that are there mean lost rows, not broken uploads."""
    return orphans > FEW_ORPHANS and orphans * ORPHAN_SHARE > seen


def tell_of_orphans(uow: UnitOfWork, orphans: int, seen: int) -> None:
    detail = {"orphans": orphans, "seen": seen}
    uow.audit(AuditEntry("objects.not_swept", "object_store", None, detail))
    _tell_it(uow, "evidence_orphans", {"count": orphans})


def record_sweep(uow: UnitOfWork, keys: list[str]) -> None:
    """Written before the bytes go: a sweep that is killed half-way has named what it took."""
    uow.audit(AuditEntry("objects.swept", "object_store", None, {"count": len(keys), "keys": keys}))


def digest_due(item: EvidenceItem, day: date) -> bool:
    """Each file is read whole once in thirty days, another share of them every day; its size is asked daily."""
    return int(item.sha256[:8], 16) % DIGEST_DAYS == day.toordinal() % DIGEST_DAYS


def damage_of(house: House, item: EvidenceItem, *, digest: bool) -> str | None:
    """How the stored bytes differ from the row: `missing`, `size_differs`, `digest_differs`; None when they do not."""
    try:
        if house.objects.stat(item.object_key).size != item.size:
            return "size_differs"
        if digest and _digest(house, item.object_key) != item.sha256:
            return "digest_differs"
    except ObjectMissing:
        return "missing"
    return None


def report_damage(uow: UnitOfWork, item: EvidenceItem, damage: str) -> bool:
    """An incident, and IT is told; False when an open incident says so already."""
    note = f"{item.id}: {damage}"
    for known in uow.incidents.having(kind="evidence_damaged", visit_id=item.visit_id, closed_at=None):
        if known.note == note:
            return False
    incident = Incident(
        id=uow.new_id(),
        kind="evidence_damaged",
        clause="S22",
        placement_id=uow.visits.need(item.visit_id).placement_id,
        visit_id=item.visit_id,
        about_account_id=None,
        note=note,
        self_reported=False,
        opened_at=uow.now,
        opened_by=None,
        closed_at=None,
        closed_by=None,
        closing_note=None,
        version=1,
    )
    uow.incidents.add(incident)
    detail = {"evidence_id": item.id, "damage": damage}
    uow.audit(AuditEntry("evidence.damaged", "incident", incident.id, detail))
    _tell_it(uow, "evidence_damaged", {"evidence": item.id, "damage": damage})
    return True


def record_check(uow: UnitOfWork, checked: int, digests: int, damaged: int) -> None:
    detail = {"checked": checked, "digests": digests, "damaged": damaged}
    uow.audit(AuditEntry("evidence.verified", "object_store", None, detail))


def name_thumbnail(uow: UnitOfWork, evidence_id: str, key: str) -> None:
    item = uow.evidence_items.need(evidence_id)
    if item.thumbnail_key is None:
        uow.evidence_items.save(dataclasses.replace(item, thumbnail_key=key))


def _digest(house: House, key: str) -> str:
    digest = hashlib.sha256()
    with house.objects.open(key) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _tell_it(uow: UnitOfWork, kind: str, params: dict[str, object]) -> None:
    notices.tell(uow, [account.id for account in uow.accounts.with_post(Post.IT)], kind, params)
