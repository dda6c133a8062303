"""Cases that a file retains (W4), with the values that they had before: an undoing of the file brings those back (S20).

Owns what is kept of them. Refuses to bring back what somebody has changed since: `import_undoing` tells that.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from server.domain.audit import AuditEntry
from server.domain.imports import ChangedRow, ImportChange, ImportState
from server.domain.placements import HoldReason, Placement
from server.services import placements
from server.services.ports.unit_of_work import UnitOfWork


def retain_by_file(uow: UnitOfWork, retentions: Sequence[tuple[Placement, date]], import_id: str) -> None:
    """W4 for the rows of a file; what is changed by it is kept as it was."""
    before = {placement.id: placement for placement, _ in retentions}
    ended = [
        hold
        for hold in uow.holds.having_any("placement_id", before)
        if hold.reason is HoldReason.ENDED and hold.released_at is None
    ]
    retained = placements.retain_all(uow, retentions, by=None)
    released = uow.holds.by_ids(hold.id for hold in ended)
    uow.import_changes.add_all(
        [
            ImportChange(
                id=uow.new_id(),
                import_id=import_id,
                subject=ChangedRow.PLACEMENT,
                row_id=one.id,
                before=_ends(before[one.id]),
                version_after=one.version,
            )
            for one in retained
        ]
        + [
            ImportChange(uow.new_id(), import_id, ChangedRow.HOLD, hold.id, {}, hold.version)
            for hold in released.values()
        ]
    )


def changed_since(uow: UnitOfWork, changes: Sequence[ImportChange]) -> list[str]:
    """The placements of those rows that somebody has changed since the file did."""
    retained, released = _rows(uow, changes)
    after = {change.row_id: change.version_after for change in changes}
    back = _there_and_back(uow, after)
    moved = [
        placement.id
        for placement in retained.values()
        # Its last day ends a case without anybody's hand.
        if placement.version != after[placement.id] + back[placement.id] + (placement.ended_on is not None)
    ]
    return moved + [
        hold.placement_id for hold in released.values() if hold.version != after[hold.id] + back[hold.id]
    ]


def take_retentions_back(uow: UnitOfWork, changes: Sequence[ImportChange]) -> int:
    """Give cases the ends that they had, and put the holds in force again that were released with them."""
    retained, released = _rows(uow, changes)
    before = {change.row_id: change.before for change in changes}
    uow.placements.save_all(
        [
            dataclasses.replace(one, **{name: _day(before[one.id], name) for name in _ENDS})
            for one in retained.values()
        ],
        _ENDS,
    )
    uow.holds.save_all(
        [
            dataclasses.replace(hold, released_at=None, released_by=None, release_reason=None)
            for hold in released.values()
        ],
        ("released_at", "released_by", "release_reason"),
    )
    for one in retained.values():
        uow.audit(AuditEntry("placement.retention_undone", "placement", one.id, dict(before[one.id])))
    return len(retained)


def _there_and_back(uow: UnitOfWork, after: Mapping[str, int]) -> Mapping[str, int]:
    """Twice for each later file that changed the row too and was undone itself: the row is as the earlier left it."""
    later = [
        change
        for change in uow.import_changes.having_any("row_id", after)
        if change.version_after > after[change.row_id]
    ]
    files = uow.import_files.by_ids(change.import_id for change in later)
    undone = (change.row_id for change in later if files[change.import_id].state is ImportState.UNDONE)
    return Counter(row_id for row_id in undone for _ in range(2))


_ENDS = ("retained_until", "ended_on")


def _ends(placement: Placement) -> dict[str, Any]:
    days = {name: getattr(placement, name) for name in _ENDS}
    return {name: None if day is None else day.isoformat() for name, day in days.items()}


def _day(before: Mapping[str, Any], name: str) -> date | None:
    return None if before[name] is None else date.fromisoformat(before[name])


def _rows(uow: UnitOfWork, changes: Sequence[ImportChange]) -> tuple[dict[str, Any], dict[str, Any]]:
    ids = {
        subject: [change.row_id for change in changes if change.subject is subject] for subject in ChangedRow
    }
    return uow.placements.by_ids(ids[ChangedRow.PLACEMENT]), uow.holds.by_ids(ids[ChangedRow.HOLD])
