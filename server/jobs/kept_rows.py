"""The job of kept rows: each row of evidence daily against what the trail tells of it.

Owns how much one run looks at, and where the next goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.domain.audit import AuditEntry
from server.domain.integrity import Difference, Found
from server.domain.kept_rows import KeptTable
from server.jobs.runner import Progress
from server.services import evidence_integrity as integrity
from server.services import kept_rows
from server.services.house import House

_BATCH = 200
_ROWS_A_RUN = 50_000
# What each walk looks along, and what it finds.
_WALKS = {
    "trail": (kept_rows.along_trail, (Difference.ROW_DIFFERS, Difference.ROW_MISSING)),
    "rows": (kept_rows.along_rows, (Difference.ROW_UNKNOWN,)),
}
_PLACES = [(table, walk) for table in KeptTable for walk in _WALKS]


@dataclass
class _Run:
    """What one run has seen, where it stands, and what it found."""

    table: KeptTable
    walk: str
    after: str
    rows: int = 0
    damaged: int = 0
    told: list[Found] = field(default_factory=list)


def check_rows(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """Walk along the trail and along the rows of each table; find what was altered, removed or added."""
    table, walk = _PLACES[0]
    run = _Run(
        KeptTable(payload.get("table", table)), str(payload.get("walk", walk)), str(payload.get("after", ""))
    )
    more = True
    while more and run.rows < _ROWS_A_RUN:
        more = _piece(house, run)
        progress(run.rows, run.rows)
    with house.units.write() as uow:
        kept_rows.mend_removed(uow)
        integrity.tell(uow, run.told)
        uow.audit(
            AuditEntry("evidence.rows_checked", "evidence", None, {"rows": run.rows, "damaged": run.damaged})
        )
        if more:
            uow.enqueue(kept_rows.ROWS_JOB, {"table": run.table, "walk": run.walk, "after": run.after})
        uow.commit()


def _piece(house: House, run: _Run) -> bool:
    """Look at the next rows; whether there are more, of this table or of another."""
    look, kinds = _WALKS[run.walk]
    with house.units.read() as uow:
        seen = look(uow, run.table, run.after, _BATCH)
        told_before = kept_rows.on_record(uow, seen)
    if seen.found or told_before:
        with house.units.write() as uow:
            run.told += integrity.record(uow, seen.found)
            kept_rows.mend(uow, seen, kinds)
            uow.commit()
    run.rows, run.damaged = run.rows + seen.rows, run.damaged + len(seen.found)
    if seen.last is not None:
        run.after = seen.last
        return True
    place = _PLACES.index((run.table, run.walk)) + 1
    if place == len(_PLACES):
        return False
    (run.table, run.walk), run.after = _PLACES[place], ""
    return True
