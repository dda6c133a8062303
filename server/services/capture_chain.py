"""The chain of captures: manifests taken in as they come, judged anew whenever something arrives (V2, V8).

Owns the rows of manifests, of what they list and of the coverage of visits, and the reading of all of it. It refuses
nothing that a phone signed: a manifest that cannot be read is kept too.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.capture_chain import ChainFinding, Judged, Sent, judged, trusted
from server.domain.capture_manifests import (
    CaptureManifest,
    ListedCapture,
    ReadManifest,
    RecordingGap,
    read_manifest,
)
from server.domain.chain_flags import chain_flags, unsigned, unsigned_flags
from server.domain.evidence import EvidenceItem
from server.domain.evidence_flags import Raised
from server.domain.evidence_problems import EVIDENCE_NOT_OF_TEAM
from server.domain.kept_rows import LISTED, SEAL, KeptTable, listed_digest, seal_of
from server.domain.problems import problem
from server.domain.recordings import Coverage, RecordingCoverage, coverage
from server.domain.visits import Visit
from server.services import capture_keys
from server.services.house import House
from server.services.ports.signatures import SignatureCheck
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import team_member, visit_within
from server.services.visit_records import edition_at

CHAIN_JOB = "evidence.chain"
_Of = TypeVar("_Of", ListedCapture, RecordingGap)


@dataclass(frozen=True, slots=True)
class VisitChain:
    """Everything that was signed on a visit, with what does not fit and what is awaited."""

    sent: list[Sent]
    judged: Judged

    @property
    def findings(self) -> tuple[ChainFinding, ...]:
        return self.judged.findings


def receive(
    house: House, uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]
) -> tuple[CaptureManifest, VisitChain]:
    """Keep a manifest of one of the visit's agents and what it lists; judge what can be judged without the bytes."""
    visit, _ = visit_within(uow, actor, visit_id, Permission.EVIDENCE_UPLOAD)
    if not team_member(actor, visit):
        raise problem(EVIDENCE_NOT_OF_TEAM)
    manifest = uow.capture_manifests.add(
        CaptureManifest(
            id=values["id"],
            visit_id=visit.id,
            account_id=actor.account_id,
            key_id=values["key_id"],
            signed=values["signed"],
            signature=values["signature"],
            sha256=hashlib.sha256(values["signed"].encode()).hexdigest(),
            received_at=uow.now,
            findings=[],
            judged_at=None,
            version=1,
        )
    )
    said = read_manifest(manifest.signed)
    listed = _keep_listed(uow, manifest, said)
    detail = {
        "manifest_id": manifest.id,
        "account_id": manifest.account_id,
        "key_id": manifest.key_id,
        "sha256": manifest.sha256,
        "captures": len(said.entries),
        "gaps": len(said.gaps),
        LISTED: listed,
        SEAL: seal_of(KeptTable.CAPTURE_MANIFESTS, manifest),
    }
    uow.audit(AuditEntry("evidence.manifest_kept", "visit", visit.id, detail))
    changed(uow, visit)
    chain = judge(uow, house.signatures, visit)
    measure(uow, house.signatures, visit)
    return uow.capture_manifests.need(manifest.id), chain


def changed(uow: UnitOfWork, visit: Visit) -> None:
    """Something of the visit arrived: have stored bytes read where a manifest names them, judge and measure anew."""
    uow.enqueue(CHAIN_JOB, {"visit_id": visit.id}, once_key=f"{CHAIN_JOB}:{visit.id}")


def settle(uow: UnitOfWork, signatures: SignatureCheck, visit: Visit) -> list[Raised]:
    """What the job does once the bytes are read: what a person is to be led to. It comes back when V2's hours are over,
    for then what is awaited is missing and what may be made good stays as it is."""
    chain = judge(uow, signatures, visit)
    measure(uow, signatures, visit)
    items = _items(uow, visit, chain.sent)
    signers = {sent.manifest.account_id for sent in chain.sent}
    without = unsigned(visit, items.values(), signers)
    able = capture_keys.able_to_sign(uow, without, _went_at(uow, visit))

    def flagged(*, overdue: bool) -> list[Raised]:
        found = chain_flags(visit, chain.findings, items, overdue=overdue)
        return found + unsigned_flags(visit, [*items.values()], signers, able, overdue=overdue)

    overdue_at = _overdue_at(uow, visit)
    if overdue_at is None or overdue_at <= uow.now:
        return flagged(overdue=overdue_at is not None)
    raised = flagged(overdue=False)
    if chain.judged.awaited or len(flagged(overdue=True)) > len(raised):
        once = f"{CHAIN_JOB}:{visit.id}:overdue"
        uow.enqueue(CHAIN_JOB, {"visit_id": visit.id}, once_key=once, due_at=overdue_at)
    return raised


def chain_of(uow: UnitOfWork, signatures: SignatureCheck, visit: Visit) -> VisitChain:
    """The chain of a visit as of now."""
    manifests = uow.capture_manifests.having(visit_id=visit.id)
    keys = uow.device_keys.by_ids(manifest.key_id for manifest in manifests)
    captures = _by_manifest(uow.captures.having(visit_id=visit.id))
    gaps = _by_manifest(uow.recording_gaps.having(visit_id=visit.id))
    sent = []
    for manifest in manifests:
        key = keys.get(manifest.key_id)
        fits = key is not None and signatures.fits(key.x, key.y, manifest.signed.encode(), manifest.signature)
        listed, silent = captures.get(manifest.id, []), gaps.get(manifest.id, [])
        sent.append(Sent(manifest, read_manifest(manifest.signed), key, fits, listed, silent))
    overdue_at = _overdue_at(uow, visit)
    overdue = overdue_at is not None and overdue_at <= uow.now
    return VisitChain(sent, judged(visit, sent, _items(uow, visit, sent), overdue=overdue))


def judge(uow: UnitOfWork, signatures: SignatureCheck, visit: Visit) -> VisitChain:
    """The chain of a visit, and each manifest keeps what was found of it, for lists and flags."""
    chain = chain_of(uow, signatures, visit)
    for sent in chain.sent:
        found = [one.stored() for one in chain.findings if one.manifest_id == sent.manifest.id]
        if sent.manifest.judged_at is None or found != sent.manifest.findings:
            uow.capture_manifests.save(dataclasses.replace(sent.manifest, findings=found, judged_at=uow.now))
            codes = sorted({str(one["code"]) for one in found})
            detail = {"manifest_id": sent.manifest.id, "codes": codes}
            uow.audit(AuditEntry("evidence.chain_judged", "visit", visit.id, detail))
    return chain


def not_enrolled(uow: UnitOfWork, visit: Visit) -> list[str]:
    """Who sent files of the visit from a phone that could sign nothing then."""
    signers = {manifest.account_id for manifest in uow.capture_manifests.having(visit_id=visit.id)}
    without = unsigned(visit, uow.evidence_items.having(visit_id=visit.id), signers)
    return sorted(without.keys() - capture_keys.able_to_sign(uow, without, _went_at(uow, visit)))


def recorded(uow: UnitOfWork, signatures: SignatureCheck, visit: Visit) -> Coverage:
    """V2: how much of a visit its recordings hold, by the manifests that can be trusted."""
    sent = chain_of(uow, signatures, visit).sent
    believed = [one for one in sent if trusted(visit, one)]
    segments = {
        (one.item_id, one.offset, one.size, one.at, one.duration_ms): one
        for sent_one in believed
        for one in sent_one.captures
    }
    gaps = [gap for one in believed for gap in one.gaps]
    items = uow.evidence_items.having(visit_id=visit.id)
    return coverage(visit.started_at, visit.ended_at, items, segments.values(), gaps)


def measure(uow: UnitOfWork, signatures: SignatureCheck, visit: Visit) -> None:
    """The number on the visit, as lists ask for it; a visit that has not ended has none yet."""
    seen = recorded(uow, signatures, visit)
    if seen.visit_ms is None:
        return
    row = RecordingCoverage(visit.id, seen.visit_ms, seen.recorded_ms, seen.per_mille, uow.now)
    held = uow.recording_coverages.get(visit.id)
    if held is None:
        uow.recording_coverages.add(row)
    elif dataclasses.replace(held, measured_at=uow.now) != row:
        uow.recording_coverages.save(row)


def _keep_listed(uow: UnitOfWork, manifest: CaptureManifest, said: ReadManifest) -> str:
    """The digest of the rows, for the trail."""
    of: dict[str, Any] = {"manifest_id": manifest.id, "visit_id": manifest.visit_id}
    captures = [ListedCapture(id=uow.new_id(), stored_sha256=None, **of, **entry) for entry in said.entries]
    gaps = [RecordingGap(id=uow.new_id(), **of, **gap) for gap in said.gaps]
    uow.captures.add_all(captures)
    uow.recording_gaps.add_all(gaps)
    return listed_digest(captures, gaps)


def _by_manifest(rows: list[_Of]) -> dict[str, list[_Of]]:
    found: dict[str, list[_Of]] = {}
    for row in rows:
        found.setdefault(row.manifest_id, []).append(row)
    return found


def _items(uow: UnitOfWork, visit: Visit, sent: list[Sent]) -> dict[str, EvidenceItem]:
    """The files of the visit, and those of another one that a manifest names."""
    items = {item.id: item for item in uow.evidence_items.having(visit_id=visit.id)}
    named = {capture.item_id for one in sent for capture in one.captures}
    return uow.evidence_items.by_ids(named - items.keys()) | items


def _went_at(uow: UnitOfWork, visit: Visit) -> datetime:
    """The hour that says which phone somebody had on the visit."""
    return visit.started_at or visit.ended_at or uow.now


def _overdue_at(uow: UnitOfWork, visit: Visit) -> datetime | None:
    """When what has not come by then is missing: V2's hours after check-out."""
    if visit.ended_at is None:
        return None
    return visit.ended_at + timedelta(hours=edition_at(uow, visit.started_at or uow.now).upload_hours)
