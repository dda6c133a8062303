"""Evidence: the one way by which a file becomes a row of a visit (V2, V3, X3, S10).

Owns the order of things: who may, the bytes looked at, the bytes stored, and only then the row with its receipt, in one
transaction. Whole-file uploads and the desk end in `keep`, resumable uploads in `keep_sent`. It refuses to drop
evidence for what happened to the visit meanwhile (a hold, a recall, a late hour): that is noted, the file is kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.evidence import (
    COUNTED_KINDS,
    LARGEST,
    Capture,
    EvidenceCount,
    EvidenceItem,
    EvidenceKind,
    EvidenceSource,
    notes_on_visit,
    settled,
    v2_late,
    v3_desk_findings,
)
from server.domain.evidence_problems import DIGEST_DIFFERS, EVIDENCE_NOT_OF_TEAM, MEDIA_REFUSALS
from server.domain.flag_rules import weighs
from server.domain.kept_rows import SEAL, KeptTable, seal_of
from server.domain.problems import ID_REUSED, Problem, problem, refuse_if
from server.domain.visits import Visit
from server.services import capture_chain, credit
from server.services.evidence_work import WORK_JOB, look_again
from server.services.house import House
from server.services.ids import new_id
from server.services.ports.media import MediaReader, MediaRefused, MediaSource
from server.services.ports.unit_of_work import UnitOfWork
from server.services.received import ReceivedFile
from server.services.scopes import team_member, visit_within

PLAYABLE_JOB = "evidence.playable"
_GAP_MS = 2000  # recorders round their stamps; less than this is no interruption
_HEAD = 4096
NOTHING_SHOWN = Capture()


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a sender says of a file before its bytes are read; `sha256` and the id make a repeat the same file."""

    id: str
    visit_id: str
    kind: EvidenceKind
    filename: str
    sha256: str
    declared_type: str | None
    said: Capture
    run: int | None = None
    brought_by: str | None = None  # V3: with a reason, at the desk
    bring_reason: str | None = None

    @property
    def source(self) -> EvidenceSource:
        return EvidenceSource.PHONE if self.brought_by is None else EvidenceSource.DESK


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is and says of itself; `shown.at` may be naive, as cameras write it."""

    media_type: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    shown: Capture = NOTHING_SHOWN
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes that lie in the object store under a key of this one attempt, and wait for their row."""

    object_key: str
    size: int
    sha256: str
    examined: Examined


@dataclass(frozen=True, slots=True)
class Kept:
    """The row; `repeated` when it was there before."""

    item: EvidenceItem
    repeated: bool


def awaited(uow: UnitOfWork, actor: Actor, told: Particulars) -> EvidenceItem | None:
    """Before the body is read: refuse whoever may not, and answer the first item when this one was kept already."""
    visit_open_to(uow, actor, told)
    return first_kept(uow, actor.account_id, told)


def take_in(house: House, received: ReceivedFile, told: Particulars) -> StoredFile:
    """Look at a received file and store its bytes; refused ones are not stored. Outside any transaction."""
    if received.sha256 != told.sha256:
        raise problem(DIGEST_DIFFERS, "sha256", declared=told.sha256, received=received.sha256)
    try:
        examined = examined_file(house.media, received.path, told)
    except MediaRefused as refused:
        raise problem(MEDIA_REFUSALS[refused.code], "body", detail=refused.words) from refused
    key = f"evidence/{told.visit_id}/{told.id}/{new_id(house.clock.now())}"
    with received.path.open("rb") as source:
        stored = house.objects.write(key, source, limit=LARGEST[told.kind])
    if stored.sha256 != told.sha256:
        house.objects.delete(key)  # the local disk gave other bytes back than were written to it
        raise problem(DIGEST_DIFFERS, "sha256", declared=told.sha256, received=stored.sha256)
    return StoredFile(key, stored.size, stored.sha256, examined)


def keep(house: House, uow: UnitOfWork, actor: Actor, told: Particulars, stored: StoredFile) -> Kept:
    """Write the row of stored bytes; the caller commits, then the receipt holds. Whoever comes second gets the first
    one's, and its own bytes go."""
    try:
        visit_open_to(uow, actor, told)
        return keep_sent(house, uow, actor.account_id, told, stored)
    except Problem:
        house.objects.delete(stored.object_key)
        raise


def keep_sent(
    house: House,
    uow: UnitOfWork,
    account_id: str,
    told: Particulars,
    stored: StoredFile,
    notes: tuple[str, ...] = (),
) -> Kept:
    """`keep` for whoever was let in when the sending began: a team that changed meanwhile drops no evidence."""
    first = first_kept(uow, account_id, told)
    if first is not None:
        uow.after_commit(lambda: house.objects.delete(stored.object_key))
        return Kept(first, repeated=True)
    visit = uow.visits.need(told.visit_id)
    made = _item(uow, account_id, visit, told, stored)
    item = uow.evidence_items.add(dataclasses.replace(made, notes=(*notes, *made.notes)))
    detail = {
        "visit_id": visit.id,
        "kind": item.kind,
        "source": item.source,
        "brought_by": item.brought_by,
        "sha256": item.sha256,
        "size": item.size,
        "object_key": item.object_key,
        "late": item.late,
        "notes": [*item.notes],
        "account_id": item.account_id,
        "media_type": item.media_type,
        "width": item.width,
        "height": item.height,
        "duration_ms": item.duration_ms,
        "run": item.run,
        "datum": item.datum,
        SEAL: seal_of(KeptTable.EVIDENCE_ITEMS, item),
    }
    uow.audit(AuditEntry("evidence.kept", "evidence", item.id, detail, purpose=item.bring_reason))
    if item.media_type.startswith(("image/", "audio/")) and not notes:
        uow.enqueue(WORK_JOB, {"evidence_id": item.id})
    elif weighs(item):
        look_again(uow, visit.id)
    if item.media_type.startswith("audio/"):
        uow.enqueue(PLAYABLE_JOB, {"evidence_id": item.id})
    # No phone lists a written paper among what it captured.
    if item.media_type.startswith(("image/", "audio/")):
        capture_chain.changed(uow, visit)
    if item.kind in COUNTED_KINDS:
        credit.fact_changed(uow, visit.placement_id, "evidence")
    return Kept(item, repeated=False)


def checked_out(uow: UnitOfWork, visit: Visit) -> None:
    """V2 again when a check-out becomes known: a phone may have sent its files before it could tell the hour."""
    for item in uow.evidence_items.having(visit_id=visit.id):
        late = v2_late(item.received_at, visit.ended_at, _upload_hours(uow, visit))
        if late != item.late:
            uow.evidence_items.save(dataclasses.replace(item, late=late))
            detail = {"visit_id": visit.id, "late": late}
            uow.audit(AuditEntry("evidence.late_judged", "evidence", item.id, detail))
    capture_chain.changed(uow, visit)


def evidence_counts(uow: UnitOfWork, visit_ids: Iterable[str]) -> dict[str, EvidenceCount]:
    """X3, V6: photos, recordings in which something was recorded, and whether a letter was photographed twice over."""
    return uow.evidence_items.counts(visit_ids)


def visit_open_to(uow: UnitOfWork, actor: Actor, told: Particulars) -> Visit:
    """The visit, if the actor may add evidence to it: its own team, or the desk for it (V3)."""
    if told.brought_by is None:
        visit, _ = visit_within(uow, actor, told.visit_id, Permission.EVIDENCE_UPLOAD)
        if not team_member(actor, visit):
            raise problem(EVIDENCE_NOT_OF_TEAM)
        return visit
    visit, _ = visit_within(uow, actor, told.visit_id, Permission.EVIDENCE_IMPORT)
    refuse_if(v3_desk_findings(visit, told.brought_by))
    return visit


def first_kept(uow: UnitOfWork, account_id: str, told: Particulars) -> EvidenceItem | None:
    """What was kept under this id already; refused when that was something else."""
    first = uow.evidence_items.get(told.id)
    if first is None:
        return None
    kept = (first.account_id, first.visit_id, first.kind, first.sha256, first.source)
    if kept != (account_id, told.visit_id, told.kind, told.sha256, told.source):
        raise problem(ID_REUSED, "id", id=told.id)
    return first


def examined_file(media: MediaReader, source: MediaSource, told: Particulars) -> Examined:
    """What a whole file is. Raises MediaRefused."""
    if told.kind is EvidenceKind.RECORDING:
        return _recording(media, source, told.declared_type)
    if told.kind is not EvidenceKind.ATTACHMENT:
        return _photo(media, source, told.declared_type)
    with source.open("rb") as file:
        found = media.sniff(file.read(_HEAD)) or ""
    if found.startswith("image/"):
        return _photo(media, source, told.declared_type)
    if found.startswith("audio/"):
        return _recording(media, source, told.declared_type)
    return Examined(media.document(source, told.declared_type))


def _photo(media: MediaReader, source: MediaSource, declared_type: str | None) -> Examined:
    facts = media.photo(source, declared_type)
    shown = Capture(facts.taken_at, facts.latitude, facts.longitude, facts.accuracy_m)
    return Examined(facts.media_type, facts.width, facts.height, None, shown, facts.notes)


def _recording(media: MediaReader, source: MediaSource, declared_type: str | None) -> Examined:
    facts = media.recording(source, declared_type)
    notes = ("gaps",) if facts.span_ms - facts.duration_ms > _GAP_MS else ()
    return Examined(facts.media_type, duration_ms=facts.duration_ms, notes=notes)


def _item(
    uow: UnitOfWork, account_id: str, visit: Visit, told: Particulars, stored: StoredFile
) -> EvidenceItem:
    examined = stored.examined
    capture, contradictions = settled(examined.shown, told.said, uow.now)
    return EvidenceItem(
        id=told.id,
        visit_id=visit.id,
        kind=told.kind,
        account_id=account_id,
        source=told.source,
        brought_by=told.brought_by,
        bring_reason=told.bring_reason,
        filename=told.filename,
        media_type=examined.media_type,
        size=stored.size,
        sha256=stored.sha256,
        object_key=stored.object_key,
        thumbnail_key=None,
        captured_at=capture.at,
        latitude=capture.latitude,
        longitude=capture.longitude,
        accuracy_m=capture.accuracy_m,
        datum=capture.datum,
        width=examined.width,
        height=examined.height,
        duration_ms=examined.duration_ms,
        run=told.run,
        notes=(*examined.notes, *contradictions, *notes_on_visit(visit), *_known_bytes(uow, visit, stored)),
        received_at=uow.now,
        late=v2_late(uow.now, visit.ended_at, _upload_hours(uow, visit)),
        version=1,
    )


def _known_bytes(uow: UnitOfWork, visit: Visit, stored: StoredFile) -> tuple[str, ...]:
    """V8: the same file twice is kept and said; of another visit it may be forged."""
    holders = {item.visit_id for item in uow.evidence_items.having(sha256=stored.sha256)}
    noted = ((visit.id in holders, "same_bytes_here"), (bool(holders - {visit.id}), "same_bytes_elsewhere"))
    return tuple(note for holds, note in noted if holds)


def _upload_hours(uow: UnitOfWork, visit: Visit) -> int:
    """A visit is judged under the edition in force on its day."""
    return uow.policy.in_force_on(local_day(visit.started_at or uow.now)).upload_hours
