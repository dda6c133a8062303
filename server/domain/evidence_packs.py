"""Evidence packs: what leaves the house as evidence, for whom, by whose two hands (S11, S16, S22).

Owns who may propose, confirm, take the file and see the password, how long a pack may be used, what a password must be
and what the files in it are called. It refuses one person both halves of anything: of the decision, and of file and
password.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.access import Actor, Post
from server.domain.evidence import EvidenceItem
from server.domain.policy.registry import kept_at
from server.domain.problems import Category, Finding, kind

PACK_DAYS = timedelta(days=30)
PASSWORD_LENGTH = 20
LEAST_PASSWORD = 8
# Told apart when they are read out on the telephone, which is one of the other channels of S11.
UPPER = string.ascii_uppercase.translate(str.maketrans("", "", "IO"))
LOWER = string.ascii_lowercase.replace("l", "")
DIGITS, SYMBOLS = string.digits[2:], "-_=+@#%*"
# Below what an archive can address without the extensions that older tools do not read.
LARGEST_PACK = 2_000_000_000


class PackRecipient(StrEnum):
    """S22: nobody else is given recordings."""

    POLICE = "police"  # 公安机关
    CLIENT = "client"  # 所属甲方


class PackState(StrEnum):
    PROPOSED = "proposed"
    DECLINED = "declined"
    PACKING = "packing"  # confirmed by the other post
    READY = "ready"
    FAILED = "failed"  # `reason` says at which item
    EXPIRED = "expired"  # its bytes and its password are gone


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """A pack of one visit, or of a whole case where `visit_id` is None. `sha256` and `size` are those of the file.

    `downloaded_by` and `password_seen_by` are the ids of whoever had the one and the other half, each once.
    """

    id: str
    placement_id: str
    visit_id: str | None
    recipient: PackRecipient
    recipient_name: str
    purpose: str
    state: PackState
    proposed_by: str
    proposed_post: Post
    proposed_at: datetime
    decided_by: str | None
    decided_post: Post | None
    decided_at: datetime | None
    reason: str | None
    items: int
    job_id: str | None
    object_key: str | None
    size: int | None
    sha256: str | None
    password: str | None
    ready_at: datetime | None
    expires_at: datetime | None
    downloaded_by: tuple[str, ...]
    password_seen_by: tuple[str, ...]
    version: int


PACK_POST = kind(
    "pack_post",
    Category.REFUSED,
    "证据包由外访客服与 IT 各一人办理，您不属于这两个岗位",
    "A pack takes one person of the dispatchers and one of IT, and you are neither",
    remedy=("请由外访客服或 IT 办理。", "Let a dispatcher or IT do it."),
    clause="S16",
)
PACK_SECOND_NAME = kind(
    "pack_second_name",
    Category.REFUSED,
    "须由另一岗位（{post}）的另一人确认",
    "It needs the name of another person, of the other post ({post})",
    remedy=("请联系该岗位的同事。", "Ask a colleague of that post."),
    clause="S16",
)
PACK_EMPTY = kind(
    "pack_empty",
    Category.REFUSED,
    "没有可以打包的证据",
    "There is no evidence to pack",
    remedy=("请核对外访或案件编号。", "Check which visit or case it is."),
    clause="S16",
)
PACK_TOO_LARGE = kind(
    "pack_too_large",
    Category.REFUSED,
    "证据共 {size} 字节，超过一个证据包的上限 {limit} 字节",
    "The evidence has {size} bytes, more than the {limit} that one pack holds",
    remedy=("请按外访逐件打包。", "Make a pack of each visit."),
    clause="S16",
)
PACK_EXPIRED = kind(
    "pack_expired",
    Category.REFUSED,
    "证据包及其密码已超过30天，不能再使用",
    "The pack and its password are older than 30 days and can no longer be used",
    remedy=("请重新申请打包。", "Ask for a new one."),
    clause="S11",
)
PACK_HALVES = kind(
    "pack_halves",
    Category.REFUSED,
    "文件与密码须由不同的人、经不同的渠道传递：您已取得其中之一",
    "File and password travel by different people and channels, and you have had one of them",
    remedy=("请由另一岗位的同事办理。", "Let the colleague of the other post do it."),
    clause="S11",
)


def post_for_packs(actor: Actor) -> Post | None:
    """As which of the two posts somebody acts; who holds both acts as a dispatcher."""
    return next((post for post in (Post.DISPATCHER, Post.IT) if post in actor.posts), None)


def other_post(post: Post) -> Post:
    return Post.IT if post is Post.DISPATCHER else Post.DISPATCHER


def s16_second_findings(pack: EvidencePack, actor: Actor) -> list[Finding]:
    """S16: what leaves as evidence bears two names: who proposed it, and another person of the other post.

    「外访的录音、照相资料须由客服及IT作为A、B角负责导出和整理」
    """
    if post_for_packs(actor) is None:
        return [Finding(PACK_POST)]
    wanted = other_post(pack.proposed_post)
    if wanted not in actor.posts or actor.account_id == pack.proposed_by:
        return [Finding(PACK_SECOND_NAME, None, {"post": wanted})]
    return []


def s11_half_findings(
    pack: EvidencePack, actor: Actor, others: Iterable[str], now: datetime
) -> list[Finding]:
    """S11: the file to one person, the password to another, neither after thirty days. `others` had the other half.

    「加密使用的密码须设定为至少8位，且包含大小写字母、数字符号三种字符类型，每30天定期修改」
    「压缩密码须通过其它通讯渠道另行传递」
    """
    if post_for_packs(actor) is None:
        return [Finding(PACK_POST)]
    if pack.state is PackState.EXPIRED or (pack.expires_at is not None and now >= pack.expires_at):
        return [Finding(PACK_EXPIRED)]
    return [Finding(PACK_HALVES)] if actor.account_id in others else []


def password_is_strong(password: str) -> bool:
    """S11: eight characters at least, letters of both cases, digits and symbols among them."""
    sorts = (UPPER, LOWER, DIGITS, SYMBOLS)
    return len(password) >= LEAST_PASSWORD and all(set(password) & set(sort) for sort in sorts)


kept_at("S11", "server/domain/evidence_packs.py: s11_half_findings, password_is_strong")
kept_at(
    "S16",
    "server/domain/evidence_packs.py: s16_second_findings",
    "server/services/evidence_desk.py: countersign",
)
kept_at(
    "S22",
    "server/domain/evidence_packs.py: PackRecipient has no other recipients than the police and the client",
)

_SUFFIXES: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/amr": "amr",
    "audio/3gpp": "3gp",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/aac": "aac",
    "application/pdf": "pdf",
}
_SAFE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def path_in_pack(item: EvidenceItem) -> str:
    """Made from ids, kind and type alone: what a sender called a file never becomes a path on somebody's disk."""
    suffix = _SUFFIXES.get(item.media_type, "bin")
    return f"originals/{_safe(item.visit_id)}/{item.kind.value}-{_safe(item.id)}.{suffix}"


def chain_path(visit_id: str, manifest_id: str, suffix: str) -> str:
    """Where a manifest lies as a phone signed it, beside it its signature and key as stock tools read them."""
    return f"chain/{_safe(visit_id)}/{_safe(manifest_id)}.{suffix}"


def _safe(id_: str) -> str:
    if _SAFE_ID.fullmatch(id_) is None:
        raise ValueError(f"not an id that may stand in a path: {id_!r}")
    return id_
