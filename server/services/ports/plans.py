"""What the use cases ask of the rows of plans, teams and travel approvals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from server.domain.access import Reach
from server.domain.plans import PlanState, TravelApproval, VisitPlan, VisitTeam
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class VisitPlanRows(EntityRows[VisitPlan], Protocol):
    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        first_day: date | None,
        last_day: date | None,
        state: PlanState | None,
    ) -> Page[VisitPlan]:
        """Plans within reach, the latest day first; with less reach than a branch, published ones of own visits."""

    def published_on(self, day: date, branch_ids: Iterable[str] | None) -> list[VisitPlan]:
        """The published plans of a day, of these branches or of all."""


class VisitTeamRows(EntityRows[VisitTeam], Protocol):
    def between(self, starts_at: datetime, ends_at: datetime) -> list[VisitTeam]:
        """Every team of every plan whose interval shares a moment with this one."""

    def remove(self, id: str) -> None: ...


class TravelApprovalRows(EntityRows[TravelApproval], Protocol):
    def page(self, request: PageRequest, reach: Reach, *, waiting: bool) -> Page[TravelApproval]:
        """R16 within a branch: what waits for a decision, notices by phone not made good among it; or everything."""
