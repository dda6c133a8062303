"""Jobs of integrity: a daily glance at every file's size, and files read whole, those longest unseen first.

Owns how much one run reads. A run that reaches its bound enqueues the next, so that other jobs get their turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem
from server.domain.integrity import OF_BYTES, Found
from server.jobs.runner import Progress
from server.services import evidence_integrity as integrity
from server.services.house import House

_BATCH = 200
_BYTES_A_RUN = 2 << 30  # minutes
_GLANCES_A_RUN = 20_000
_LOOKED_AT_AGAIN = 1000


def glance_at_evidence(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """That every file of a row is there, in its size: no byte is read."""
    after, seen, damaged = str(payload.get("after", "")), 0, 0
    while seen < _GLANCES_A_RUN:
        with house.units.read() as uow:
            items = uow.evidence_items.following(after, _BATCH)
        if not items:
            after = ""
            break
        found = [each for item in items for each in integrity.differences(house, item, whole=False)]
        if found:
            with house.units.write() as uow:
                integrity.tell(uow, integrity.record(uow, found))
                uow.commit()
        seen, damaged, after = seen + len(items), damaged + len(found), items[-1].id
        progress(seen, seen)
    with house.units.write() as uow:
        uow.audit(AuditEntry("evidence.glanced", "object_store", None, {"seen": seen, "damaged": damaged}))
        if after:
            uow.enqueue(integrity.GLANCE_JOB, {"after": after})
        uow.commit()


def verify_evidence(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """Read whole and compare what is due: never read first, then read longest ago; and what is on record as damaged.

    What comes in while it reads is left to the next day: it was measured as it came, and is in memory still.
    """
    checked, read, damaged, told = 0, 0, 0, list[Found]()
    if not payload.get("goes_on"):
        items = _on_record(house)
        found, fresh = _verify(house, items)
        checked, damaged, told = len(items), len(found), fresh
    came_by = datetime.fromisoformat(str(payload.get("came_by") or house.clock.now().isoformat()))
    due_before = house.clock.now() - integrity.VERIFIED_EVERY
    more = True
    while more and read < _BYTES_A_RUN:
        with house.units.read() as uow:
            items = uow.evidence_items.to_verify(due_before, came_by, uow.now, _BATCH)
        more = bool(items)
        items = _within(items, _BYTES_A_RUN - read)
        found, fresh = _verify(house, items)
        read += sum(item.size for item in items)
        checked, damaged, told = checked + len(items), damaged + len(found), told + fresh
        progress(checked, checked)
    with house.units.write() as uow:
        integrity.tell(uow, told)
        detail = {"checked": checked, "bytes": read, "damaged": damaged}
        uow.audit(AuditEntry("evidence.verified", "object_store", None, detail))
        if more:
            uow.enqueue(integrity.VERIFY_JOB, {"goes_on": True, "came_by": came_by.isoformat()})
        uow.commit()


def _on_record(house: House) -> list[EvidenceItem]:
    """What was found damaged is looked at daily, for somebody may have brought it back from a backup."""
    with house.units.read() as uow:
        opened = uow.evidence_differences.opened(_LOOKED_AT_AGAIN)
        items = uow.evidence_items.by_ids(
            [one.evidence_id for one in opened if one.evidence_id is not None and one.difference in OF_BYTES]
        )
    return list(items.values())


def _verify(house: House, items: Sequence[EvidenceItem]) -> tuple[list[Found], list[Found]]:
    """What was found, and what of it is new; the new is on record when this returns."""
    found = [each for item in items for each in integrity.differences(house, item, whole=True)]
    if not items:
        return [], []
    with house.units.write() as uow:
        fresh = integrity.record(uow, found)
        integrity.mend(uow, items, found)
        uow.evidence_items.verified([item.id for item in items], uow.now)
        uow.commit()
    return found, fresh


def _within(items: Sequence[EvidenceItem], limit: int) -> list[EvidenceItem]:
    """As many as fit, and one at least."""
    taken, read = list[EvidenceItem](), 0
    for item in items:
        if taken and read + item.size > limit:
            break
        taken.append(item)
        read += item.size
    return taken
