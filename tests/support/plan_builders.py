"""Builders of plans, teams, travel approvals and papers, written straight into the rows: no rule is asked."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time, timedelta
from typing import Any

from server.domain.calendar import SHANGHAI, local_day
from server.domain.leave import Leave, LeaveKind
from server.domain.plans import PlanState, TravelApproval, TravelKind, VisitPlan, VisitTeam
from server.domain.visits import Paper, PaperKind, Visit
from tests.conftest import Desk
from tests.support.cast import AGENT, BRANCH, DISPATCHER, PARTNER, Branch, Member


def make_plan(desk: Desk, day: date | None = None, branch: Branch = BRANCH, **changes: Any) -> VisitPlan:
    """A draft plan of the branch, for tomorrow unless said otherwise; no rule is asked."""
    with desk.installation.house.units.write() as uow:
        of_day = day or local_day(uow.now) + timedelta(days=1)
        draft = VisitPlan(uow.new_id(), branch.id, of_day, PlanState.DRAFT, DISPATCHER.id, None, None, 1)
        plan = uow.visit_plans.add(dataclasses.replace(draft, **changes))
        uow.commit()
    return plan


def make_team(desk: Desk, plan: VisitPlan, lead: Member = AGENT, partner: Member = PARTNER) -> VisitTeam:
    """A team of the plan, from 09:00 to 12:00 of its day."""
    start = datetime.combine(plan.day, time(9), SHANGHAI)
    with desk.installation.house.units.write() as uow:
        team = uow.visit_teams.add(
            VisitTeam(
                uow.new_id(), plan.id, lead.id, partner.id, None, start, start + timedelta(hours=3), 0, 1
            )
        )
        uow.commit()
    return team


def make_leave(desk: Desk, member: Member, first: date | None = None, **changes: Any) -> Leave:
    """R15: a day of leave, a year from now unless said otherwise."""
    with desk.installation.house.units.write() as uow:
        day = first or local_day(uow.now) + timedelta(days=365)
        entered = Leave(
            uow.new_id(), member.id, day, day, LeaveKind.ANNUAL, "", DISPATCHER.id, uow.now, None, None, None, 1
        )  # fmt: skip
        leave = uow.leave.add(dataclasses.replace(entered, **changes))
        uow.commit()
    return leave


def make_travel_approval(desk: Desk, plan: VisitPlan, **changes: Any) -> TravelApproval:
    """R16: an approval for 新乡 that waits for the manager."""
    with desk.installation.house.units.write() as uow:
        asked = TravelApproval(
            uow.new_id(), plan.id, TravelKind.APPROVAL, ("4107",), "原阳县", DISPATCHER.id, uow.now,
            None, None, None, None, 1,
        )  # fmt: skip
        approval = uow.travel_approvals.add(dataclasses.replace(asked, **changes))
        uow.commit()
    return approval


def make_paper(desk: Desk, visit: Visit, kind: PaperKind = PaperKind.LETTER, **changes: Any) -> Paper:
    """V21: a paper issued for the visit, not yet released."""
    with desk.installation.house.units.write() as uow:
        issued = Paper(
            uow.new_id(), visit.id, kind, "送达", uow.now, DISPATCHER.id,
            None, None, None, None, None, None, None, None, 1,
        )  # fmt: skip
        paper = uow.papers.add(dataclasses.replace(issued, **changes))
        uow.commit()
    return paper
