"""Queries on visit plans: pages within reach, the teams of a day, travel approvals that wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from server.domain.plans import PlanState, TravelApproval, TravelKind, VisitPlan, VisitTeam
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.reach import visits_within
from storage.rows.tables.placements import placements
from storage.rows.tables.visits import travel_approvals, visit_plans, visit_teams, visits


def plans_within(reach: Reach) -> sa.ColumnElement[bool]:
    """A branch's plans for those who reach the branch; for others the published ones with a visit of theirs.

    Asked of each plan: as a set of all plans with such a visit, every visit there ever was is read for the first page.
    With a limit and not by EXISTS, which PostgreSQL makes that set of.
    """
    if reach.scope is Scope.ALL:
        return sa.true()
    if reach.scope is Scope.BRANCH:
        return visit_plans.c.branch_id == reach.branch_id
    own = (
        sa.select(visits.c.id)
        .join(placements, placements.c.id == visits.c.placement_id)
        .where(visits.c.plan_id == visit_plans.c.id, visits_within(reach))
        .limit(1)
    )
    return sa.and_(visit_plans.c.state == PlanState.PUBLISHED, own.scalar_subquery().is_not(None))


class VisitPlanQueries(Rows[VisitPlan]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, visit_plans, VisitPlan, cipher)

    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        first_day: date | None,
        last_day: date | None,
        state: PlanState | None,
    ) -> Page[VisitPlan]:
        statement = sa.select(visit_plans).where(plans_within(reach))
        if first_day is not None:
            statement = statement.where(visit_plans.c.day >= first_day)
        if last_day is not None:
            statement = statement.where(visit_plans.c.day <= last_day)
        if state is not None:
            statement = statement.where(visit_plans.c.state == state)
        return keyset_page(self, statement, [visit_plans.c.day, visit_plans.c.id], request, descending=True)

    def published_on(self, day: date, branch_ids: Iterable[str] | None) -> list[VisitPlan]:
        where = [visit_plans.c.day == day, visit_plans.c.state == PlanState.PUBLISHED]
        if branch_ids is not None:
            where.append(visit_plans.c.branch_id.in_(sorted(set(branch_ids))))
        return self.many(*where)


class VisitTeamQueries(Rows[VisitTeam]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, visit_teams, VisitTeam, cipher)

    def between(self, starts_at: datetime, ends_at: datetime) -> list[VisitTeam]:
        return self.many(visit_teams.c.starts_at < ends_at, visit_teams.c.ends_at > starts_at)

    def remove(self, id: str) -> None:
        self.connection.execute(sa.delete(visit_teams).where(visit_teams.c.id == id))


class TravelApprovalQueries(Rows[TravelApproval]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, travel_approvals, TravelApproval, cipher)

    def page(self, request: PageRequest, reach: Reach, *, waiting: bool) -> Page[TravelApproval]:
        statement = sa.select(travel_approvals).join(
            visit_plans, visit_plans.c.id == travel_approvals.c.plan_id
        )
        if reach.scope is not Scope.ALL:
            # A plan is its branch's: a narrower scope reaches none of it, whatever the table of posts grants.
            branch_id = reach.branch_id if reach.scope is Scope.BRANCH else None
            statement = statement.where(visit_plans.c.branch_id == branch_id)
        if waiting:
            notice = travel_approvals.c.kind == TravelKind.PHONE_NOTICE
            undecided = travel_approvals.c.granted.is_(None)
            not_made_good = sa.and_(
                notice, travel_approvals.c.made_good_at.is_(None), travel_approvals.c.granted.is_not(False)
            )
            statement = statement.where(sa.or_(undecided, not_made_good))
        return keyset_page(self, statement, [travel_approvals.c.id], request)
