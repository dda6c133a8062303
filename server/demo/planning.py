"""Days of the demo: teams, approvals for far counties, publication."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from server.demo.firm import Firm
from server.demo.people import LAPSED
from server.demo.requesting import Requested
from server.demo.staff import AGENTS
from server.domain.calendar import SHANGHAI
from server.domain.plans import TravelKind
from server.services import publication, travel, visit_plans


@dataclass(frozen=True, slots=True)
class Crew:
    """Two agents on a day, by user name, and what they go to in order."""

    lead: str
    partner: str
    requested: list[Requested]


def plan_day(firm: Firm, day: date, waiting: list[Requested], *, publish: bool = True) -> list[Crew]:
    """A plan of the day with a team for every two or three cases, published in the morning."""
    crews = _crews(firm, day, waiting)
    with firm.acting("dispatcher1") as (uow, actor):
        plan = visit_plans.open_plan(uow, actor, firm.new_id(), day, None)
        for crew in crews:
            team = visit_plans.add_team(
                uow,
                uow.visit_plans.need(plan.id),
                firm.new_id(),
                {
                    "lead_id": firm.actors[crew.lead].account_id,
                    "partner_id": firm.actors[crew.partner].account_id,
                    "trainee_id": None,
                    "starts_at": datetime.combine(day, time(9), SHANGHAI),
                    "ends_at": datetime.combine(day, time(19), SHANGHAI),
                },
            )
            ids = [visit.id for requested in crew.requested for visit in requested.visits]
            visit_plans.assign_visits(uow, uow.visit_plans.need(plan.id), team, ids)
        outside = any(not requested.case.county_code.startswith("4101") for requested in waiting)
        approval = None
        if outside:
            approval = travel.ask(
                uow,
                actor,
                uow.visit_plans.need(plan.id),
                firm.new_id(),
                TravelKind.APPROVAL,
                "计划含市外地址",
            )
    if approval is not None and publish:
        with firm.acting("manager1") as (uow, actor):
            travel.decide(
                uow, actor, uow.travel_approvals.need(approval.id), granted=True, reason="同意当日往返"
            )
    if publish:
        with firm.acting("dispatcher1") as (uow, _actor):
            publication.publish(uow, uow.visit_plans.need(plan.id))
    return crews


def _crews(firm: Firm, day: date, waiting: list[Requested]) -> list[Crew]:
    """Pairs rotate from day to day; whose certificate has lapsed stays at home (V11)."""
    agents = [f"agent{number}" for number in range(1, AGENTS + 1)]
    certified = [agent for agent in agents if agent not in LAPSED or day <= firm.lapses_on]
    turn = day.toordinal() % len(certified)
    certified = certified[turn:] + certified[:turn]
    size = max(2, -(-len(waiting) // (len(certified) // 2)))
    groups = [waiting[start : start + size] for start in range(0, len(waiting), size)]
    return [Crew(certified[2 * i], certified[2 * i + 1], group) for i, group in enumerate(groups)]
