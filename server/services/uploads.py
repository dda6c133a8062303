"""Resumable uploads as rows: made, leased to one request at a time, moved on, finished, closed (V2, S10).

Owns the order of things: a piece is durable in the store before its offset is committed, the offset before the answer;
the last byte becomes evidence in the same transaction. It refuses to know the wire: `server.api.uploads` speaks tus,
`server.services.upload_receiving` takes bodies in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, BinaryIO

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import SHANGHAI, local_day
from server.domain.evidence import Capture, EvidenceItem, EvidenceKind, EvidenceSource
from server.domain.problems import ID_REUSED, NOT_FOUND, problem, refuse_if
from server.domain.upload_problems import UPLOAD_LOCKED, UPLOAD_TOO_LONG
from server.domain.uploads import (
    LEASE,
    Upload,
    UploadPiece,
    UploadState,
    append_findings,
    creation_findings,
    leased,
    quota_findings,
    room_of,
)
from server.services.evidence import Particulars, visit_open_to
from server.services.holders import alive, this_process
from server.services.house import House
from server.services.ids import new_id
from server.services.ports.objects import ObjectTooLarge, StoredObject
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import visit_within

SALVAGE_JOB = "uploads.salvage"


@dataclass(frozen=True, slots=True)
class Announced:
    """What a sender says of an upload before its bytes; `length` None while the file still grows."""

    id: str
    visit_id: str
    kind: EvidenceKind
    filename: str
    sha256: str | None
    declared_type: str | None
    said: Capture
    run: int | None
    metadata: str
    length: int | None


@dataclass(frozen=True, slots=True)
class Lease:
    """One request's right to add to an upload, which is as it was when the right was given or last used.

    `room` is how many more bytes may come, by the length, the kind, the day and the device.
    """

    upload: Upload
    token: str
    room: int


def particulars(upload: Upload, sha256: str) -> Particulars:
    """What was said of the upload, as evidence asks for it."""
    return Particulars(
        id=upload.id,
        visit_id=upload.visit_id,
        kind=upload.kind,
        filename=upload.filename,
        sha256=sha256,
        declared_type=upload.declared_type,
        said=upload.said,
        run=upload.run,
    )


def create(
    house: House, actor: Actor, told: Announced, takes: bool = False, announced: int | None = 0
) -> tuple[Lease, bool]:
    """The upload, and whether it was there before: a repeated creation is answered with the first.

    With `takes` the right to add the body that came with the creation is given with it, in one transaction; without,
    or of one that was there, the lease is empty and has no token. Not durable by itself: an upload without a byte is
    nothing that anybody was promised, and its first byte carries it.
    """
    with house.units.write(actor.account_id, durable=False) as uow:
        visit_open_to(uow, actor, _asked(told))
        first = uow.uploads.get(told.id)
        if first is not None and first.state in (UploadState.OPEN, UploadState.KEPT):
            _refuse_other(first, actor, told)
            return Lease(first, "", 0), True
        item = uow.evidence_items.get(told.id)
        if item is not None:
            kept = uow.uploads.add(_of_item(item, actor, told, uow.now))
            uow.commit()
            return Lease(kept, "", 0), True
        used = uow.uploads.used(actor.account_id, actor.device_id, _day_began(uow.now), told.id)
        refuse_if(creation_findings(told.kind, told.length, used, house.upload_limits))
        made = _new(actor, told, uow.now)
        lease = Lease(made, "", 0)
        if takes:
            refuse_if(append_findings(made, 0, None, announced))
            room = room_of(made) if made.length is not None else _room(house, uow, made, announced)
            held = _held(uow)
            lease = Lease(dataclasses.replace(made, **held), str(held["lease_token"]), room)
        if first is None:
            uow.uploads.add(lease.upload)
        else:
            _refuse_other(first, actor, told)
            uow.uploads.remove_pieces(first.id)  # damaged ones were left with it
            uow.uploads.save(lease.upload)
        uow.commit()
        return lease, False


def own(uow: UnitOfWork, actor: Actor, upload_id: str) -> Upload:
    """The upload, to who began it; it is not found by anybody else."""
    upload = uow.uploads.get(upload_id)
    if upload is None or upload.account_id != actor.account_id:
        raise problem(NOT_FOUND, what=f"upload {upload_id}")
    return upload


def list_of_visit(uow: UnitOfWork, actor: Actor, visit_id: str, request: PageRequest) -> Page[Upload]:
    """What of a visit is on its way, and what has come of it."""
    visit, _ = visit_within(uow, actor, visit_id, Permission.EVIDENCE_READ, Permission.EVIDENCE_UPLOAD)
    page = uow.uploads.page_of_visit(request, visit.id)
    uow.audit(AuditEntry("uploads.listed", "visit", visit.id, {"ids": [one.id for one in page.items]}))
    return page


def abandoned(house: House, uow: UnitOfWork, limit: int) -> list[Upload]:
    """Open uploads without a byte for as long as the house waits, the longest idle first; those that are whole, at
    once: their last request died before it could finish them."""
    return uow.uploads.idle(uow.now - house.upload_limits.idle, uow.now - 2 * LEASE, limit)


def begin(
    house: House, actor: Actor, upload_id: str, offset: int, length: int | None, announced: int | None
) -> Lease:
    """The right to add at this offset, or the Problem that stands against it."""
    with house.units.write(actor.account_id, durable=False) as uow:
        upload = own(uow, actor, upload_id)
        refuse_if(append_findings(upload, offset, length, announced))
        if upload.state is UploadState.KEPT:
            return Lease(upload, "", 0)
        if leased(upload, uow.now) and alive(upload.lease_holder):
            raise problem(UPLOAD_LOCKED, id=upload.id)
        room = room_of(upload)
        if upload.length is None:  # one that said its length was counted when it was begun
            upload = upload if length is None else _with(uow, upload, length=length)
            room = _room(house, uow, upload, announced)
        lease = _take(uow, upload, room)
        uow.commit()
        return lease


def take(house: House, upload: Upload) -> Lease | None:
    """The right to finish an upload that nobody adds to; None when somebody does."""
    with house.units.write(upload.account_id, durable=False) as uow:
        current = uow.uploads.need(upload.id)
        held = leased(current, uow.now) and alive(current.lease_holder)
        if held or current.state is not UploadState.OPEN:
            return None
        lease = _take(uow, current, room_of(current))
        uow.commit()
        return lease


def moved(house: House, lease: Lease, piece: StoredObject, until: timedelta = LEASE) -> Lease:
    """The offset after a durable piece, committed; refused as locked when the lease went to somebody else."""
    upload = lease.upload
    with house.units.write(upload.account_id) as uow:
        values: dict[str, Any] = {
            "offset": upload.offset + piece.size,
            "moved_at": uow.now,
            "lease_until": uow.now + until,
        }
        if uow.uploads.change(upload, lease.token, **values):
            uow.uploads.add_piece(UploadPiece(uow.new_id(), upload.id, upload.offset, piece.size, piece.key))
            uow.commit()
            after = dataclasses.replace(upload, **values)
            return Lease(after, lease.token, lease.room - piece.size)
    raise problem(UPLOAD_LOCKED, id=upload.id)


def extend(house: House, lease: Lease, by: timedelta) -> None:
    """Before something that takes longer than a piece does."""
    _change(house, lease, lambda now: {"lease_until": now + by})


def release(house: House, lease: Lease) -> None:
    """Give the right back, before the answer goes out: the next request may come faster than this one ends."""
    if lease.token:
        _change(house, lease, lambda _now: NO_LEASE)


NO_LEASE: Mapping[str, object] = {"lease_token": None, "lease_holder": None, "lease_until": None}


def store_piece(house: House, lease: Lease, source: BinaryIO, limit: int) -> StoredObject:
    """Durable, under a name of this attempt alone: two writers of one offset never meet, and one without lease is
    swept."""
    key = f"uploads/{lease.upload.id}/{lease.upload.offset}-{new_id(house.clock.now())}"
    try:
        return house.objects.write(key, source, limit=limit)
    except ObjectTooLarge as error:
        raise problem(UPLOAD_TOO_LONG, asked=limit + 1, room=limit) from error


def _change(house: House, lease: Lease, values: Callable[[datetime], Mapping[str, object]]) -> None:
    with house.units.write(lease.upload.account_id, durable=False) as uow:
        uow.uploads.change(lease.upload, lease.token, **values(uow.now))
        uow.commit()


def _take(uow: UnitOfWork, upload: Upload, room: int) -> Lease:
    held = _held(uow)
    return Lease(_with(uow, upload, **held), str(held["lease_token"]), room)


def _held(uow: UnitOfWork) -> dict[str, Any]:
    return {"lease_token": uow.new_id(), "lease_holder": this_process(), "lease_until": uow.now + LEASE}


def _with(uow: UnitOfWork, upload: Upload, **values: Any) -> Upload:
    uow.uploads.change(upload, None, **values)
    return dataclasses.replace(upload, **values)


def _room(house: House, uow: UnitOfWork, upload: Upload, announced: int | None) -> int:
    """How many bytes may come now; a file that grows without a length is held to the limits on its way."""
    room = room_of(upload)
    used = uow.uploads.used(upload.account_id, upload.device_id, _day_began(uow.now), upload.id)
    limits = house.upload_limits
    refuse_if(quota_findings(upload.offset + min(announced or 1, room), used, limits))
    left = limits.day_bytes - used.by_account
    if used.by_device is not None:
        left = min(left, limits.device_bytes - used.by_device)
    return min(room, left - upload.offset)


def _day_began(now: datetime) -> datetime:
    return datetime.combine(local_day(now), time(), SHANGHAI)


def _asked(told: Announced) -> Particulars:
    return Particulars(
        told.id,
        told.visit_id,
        told.kind,
        told.filename,
        told.sha256 or "",
        told.declared_type,
        told.said,
        told.run,
    )


def _refuse_other(first: Upload, actor: Actor, told: Announced) -> None:
    """The same id for something else; what the first did not say yet (a length, a digest) may differ."""
    same = (first.account_id, first.visit_id, first.kind) == (actor.account_id, told.visit_id, told.kind)
    restarted = first.state in (UploadState.REFUSED, UploadState.CLOSED)
    for before, now in ((first.length, told.length), (first.declared_sha256, told.sha256)):
        same = same and (restarted or None in (before, now) or before == now)
    if not same:
        raise problem(ID_REUSED, "Upload-Metadata.item", id=told.id)


def _of_item(item: EvidenceItem, actor: Actor, told: Announced, now: datetime) -> Upload:
    """An upload of what came in whole before, by the other road: nothing is left to send."""
    kept = (item.account_id, item.visit_id, item.kind, item.source)
    same = kept == (actor.account_id, told.visit_id, told.kind, EvidenceSource.PHONE)
    if not same or told.length not in (None, item.size) or told.sha256 not in (None, item.sha256):
        raise problem(ID_REUSED, "Upload-Metadata.item", id=told.id)
    return dataclasses.replace(
        _new(actor, told, now),
        length=item.size,
        offset=item.size,
        state=UploadState.KEPT,
        evidence_id=item.id,
        finished_at=item.received_at,
    )


def _new(actor: Actor, told: Announced, now: datetime) -> Upload:
    return Upload(
        id=told.id,
        visit_id=told.visit_id,
        account_id=actor.account_id,
        device_id=actor.device_id,
        kind=told.kind,
        run=told.run,
        filename=told.filename,
        declared_type=told.declared_type,
        declared_sha256=told.sha256,
        captured_at=told.said.at,
        latitude=told.said.latitude,
        longitude=told.said.longitude,
        accuracy_m=told.said.accuracy_m,
        metadata=told.metadata,
        length=told.length,
        offset=0,
        state=UploadState.OPEN,
        problem_code=None,
        evidence_id=None,
        lease_token=None,
        lease_holder=None,
        lease_until=None,
        created_at=now,
        moved_at=now,
        finished_at=None,
    )
