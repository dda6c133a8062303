"""Queries on visits and incidents: lists within reach (S13), visits without two (V1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.calendar import SHANGHAI
from server.domain.month_figures import Place, VisitMade
from server.domain.plans import PlanState
from server.domain.visits import (
    AddressOutcome,
    CheckDirection,
    ContactChannel,
    ContactWho,
    Incident,
    Visit,
    VisitState,
)
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.people import within_reach
from storage.rows.reach import placements_within, visits_within
from storage.rows.tables.captures import recording_coverages
from storage.rows.tables.people import accounts
from storage.rows.tables.placements import addresses, placements
from storage.rows.tables.visits import check_ins, incidents, visit_contacts, visit_plans, visits

_BATCH = 1000


class VisitQueries(Rows[Visit]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, visits, Visit, cipher)

    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        day: date | None = None,
        state: VisitState | None = None,
        county_code: str | None = None,
        recorded_below: int | None = None,
        newest_first: bool = False,
    ) -> Page[Visit]:
        statement = _reached(reach)
        if day is not None:
            statement = statement.outerjoin(visit_plans, visits.c.plan_id == visit_plans.c.id).where(
                _on_day(day)
            )
        if state is not None:
            statement = statement.where(visits.c.state == state)
        if county_code is not None:
            statement = statement.join(addresses, visits.c.address_id == addresses.c.id).where(
                addresses.c.county_code == county_code
            )
        if recorded_below is not None:
            measured = recording_coverages.c
            statement = statement.join(recording_coverages, measured.id == visits.c.id).where(
                measured.per_mille < recorded_below
            )
        return keyset_page(self, statement, [visits.c.id], request, descending=newest_first)

    def counts(self, reach: Reach, states: Collection[VisitState]) -> Mapping[VisitState, int]:
        statement = (
            sa.select(visits.c.state, sa.func.count().label("count"))
            .join(placements, visits.c.placement_id == placements.c.id)
            .where(visits.c.state.in_(states), visits_within(reach))
            .group_by(visits.c.state)
        )
        return {row["state"]: row["count"] for row in self.connection.execute(statement).mappings()}

    def on_the_road(self, day: date, reach: Reach) -> list[Visit]:
        """Each kind by its own index, then those few within reach: in one statement, every visit there ever was is
        looked at."""
        plans = sa.select(visit_plans.c.id).where(
            visit_plans.c.day == day, visit_plans.c.state == PlanState.PUBLISHED
        )
        plan_ids = list(self.connection.execute(plans).scalars())
        found = sa.union(
            sa.select(visits.c.id).where(visits.c.plan_id.in_(plan_ids), visits.c.lead_id.is_not(None)),
            sa.select(visits.c.id).where(visits.c.state == VisitState.IN_PROGRESS),
        )
        ids = sorted(self.connection.execute(found).scalars())
        seen = [
            visit
            for start in range(0, len(ids), _BATCH)
            for visit in self.fetch(_reached(reach).where(visits.c.id.in_(ids[start : start + _BATCH])))
        ]
        return sorted(seen, key=lambda visit: visit.id)

    def made_between(self, reach: Reach, first: date, last: date) -> list[VisitMade]:
        begins = datetime.combine(first, time(), SHANGHAI)
        ends = datetime.combine(last, time(), SHANGHAI) + timedelta(days=1)
        statement = (
            sa.select(
                visits.c.id, visits.c.started_at, visits.c.lead_id, visits.c.partner_id,
                spoken_to(MET).label("met"), spoken_to(REACHED).label("reached"),
                _where_the_lead_was("latitude"), _where_the_lead_was("longitude"),
                placements.c.branch_id, placements.c.client_id, placements.c.project_id,
            )
            .join(placements, visits.c.placement_id == placements.c.id)
            .where(visits.c.started_at >= begins, visits.c.started_at < ends, visits.c.voided_at.is_(None))
            .where(visits_within(reach))
            .order_by(visits.c.started_at, visits.c.id)
        )  # fmt: skip
        return [
            VisitMade(
                row.id, row.started_at, tuple(id_ for id_ in (row.lead_id, row.partner_id) if id_ is not None),
                bool(row.met), bool(row.reached), row.latitude, row.longitude,
                Place(row.branch_id, row.client_id, row.project_id),
            )
            for row in self.connection.execute(statement)
        ]  # fmt: skip

    def ended_at_addresses(
        self, address_ids: Collection[str]
    ) -> list[tuple[str, datetime, AddressOutcome | None]]:
        """Four columns and no condition but the addresses: asked for ended ones in their order, SQLite walked the index
        of all that ever ended."""
        columns = visits.c
        statement = sa.select(
            columns.address_id, columns.started_at, columns.outcome, columns.ended_at
        ).where(columns.address_id.in_(sorted(address_ids)))
        ended = [
            (row.address_id, row.started_at, row.outcome)
            for row in self.connection.execute(statement)
            if row.started_at is not None and row.ended_at is not None
        ]
        return sorted(ended, key=lambda one: (one[1], one[0]))

    def placements_visited_from(self, first: date) -> list[str]:
        begins = datetime.combine(first, time(), SHANGHAI)
        statement = sa.select(visits.c.placement_id).where(visits.c.started_at >= begins).distinct()
        return sorted(self.connection.execute(statement).scalars())

    def without_two(self, request: PageRequest, reach: Reach, *, team_size: int) -> Page[Visit]:
        statement = _reached(reach).where(visits.c.started_at.is_not(None), present_count() < team_size)
        return keyset_page(self, statement, [visits.c.id], request, descending=True)


_RELATED = (ContactWho.DEBTOR, ContactWho.DIRECT_RELATIVE)
MET = sa.and_(visit_contacts.c.who.in_(_RELATED), visit_contacts.c.channel == ContactChannel.IN_PERSON)
REACHED = visit_contacts.c.who.in_((*_RELATED, ContactWho.OTHER_CONTACT))


def spoken_to(whom: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether somebody of these was spoken to at the visit."""
    spoken = sa.select(visit_contacts.c.id).where(
        visit_contacts.c.visit_id == visits.c.id, visit_contacts.c.communicated, whom
    )
    return spoken.exists()


def present_count() -> sa.ColumnElement[int]:
    """V1: how many of the team are verified as present at the visit."""
    return (
        sa.select(sa.func.count(sa.distinct(check_ins.c.account_id)))
        .where(
            check_ins.c.visit_id == visits.c.id,
            check_ins.c.direction == CheckDirection.IN,
            check_ins.c.refusal.is_(None),
            check_ins.c.provisional.is_(False),
            sa.or_(check_ins.c.account_id == visits.c.lead_id, check_ins.c.account_id == visits.c.partner_id),
        )
        .scalar_subquery()
    )


def _where_the_lead_was(axis: str) -> sa.ColumnElement[Any]:
    """On the lead's first check-in that was not refused."""
    found = (
        sa.select(check_ins.c[axis])
        .where(
            check_ins.c.visit_id == visits.c.id,
            check_ins.c.account_id == visits.c.lead_id,
            check_ins.c.direction == CheckDirection.IN,
            check_ins.c.refusal.is_(None),
            check_ins.c.latitude.is_not(None),
        )
        .order_by(check_ins.c.at, check_ins.c.id)
        .limit(1)
    )
    return found.scalar_subquery().label(axis)


class IncidentQueries(Rows[Incident]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, incidents, Incident, cipher)

    def page(self, request: PageRequest, reach: Reach, *, is_open: bool | None = None) -> Page[Incident]:
        statement = (
            sa.select(incidents)
            .outerjoin(placements, incidents.c.placement_id == placements.c.id)
            .outerjoin(accounts, incidents.c.opened_by == accounts.c.id)
            .where(
                sa.or_(
                    sa.and_(incidents.c.placement_id.is_not(None), placements_within(reach)),
                    sa.and_(incidents.c.placement_id.is_(None), within_reach(reach)),
                    incidents.c.opened_by == reach.account_id,
                )
            )
        )
        if is_open is not None:
            closed = incidents.c.closed_at
            statement = statement.where(closed.is_(None) if is_open else closed.is_not(None))
        return keyset_page(self, statement, [incidents.c.opened_at, incidents.c.id], request, descending=True)


def _reached(reach: Reach) -> sa.Select[Any]:
    return (
        sa.select(visits)
        .join(placements, visits.c.placement_id == placements.c.id)
        .where(visits_within(reach))
    )


def _on_day(day: date) -> sa.ColumnElement[bool]:
    begins = datetime.combine(day, time(), SHANGHAI)
    return sa.or_(
        visit_plans.c.day == day,
        sa.and_(
            visits.c.plan_id.is_(None),
            visits.c.valid_from >= begins,
            visits.c.valid_from < begins + timedelta(days=1),
        ),
    )
