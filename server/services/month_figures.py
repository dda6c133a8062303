"""What a month's visits brought, for whoever reads the month (M6).

Owns whose visits and lines are counted. Refuses to judge a visit: `server.domain.month_figures` says what is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Permission, Scope, reach
from server.domain.credit import month_bounds
from server.domain.month_figures import Figures, figures_by_agent, m6_figures
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AgentFigures:
    account_id: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Of the visits and lines within reach. `agents` is empty for whoever reaches the own ones alone: of a colleague
    that would be a part only."""

    month: str
    total: Figures
    agents: Sequence[AgentFigures]


def read_figures(uow: UnitOfWork, actor: Actor, month: str) -> MonthFigures:
    """M6, with each agent's by name."""
    first, last = month_bounds(month)
    visits = uow.visits.made_between(reach(actor, Permission.VISITS_READ), first, last)
    lines = reach(actor, Permission.CREDIT_READ)
    credited = sum(one.fen for one in uow.statements.sums(lines, month) if one.credited)
    by_agent = {}
    if actor.scope_of(Permission.VISITS_READ) is not Scope.OWN:
        shares = {one.account_id: one.fen for one in uow.statements.agent_sums(lines, month)}
        by_agent = figures_by_agent(visits, shares)
    accounts = uow.accounts.by_ids(by_agent)
    told = [AgentFigures(id_, accounts[id_].display_name, of) for id_, of in by_agent.items()]
    return MonthFigures(
        month, m6_figures(visits, credited), sorted(told, key=lambda one: (one.name, one.account_id))
    )
