"""Upkeep of evidence: what lies without a row is removed (S6, S7, S22).

Owns the order "bytes first, then the row" from its other end. It refuses to remove bytes in bulk: a database that was
restored from a backup names fewer files than there are, and those are evidence for which receipts were given. It
refuses to remove bytes that the trail has a receipt for and no row names: a row was altered, and they are the proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from server.domain.access import Post
from server.domain.audit import AuditEntry
from server.domain.integrity import Difference, EvidenceDifference, Found
from server.domain.uploads import UploadState
from server.services import evidence_integrity as integrity
from server.services import notices
from server.services.ports.unit_of_work import UnitOfWork

SWEEP_JOB = "objects.sweep"
SWEPT_PREFIXES = ("evidence/", "imports/", "packs/", "snapshots/", "statements/", "uploads/")
# A transaction that still runs may be about to name its bytes; none runs for a day.
SWEPT_AFTER = timedelta(days=1)
# So many bytes without a row are a few broken uploads; more of them are a database that lost its rows.
FEW_ORPHANS = 50
ORPHAN_SHARE = 20
# Differences put on record of one sweep: a list to work on, where there are more the count says so.
MOST_RECORDED = 1000
_EVIDENCE_KEY = re.compile(r"(?:evidence/[^/]+|uploads)/([0-9a-f-]{36})/")


def without_row(uow: UnitOfWork, keys: Iterable[str]) -> list[str]:
    """Which of the keys no evidence, no piece of an upload, no import, no pack and no statement names."""
    asked = list(keys)
    known = uow.evidence_items.known_keys(asked) | uow.uploads.known_keys(asked)
    known |= {one.object_key or "" for one in uow.import_files.having_any("object_key", asked)}
    known |= {one.object_key for one in uow.statement_files.having_any("object_key", asked)}
    known |= uow.evidence_packs.known_keys(asked) | uow.fact_snapshots.known_keys(asked)
    return [key for key in asked if key not in known]


def too_many_orphans(orphans: int, seen: int) -> bool:
    """Whether so many bytes without rows of all that are there mean lost rows, not broken uploads."""
    return orphans > FEW_ORPHANS and orphans * ORPHAN_SHARE > seen


def leftovers(uow: UnitOfWork, keys: Iterable[str]) -> set[str]:
    """What killed requests left of uploads that are evidence since: no sign of lost rows, however many there are."""
    named = {key: found[1] for key in keys if (found := _EVIDENCE_KEY.match(key))}
    uploads = uow.uploads.by_ids(named.values())
    kept = {id_ for id_, upload in uploads.items() if upload.state is UploadState.KEPT}
    kept &= uow.evidence_items.by_ids(kept).keys()
    return {key for key, id_ in named.items() if id_ in kept}


def receipted(uow: UnitOfWork, keys: Iterable[str]) -> list[Found]:
    """Bytes for which the trail says that a receipt was given, whatever the rows say now; with a row that is gone, all
    that lies under its id."""
    of_keys = _evidence_of(uow, keys)
    kept = uow.trail.done_to(["evidence.kept"], "evidence", of_keys.values())
    receipts = {line.detail.get("object_key") for line in kept}
    gone = {line.subject_id for line in kept} - uow.evidence_items.by_ids(of_keys.values()).keys()
    return [
        Found(id_, key, Difference.BYTES_WITHOUT_ROW)
        for key, id_ in of_keys.items()
        if key in receipts or id_ in gone
    ]


def found_without_row(uow: UnitOfWork, keys: Iterable[str]) -> list[Found]:
    """Bytes without a row as differences, with the evidence that their key names."""
    asked = list(keys)
    of_keys = _evidence_of(uow, asked)
    return [Found(of_keys.get(key), key, Difference.BYTES_WITHOUT_ROW) for key in asked]


def record_without_row(uow: UnitOfWork, lost: list[Found], others: list[Found]) -> None:
    """Put both on record. Of rows that were lost IT and QA are told; of others `tell_of_orphans` gives the count."""
    integrity.tell(uow, integrity.record(uow, lost))
    integrity.record(uow, others[:MOST_RECORDED])


def mended(uow: UnitOfWork, without_row: set[str]) -> None:
    """Close what was on record as bytes without a row and is not among them any more."""
    for one in _on_record(uow):
        if one.object_key not in without_row:
            integrity.close(uow, one)


def _evidence_of(uow: UnitOfWork, keys: Iterable[str]) -> dict[str, str]:
    """The id of the evidence that each key is of; what was salvaged of an upload has an id of its own."""
    named = {key: found[1] for key in keys if (found := _EVIDENCE_KEY.match(key))}
    uploads = uow.uploads.by_ids(named.values())
    salvaged = {id_: upload.evidence_id for id_, upload in uploads.items() if upload.evidence_id is not None}
    return {key: salvaged.get(id_, id_) for key, id_ in named.items()}


def _on_record(uow: UnitOfWork) -> list[EvidenceDifference]:
    return uow.evidence_differences.having(difference=Difference.BYTES_WITHOUT_ROW, mended_at=None)


def tell_of_orphans(uow: UnitOfWork, orphans: int, seen: int) -> None:
    detail = {"orphans": orphans, "seen": seen}
    uow.audit(AuditEntry("objects.not_swept", "object_store", None, detail))
    _tell_it(uow, "evidence_orphans", {"count": orphans})


def record_sweep(uow: UnitOfWork, keys: list[str]) -> None:
    """Written before the bytes go: a sweep that is killed half-way has named what it took."""
    uow.audit(AuditEntry("objects.swept", "object_store", None, {"count": len(keys), "keys": keys}))


def _tell_it(uow: UnitOfWork, kind: str, params: dict[str, object]) -> None:
    notices.tell(uow, [account.id for account in uow.accounts.with_post(Post.IT)], kind, params)
