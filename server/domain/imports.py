"""Imports by file: what was brought, by whom, what was wrong with it, who confirmed it (S20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


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
    version: int
