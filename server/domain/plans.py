"""Visit plans: a day of a branch, its teams, the travel approvals of R16. Clauses R9, R12, R15, R16, V1, V5, V11."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PlanState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class TravelKind(StrEnum):
    """R16: the manager's approval beforehand, or a notice by phone that is made good afterwards."""

    APPROVAL = "approval"
    PHONE_NOTICE = "phone_notice"


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """One day of one branch; there is at most one plan a branch and day."""

    id: str
    branch_id: str
    day: date
    state: PlanState
    created_by: str
    published_at: datetime | None
    published_by: str | None
    version: int


@dataclass(frozen=True, slots=True)
class VisitTeam:
    """Two agents, the lead first, and perhaps a trainee without share (V1, V11), for an interval of the day."""

    id: str
    plan_id: str
    lead_id: str
    partner_id: str
    trainee_id: str | None
    starts_at: datetime
    ends_at: datetime
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class TravelApproval:
    """R16: for a plan that leaves the branch's city. Asked by a dispatcher, decided by a manager.

    `city_codes`: the prefecture-level divisions (four digits) that it was asked for; others need another one.
    """

    id: str
    plan_id: str
    kind: TravelKind
    city_codes: tuple[str, ...]
    reason: str
    asked_by: str
    asked_at: datetime
    granted: bool | None
    decided_by: str | None
    decided_at: datetime | None
    made_good_at: datetime | None
    version: int
