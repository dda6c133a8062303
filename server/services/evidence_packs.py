"""Evidence packs on their way: proposed by one post, confirmed by the other, handed out in two halves (S11, S16, S22).

Owns the register. What goes into a pack is `evidence_packing`'s. Refuses a password to whoever has had the file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from server.domain.access import Actor, Permission, Post, reach
from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem
from server.domain.evidence_packs import (
    LARGEST_PACK,
    PACK_EMPTY,
    PACK_POST,
    PACK_TOO_LARGE,
    EvidencePack,
    PackState,
    other_post,
    post_for_packs,
    s11_half_findings,
    s16_second_findings,
)
from server.domain.evidence_problems import BYTES_MISSING
from server.domain.placements import Placement
from server.domain.problems import INVALID_INPUT, NOT_FOUND, WRONG_STATE, Problem, problem, refuse_if
from server.services import notices
from server.services.evidence_reading import ByteRange
from server.services.house import House
from server.services.ports.objects import ObjectMissing
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import placement_within, visit_within

MAKE_JOB = "packs.make"
EXPIRE_JOB = "packs.expire"


@dataclass(frozen=True, slots=True)
class PackShown:
    """A pack with how far its job has come, in bytes of evidence."""

    pack: EvidencePack
    done: int
    total: int

    @property
    def version(self) -> int:
        return self.pack.version


def propose(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> EvidencePack:
    """Ask for a pack of one visit or of a whole case; the other post decides."""
    post = post_for_packs(actor)
    if post is None:
        raise problem(PACK_POST)
    placement, visit_id = _subject(uow, actor, values)
    items = items_of(uow, placement.id, visit_id)
    size = sum(item.size for item in items)
    if not items:
        raise problem(PACK_EMPTY)
    if size > LARGEST_PACK:
        raise problem(PACK_TOO_LARGE, size=size, limit=LARGEST_PACK)
    pack = uow.evidence_packs.add(
        EvidencePack(
            id=values["id"],
            placement_id=placement.id,
            visit_id=visit_id,
            recipient=values["recipient"],
            recipient_name=values["recipient_name"],
            purpose=values["purpose"],
            state=PackState.PROPOSED,
            proposed_by=actor.account_id,
            proposed_post=post,
            proposed_at=uow.now,
            **dict.fromkeys(("decided_by", "decided_post", "decided_at", "reason", "job_id", "object_key")),
            **dict.fromkeys(("size", "sha256", "password", "ready_at", "expires_at")),
            items=len(items),
            downloaded_by=(),
            password_seen_by=(),
            version=1,
        )
    )
    detail = {"recipient": pack.recipient, "items": pack.items, "size": size, "post": post}
    _record(uow, pack, "proposed", detail, purpose=pack.purpose)
    second = other_post(post)
    branch_id = placement.branch_id if second is Post.DISPATCHER else None
    asked = [account.id for account in uow.accounts.with_post(second, branch_id)]
    notices.tell(uow, asked, "pack_proposed", {"purpose": pack.purpose}, _link(pack))
    return pack


def confirm(uow: UnitOfWork, actor: Actor, pack_id: str) -> EvidencePack:
    """S16: the second name. Then it is packed, after the answer."""
    pack = _waiting(uow, actor, pack_id, "确认", "confirmed")
    refuse_if(s16_second_findings(pack, actor))
    items = items_of(uow, pack.placement_id, pack.visit_id)
    job_id = uow.enqueue(MAKE_JOB, {"pack_id": pack.id}, steps=sum(item.size for item in items))
    return _decided(uow, actor, pack, "confirmed", state=PackState.PACKING, job_id=job_id)


def decline(uow: UnitOfWork, actor: Actor, pack_id: str, reason: str) -> EvidencePack:
    """The other post says no, or who proposed it takes it back."""
    pack = _waiting(uow, actor, pack_id, "退回", "declined")
    if actor.account_id != pack.proposed_by:
        refuse_if(s16_second_findings(pack, actor))
    declined = _decided(uow, actor, pack, "declined", state=PackState.DECLINED, reason=reason)
    notices.tell(uow, [pack.proposed_by], "pack_declined", {"reason": reason}, _link(pack))
    return declined


def page(uow: UnitOfWork, actor: Actor, request: PageRequest, wanted: Mapping[str, Any]) -> Page[PackShown]:
    """The register within reach."""
    found = uow.evidence_packs.page(
        request,
        reach(actor, Permission.PACKS_READ),
        state=wanted["state"],
        placement_id=wanted["placement_id"],
    )
    return Page([shown(uow, pack) for pack in found.items], found.next)


def pack_within(uow: UnitOfWork, actor: Actor, pack_id: str, permission: Permission) -> EvidencePack:
    """A pack is its case's (S13)."""
    pack = uow.evidence_packs.get(pack_id)
    if pack is not None:
        try:
            placement_within(uow, actor, pack.placement_id, permission)
            return pack
        except Problem as refused:
            if refused.kind is not NOT_FOUND:
                raise
    raise problem(NOT_FOUND, what=f"evidence_pack {pack_id}")


def shown(uow: UnitOfWork, pack: EvidencePack) -> PackShown:
    job = None if pack.job_id is None else uow.jobs.get(pack.job_id)
    return PackShown(pack, job.done_steps if job else 0, job.all_steps if job else 0)


def file_of(uow: UnitOfWork, actor: Actor, pack_id: str) -> EvidencePack:
    """The pack, if the actor may take its file now."""
    pack = _ready(uow, actor, pack_id)
    refuse_if(s11_half_findings(pack, actor, pack.password_seen_by, uow.now))
    return pack


def open_file(house: House, uow: UnitOfWork, actor: Actor, pack: EvidencePack, part: ByteRange) -> BinaryIO:
    """The bytes of a part, with the line that says who took it."""
    assert pack.object_key is not None
    try:
        stream = house.objects.open(pack.object_key, part.start, part.stop - part.start)
    except ObjectMissing as missing:
        raise problem(BYTES_MISSING, id=pack.id) from missing
    if actor.account_id not in pack.downloaded_by:
        taken = (*pack.downloaded_by, actor.account_id)
        pack = uow.evidence_packs.save(dataclasses.replace(pack, downloaded_by=taken))
    detail = {"bytes": f"{part.start}-{part.stop - 1}/{pack.size}", "sha256": pack.sha256}
    _record(uow, pack, "downloaded", detail, purpose=pack.purpose)
    return stream


def reveal(uow: UnitOfWork, actor: Actor, pack_id: str) -> EvidencePack:
    """The pack with its password, for somebody who has not had the file."""
    pack = _ready(uow, actor, pack_id)
    refuse_if(s11_half_findings(pack, actor, pack.downloaded_by, uow.now))
    if actor.account_id not in pack.password_seen_by:
        seen = (*pack.password_seen_by, actor.account_id)
        pack = uow.evidence_packs.save(dataclasses.replace(pack, password_seen_by=seen))
    _record(uow, pack, "password_shown", {}, purpose=pack.purpose)
    return pack


def expire(uow: UnitOfWork) -> list[str]:
    """S11: packs whose time is over lose their password; the keys of their bytes, which go after the commit."""
    keys = []
    for pack in uow.evidence_packs.over(uow.now):
        keys.append(pack.object_key or "")
        over = dataclasses.replace(pack, state=PackState.EXPIRED, password=None, object_key=None)
        _record(uow, uow.evidence_packs.save(over), "expired", {"sha256": pack.sha256})
    return [key for key in keys if key]


def failed(uow: UnitOfWork, pack_id: str, reason: str) -> None:
    """It could not be made; both names are told why."""
    pack = uow.evidence_packs.need(pack_id)
    if pack.state is not PackState.PACKING:
        return
    pack = uow.evidence_packs.save(dataclasses.replace(pack, state=PackState.FAILED, reason=reason))
    _record(uow, pack, "failed", {"reason": reason})
    tell_both(uow, pack, "pack_failed", {"reason": reason})


def items_of(uow: UnitOfWork, placement_id: str, visit_id: str | None) -> list[EvidenceItem]:
    """The evidence of the visit, or of every visit of the case, in order of visit and id."""
    if visit_id is not None:
        return uow.evidence_items.having(visit_id=visit_id)
    visits = [visit.id for visit in uow.visits.having(placement_id=placement_id)]
    return sorted(uow.evidence_items.having_any("visit_id", visits), key=lambda one: (one.visit_id, one.id))


def tell_both(uow: UnitOfWork, pack: EvidencePack, kind: str, params: Mapping[str, Any]) -> None:
    names = [name for name in (pack.proposed_by, pack.decided_by) if name is not None]
    notices.tell(uow, names, kind, params, _link(pack))


def _subject(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> tuple[Placement, str | None]:
    visit_id, placement_id = values["visit_id"], values["placement_id"]
    if (visit_id is None) == (placement_id is None):
        raise problem(
            INVALID_INPUT,
            "visit_id",
            field_zh="外访或案件",
            field_en="visit_id",
            detail="either visit_id or placement_id",
        )
    if visit_id is not None:
        return visit_within(uow, actor, visit_id, Permission.PACKS_MAKE)[1], visit_id
    return placement_within(uow, actor, placement_id, Permission.PACKS_MAKE), None


def _waiting(uow: UnitOfWork, actor: Actor, pack_id: str, verb_zh: str, verb_en: str) -> EvidencePack:
    pack = pack_within(uow, actor, pack_id, Permission.PACKS_MAKE)
    if pack.state is not PackState.PROPOSED:
        raise problem(WRONG_STATE, state=pack.state, verb_zh=verb_zh, verb_en=verb_en)
    return pack


def _ready(uow: UnitOfWork, actor: Actor, pack_id: str) -> EvidencePack:
    pack = pack_within(uow, actor, pack_id, Permission.PACKS_MAKE)
    if pack.state not in (PackState.READY, PackState.EXPIRED):
        raise problem(WRONG_STATE, state=pack.state, verb_zh="取用", verb_en="taken")
    return pack


def _decided(uow: UnitOfWork, actor: Actor, pack: EvidencePack, verb: str, **changes: Any) -> EvidencePack:
    post = post_for_packs(actor) if actor.account_id == pack.proposed_by else other_post(pack.proposed_post)
    decided = dataclasses.replace(
        pack, decided_by=actor.account_id, decided_post=post, decided_at=uow.now, **changes
    )
    _record(uow, pack, verb, {"post": post, "proposed_by": pack.proposed_by})
    return uow.evidence_packs.save(decided)


def _record(
    uow: UnitOfWork, pack: EvidencePack, verb: str, detail: Mapping[str, object], purpose: str | None = None
) -> None:
    about = {"placement_id": pack.placement_id, "visit_id": pack.visit_id}
    uow.audit(AuditEntry(f"pack.{verb}", "evidence_pack", pack.id, about | dict(detail), purpose))


def _link(pack: EvidencePack) -> str:
    return f"/evidence-packs/{pack.id}"
