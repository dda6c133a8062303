"""Imports by file: what was brought, by whom, what was wrong with it, who confirmed it (S20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.domain.problems import Category, Finding, kind


class ImportKind(StrEnum):
    PLACEMENTS = "placements"
    PHONES = "phones"
    ADDRESSES = "addresses"
    PROMISES = "promises"
    POLICE_REFERRALS = "police_referrals"
    CALL_NOTES = "call_notes"
    REPAYMENTS = "repayments"
    PEOPLE = "people"


class ImportState(StrEnum):
    CHECKING = "checking"
    REFUSED = "refused"  # problems by row and column stand in `problems`
    CHECKED = "checked"  # a dry run that found nothing
    WAITING = "waiting"  # placements wait for QA (S20)
    APPLYING = "applying"
    APPLIED = "applied"
    UNCHANGED = "unchanged"  # the same file was applied before
    UNDONE = "undone"  # applied, and taken back as a whole by two people


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One file. `object_key` names its bytes until they are destroyed after the import (S20)."""

    id: str
    kind: ImportKind
    filename: str
    sha256: str
    size: int
    state: ImportState
    dry_run: bool
    branch_id: str | None
    object_key: str | None
    rows: int
    problems: Mapping[str, Any]
    result: Mapping[str, Any]
    job_id: str | None
    uploaded_by: str
    uploaded_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    finished_at: datetime | None
    destroyed_at: datetime | None
    undo_reason: str | None
    undo_asked_by: str | None
    undo_asked_at: datetime | None
    undone_by: str | None
    undone_at: datetime | None
    version: int


class ChangedRow(StrEnum):
    """What an import may change of what is on file already."""

    PLACEMENT = "placement"  # W4: 留案
    HOLD = "hold"  # released because its case goes on


@dataclass(frozen=True, slots=True)
class ImportChange:
    """The earlier values of one row that an import changed; nothing changed it since while it has `version_after`."""

    id: str
    import_id: str
    subject: ChangedRow
    row_id: str
    before: Mapping[str, Any]
    version_after: int


FINAL = frozenset(
    {
        ImportState.REFUSED,
        ImportState.CHECKED,
        ImportState.APPLIED,
        ImportState.UNCHANGED,
        ImportState.UNDONE,
    }
)
COMMAND_LINE = "command-line"  # who uploaded, where nobody is named

SAME_PERSON = kind(
    "import_same_person",
    Category.REFUSED,
    "导入须由客服上传、品管确认，不能由同一人完成",
    "An import is uploaded by a dispatcher and confirmed by QA, not by one person",
    remedy=("请由另一位品管人员确认。", "Have QA confirm it."),
    clause="S20",
)
NOT_OF_QA = kind(
    "import_not_of_qa",
    Category.REFUSED,
    "委案导入须由品管确认，{username} 不是在职的品管",
    "Placements are confirmed by QA; {username} is not QA in service",
    remedy=("请填写品管人员的用户名。", "Name somebody of QA."),
    clause="S20",
)
NOT_OF_DISPATCH = kind(
    "import_not_of_dispatch",
    Category.REFUSED,
    "委案导入须由客服上传，{username} 没有导入权限",
    "Placements are uploaded by a dispatcher; {username} may not",
    remedy=("请填写客服人员的用户名。", "Name a dispatcher."),
    clause="S20",
)


def two_people_findings(uploaded_by: str, confirmed_by: str) -> list[Finding]:
    """S20 「数据的解密和导入全过程应由且只由客服、品控两个岗位人员参与」: two posts are two people."""
    return [Finding(SAME_PERSON)] if uploaded_by == confirmed_by else []


def waits_for_qa(file: ImportFile) -> bool:
    """S20: placements are not applied before QA has confirmed them."""
    return file.kind is ImportKind.PLACEMENTS and file.confirmed_by is None
