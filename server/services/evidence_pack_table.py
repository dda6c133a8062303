"""The register of packs as a table for files and for printing (S8, S16): its columns, and a line's cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from server.domain.access import Actor, Permission, Post, reach
from server.domain.audit import AuditEntry
from server.domain.evidence_packs import EvidencePack, PackRecipient, PackState
from server.domain.people import Account
from server.services.ports.paging import PAGE_LIMIT, PageRequest
from server.services.ports.tables import Column, ColumnKind, Language, Value
from server.services.ports.unit_of_work import UnitOfWork

COLUMNS = (
    Column("id", "证据包编号", "pack"),
    Column("visit_id", "外访编号", "visit"),
    Column("placement_id", "委案编号", "placement"),
    Column("recipient", "接收方", "recipient"),
    Column("recipient_name", "接收方名称", "recipient's name"),
    Column("purpose", "用途", "purpose"),
    Column("state", "状态", "state"),
    Column("proposed_by", "申请人", "proposed by"),
    Column("proposed_post", "申请人岗位", "as"),
    Column("proposed_at", "申请时间", "proposed at", ColumnKind.INSTANT),
    Column("decided_by", "确认人", "decided by"),
    Column("decided_post", "确认人岗位", "as (second)"),
    Column("decided_at", "确认时间", "decided at", ColumnKind.INSTANT),
    Column("items", "证据数", "items", ColumnKind.INTEGER),
    Column("size", "字节", "bytes", ColumnKind.INTEGER),
    Column("sha256", "文件摘要", "sha256"),
    Column("ready_at", "生成时间", "made at", ColumnKind.INSTANT),
    Column("expires_at", "有效期至", "expires at", ColumnKind.INSTANT),
    Column("downloaded_by", "取件人", "file taken by"),
    Column("password_seen_by", "取密码人", "password seen by"),
    Column("reason", "说明", "reason"),
)
_RECIPIENTS = {PackRecipient.POLICE: ("公安机关", "police"), PackRecipient.CLIENT: ("委托方", "client")}
_STATES = {
    PackState.PROPOSED: ("待确认", "proposed"),
    PackState.DECLINED: ("未确认", "declined"),
    PackState.PACKING: ("打包中", "packing"),
    PackState.READY: ("可取用", "ready"),
    PackState.FAILED: ("失败", "failed"),
    PackState.EXPIRED: ("已过期", "expired"),
}
_POSTS = {Post.DISPATCHER: ("外访客服", "dispatcher"), Post.IT: ("IT", "IT")}


def register(uow: UnitOfWork, actor: Actor, language: Language) -> list[list[Value]]:
    """All lines within reach, the newest first; who took the register is in the trail."""
    packs = list(_all(uow, actor))
    people = uow.accounts.by_ids(name for pack in packs for name in _names(pack))
    uow.audit(
        AuditEntry("pack.register_exported", "evidence_pack", None, {"ids": [pack.id for pack in packs]})
    )
    return [_cells(pack, people, language) for pack in packs]


def _all(uow: UnitOfWork, actor: Actor) -> Iterator[EvidencePack]:
    after: str | None = None
    while True:
        request, reached = PageRequest(PAGE_LIMIT, after), reach(actor, Permission.PACKS_READ)
        found = uow.evidence_packs.page(request, reached, state=None, placement_id=None)
        yield from found.items
        if found.next is None:
            return
        after = found.next


def _names(pack: EvidencePack) -> list[str]:
    decided = [pack.decided_by] if pack.decided_by else []
    return [pack.proposed_by, *decided, *pack.downloaded_by, *pack.password_seen_by]


def _cells(pack: EvidencePack, people: Mapping[str, Account], language: Language) -> list[Value]:
    word = 0 if language == "zh" else 1

    def named(ids: Iterable[str | None]) -> str:
        return "、".join(people[id_].display_name for id_ in ids if id_ is not None)

    return [
        pack.id,
        pack.visit_id,
        pack.placement_id,
        _RECIPIENTS[pack.recipient][word],
        pack.recipient_name,
        pack.purpose,
        _STATES[pack.state][word],
        named([pack.proposed_by]),
        _POSTS[pack.proposed_post][word],
        pack.proposed_at,
        named([pack.decided_by]),
        _POSTS[pack.decided_post][word] if pack.decided_post else None,
        pack.decided_at,
        pack.items,
        pack.size,
        pack.sha256,
        pack.ready_at,
        pack.expires_at,
        named(pack.downloaded_by),
        named(pack.password_seen_by),
        pack.reason,
    ]
