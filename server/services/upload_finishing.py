"""The end of an upload: whole, it becomes evidence with its receipt; unfit, it is refused; abandoned, it is salvaged.

Owns compaction: the pieces are read in order, digested and written as one object. It refuses to lose what cannot be
finished now: the upload stays whole and open, and the next look at it, or the hourly job, finishes it. Pieces that were
damaged stay where they are, for IT; the phone, which has no receipt, is told to send the file again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import BinaryIO

from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem
from server.domain.evidence_problems import DIGEST_DIFFERS, MEDIA_REFUSALS
from server.domain.integrity import Difference, Found
from server.domain.problems import Problem, problem
from server.domain.upload_problems import UPLOAD_DAMAGED, UPLOAD_LOCKED
from server.domain.uploads import CUT_OFF, FINISH_LEASE, Upload, UploadPiece, UploadState
from server.services import evidence_integrity
from server.services.evidence import Examined, Particulars, StoredFile, examined_file, keep_sent
from server.services.evidence_integrity import damage_of
from server.services.house import House
from server.services.ids import new_id
from server.services.kept_bytes import KeptBytes
from server.services.ports.media import MediaRefused
from server.services.ports.objects import ObjectDamaged, ObjectKeyDestroyed, ObjectMissing, StoredObject
from server.services.ports.unit_of_work import UnitOfWork
from server.services.uploads import NO_LEASE, Lease, extend, particulars, take

_HEAD = 4096
_PIECE = 1 << 16


def finish(house: House, lease: Lease) -> EvidenceItem:
    """An upload whose bytes are all committed, as evidence. Raises the Problem for which it is refused."""
    upload = lease.upload
    pieces = _pieces(house, upload)
    if len(pieces) != 1:
        extend(house, lease, FINISH_LEASE)
    try:
        stored = _one_object(house, upload, pieces)
    except _PieceUnreadable as unreadable:
        raise _damaged(house, lease, unreadable) from unreadable
    return keep(house, lease, KeptBytes(house.objects, stored), {piece.object_key for piece in pieces})


def keep(house: House, lease: Lease, kept: KeptBytes, pieces: AbstractSet[str] = frozenset()) -> EvidenceItem:
    """The whole file as evidence, and its lease given back, in one transaction."""
    stored = kept.stored
    told = particulars(lease.upload, stored.sha256)
    try:
        _refuse_digest(lease.upload, stored)
        file = StoredFile(stored.key, stored.size, stored.sha256, _examined(house, kept, told))
        return _kept(house, lease, told, file, pieces)
    except Problem as refused:
        if refused.kind is not UPLOAD_LOCKED:
            _refuse(house, lease, refused.kind.code, pieces | {stored.key})
        raise


def look(house: House, upload: Upload) -> Upload:
    """The upload; one that is whole and was left so by a killed process is finished first."""
    if upload.state is UploadState.OPEN and upload.whole and (lease := take(house, upload)) is not None:
        finish(house, lease)
        with house.units.read() as uow:
            return uow.uploads.need(upload.id)
    return upload


def salvage(house: House, upload: Upload) -> str:
    """Close an abandoned upload: `kept` when it was whole, `salvaged` when there was something, else `empty`;
    `damaged` when what there was cannot be read.

    What there was becomes evidence of its own, noted as cut off; the upload's id stays free for the whole file.
    """
    lease = take(house, upload)
    if lease is None:
        return "busy"
    if lease.upload.whole:
        try:
            finish(house, lease)
        except Problem:
            return "refused"
        return "kept"
    pieces = _pieces(house, upload)
    if not pieces:
        with house.units.write() as uow:
            _close(uow, lease, None)
            uow.commit()
        return "empty"
    extend(house, lease, FINISH_LEASE)
    try:
        stored = _one_object(house, upload, pieces)
    except _PieceUnreadable as unreadable:
        _damaged(house, lease, unreadable)
        return "damaged"
    told = particulars(upload, stored.sha256)
    file = StoredFile(stored.key, stored.size, stored.sha256, _examined_cut(house, stored, told))
    with house.units.write() as uow:
        cut = dataclasses.replace(told, id=uow.new_id())
        keep_sent(house, uow, upload.account_id, cut, file, (CUT_OFF,))
        _close(uow, lease, cut.id)
        _drop(house, uow, upload.id, {piece.object_key for piece in pieces} - {stored.key})
        uow.commit()
    return "salvaged"


class _PieceUnreadable(Exception):
    """A piece that was durable is not what was written any more."""

    def __init__(self, key: str, difference: Difference, detail: str | None) -> None:
        super().__init__(f"{key}: {difference}")
        self.key = key
        self.difference = difference
        self.detail = detail


class _Joined(io.RawIOBase):
    """The pieces of an upload as one stream."""

    def __init__(self, house: House, pieces: Sequence[UploadPiece]) -> None:
        super().__init__()
        self._house = house
        self._left = list(pieces)
        self._key = ""
        self._open: BinaryIO | None = None

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._read(size)
        except ObjectMissing as error:
            raise _PieceUnreadable(self._key, Difference.BYTES_MISSING, None) from error
        except ObjectKeyDestroyed as error:
            raise _PieceUnreadable(self._key, Difference.KEY_GONE, None) from error
        except ObjectDamaged as error:
            raise _PieceUnreadable(self._key, damage_of(error), error.part) from error

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _read(self, size: int) -> bytes:
        while True:
            if self._open is None:
                if not self._left:
                    return b""
                self._key = self._left.pop(0).object_key
                self._open = self._house.objects.open(self._key)
            if piece := self._open.read(size):
                return piece
            self._open.close()
            self._open = None

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
        super().close()


def _pieces(house: House, upload: Upload) -> list[UploadPiece]:
    with house.units.read() as uow:
        return uow.uploads.pieces(upload.id)


def _one_object(house: House, upload: Upload, pieces: Sequence[UploadPiece]) -> StoredObject:
    """One piece is the file; several are written anew as one object."""
    with _Joined(house, pieces) as joined:
        if len(pieces) == 1:
            return _measured(pieces[0].object_key, joined)
        key = f"evidence/{upload.visit_id}/{upload.id}/{new_id(house.clock.now())}"
        return house.objects.write(key, joined, limit=upload.offset)  # type: ignore[arg-type]


def _measured(key: str, source: io.RawIOBase) -> StoredObject:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    return StoredObject(key, size, digest.hexdigest())


def _refuse_digest(upload: Upload, stored: StoredObject) -> None:
    if upload.declared_sha256 not in (None, stored.sha256):
        raise problem(
            DIGEST_DIFFERS, "Upload-Metadata.sha256", declared=upload.declared_sha256, received=stored.sha256
        )


def _examined(house: House, kept: KeptBytes, told: Particulars) -> Examined:
    try:
        return examined_file(house.media, kept, told)
    except MediaRefused as refused:
        raise problem(MEDIA_REFUSALS[refused.code], "body", detail=refused.words) from refused


def _examined_cut(house: House, stored: StoredObject, told: Particulars) -> Examined:
    """A file that was cut off is kept whatever can be read of it."""
    source = KeptBytes(house.objects, stored)
    try:
        return examined_file(house.media, source, told)
    except MediaRefused:
        with source.open("rb") as file:
            found = house.media.sniff(file.read(_HEAD))
        return Examined(found or "application/octet-stream", notes=("unreadable",))


def _kept(
    house: House, lease: Lease, told: Particulars, file: StoredFile, pieces: AbstractSet[str]
) -> EvidenceItem:
    upload = lease.upload
    with house.units.write(upload.account_id) as uow:
        done = {
            "offset": file.size,
            "length": file.size,
            "state": UploadState.KEPT,
            "evidence_id": upload.id,
            "moved_at": uow.now,
            "finished_at": uow.now,
        }
        if not uow.uploads.change(upload, lease.token, **done, **NO_LEASE):
            raise problem(UPLOAD_LOCKED, id=upload.id)
        item = keep_sent(house, uow, upload.account_id, told, file).item
        if pieces:
            _drop(house, uow, upload.id, pieces - {file.object_key})
        uow.commit()
        return item


def _refuse(house: House, lease: Lease, code: str, objects: AbstractSet[str]) -> None:
    """What may not be kept is not stored, as on the other road; its sender holds the file, for it got no receipt."""
    upload = lease.upload
    with house.units.write(upload.account_id) as uow:
        refused = {"state": UploadState.REFUSED, "problem_code": code, "finished_at": uow.now}
        if not uow.uploads.change(upload, lease.token, **refused, **NO_LEASE):
            return
        detail = {"visit_id": upload.visit_id, "kind": upload.kind, "code": code}
        uow.audit(AuditEntry("upload.refused", "upload", upload.id, detail))
        _drop(house, uow, upload.id, objects)
        uow.commit()


def _damaged(house: House, lease: Lease, unreadable: _PieceUnreadable) -> Problem:
    """The upload is over and its pieces stay; IT and QA are told, and the phone by the Problem."""
    upload = lease.upload
    with house.units.write(upload.account_id) as uow:
        refused = {"state": UploadState.REFUSED, "problem_code": UPLOAD_DAMAGED.code, "finished_at": uow.now}
        if not uow.uploads.change(upload, lease.token, **refused, **NO_LEASE):
            return problem(UPLOAD_LOCKED, id=upload.id)
        found = Found(upload.id, unreadable.key, unreadable.difference, unreadable.detail)
        evidence_integrity.tell(uow, evidence_integrity.record(uow, [found]))
        detail = {"visit_id": upload.visit_id, "kind": upload.kind, "code": UPLOAD_DAMAGED.code}
        uow.audit(AuditEntry("upload.refused", "upload", upload.id, detail))
        uow.commit()
    return problem(UPLOAD_DAMAGED, id=upload.id)


def _close(uow: UnitOfWork, lease: Lease, evidence_id: str | None) -> None:
    upload = lease.upload
    closed = {"state": UploadState.CLOSED, "evidence_id": evidence_id, "finished_at": uow.now}
    if not uow.uploads.change(upload, lease.token, **closed, **NO_LEASE):
        raise problem(UPLOAD_LOCKED, id=upload.id)
    detail = {"visit_id": upload.visit_id, "offset": upload.offset, "evidence_id": evidence_id}
    uow.audit(AuditEntry("upload.closed", "upload", upload.id, detail))


def _drop(house: House, uow: UnitOfWork, upload_id: str, objects: AbstractSet[str]) -> None:
    uow.uploads.remove_pieces(upload_id)

    def remove() -> None:
        for key in sorted(objects):
            house.objects.delete(key)

    uow.after_commit(remove)
