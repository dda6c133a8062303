"""Targets of a person and month (F1): who sets them for whom, and until when.

Owns that what decides the tier is known before the month's figures are. It refuses a target for oneself, and another
one once the month is published.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from server.domain.access import Actor, Post
from server.domain.credit import StatementState
from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind

PAID_POSTS = (Post.COLLECTOR, Post.FIELD_AGENT)


@dataclass(frozen=True, slots=True)
class MonthTarget:
    """What somebody is to reach in a month, in fen."""

    id: str
    month: str
    account_id: str
    amount_fen: int
    set_by: str
    set_at: datetime
    version: int


TARGET_OWN = kind(
    "target_own",
    Category.REFUSED,
    "不能为本人设定任务",
    "Nobody sets the own target",
    remedy=("请由另一位经理设定。", "Let another manager set it."),
    clause="F1",
)
TARGET_WITHOUT_POST = kind(
    "target_without_post",
    Category.REFUSED,
    "只有法务和外访员有当月任务",
    "Only collectors and field agents have a target",
    remedy=("请核对人员的岗位。", "Check the person's posts."),
    clause="F1",
)
TARGET_TWICE = kind(
    "target_twice",
    Category.INVALID,
    "同一人的任务出现了两次",
    "The same person has two targets here",
    remedy=("请只保留一项。", "Leave one of them."),
)
TARGET_FROZEN = kind(
    "target_frozen",
    Category.CONFLICT,
    "{month} 已公布，当月任务不再更改",
    "{month} is published; its targets no longer change",
    remedy=(
        "公布后只能补设尚未设定的任务。",
        "After that only a missing target may be set, until it is closed.",
    ),
    clause="F1",
)


@part_of("F1", codes=("target_own", "target_without_post", "target_frozen"))
def target_findings(
    actor: Actor,
    account_id: str,
    posts: Collection[Post],
    month: str,
    state: StatementState,
    earlier: MonthTarget | None,
    field: str,
) -> list[Finding]:
    """A manager sets it before the month is published; one that was forgotten may still come before it is closed."""
    if account_id == actor.account_id:
        return [Finding(TARGET_OWN, field)]
    if not set(posts) & set(PAID_POSTS):
        return [Finding(TARGET_WITHOUT_POST, field)]
    frozen = state is StatementState.CLOSED or (state is StatementState.PUBLISHED and earlier is not None)
    return [Finding(TARGET_FROZEN, field, {"month": month})] if frozen else []
