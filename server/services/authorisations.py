"""Authorisations as they are printed: who may go where on which day for what, with a counterfoil that stays (V21).

Owns what stands on one. Refuses the debtor's name and every amount: a paper that is lost must not tell them (V10); it
is for one case and names it by its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.audit import AuditEntry
from server.domain.people import Account
from server.domain.visits import Paper, PaperKind, Visit
from server.services import visit_reading
from server.services.ports.unit_of_work import UnitOfWork

_NUMBER_FROM = 24  # the last twelve characters of an id are told apart at a glance, and by chance never equal


@dataclass(frozen=True, slots=True)
class Authorisation:
    """`agents` are the visit's team, the lead first; `place` is city and county, never a door."""

    paper: Paper
    case_number: str
    client: str
    branch: str
    place: str
    day: date | None
    agents: Sequence[Account]
    issued_by: str

    @property
    def number(self) -> str:
        """By which counterfoil and authorisation find each other."""
        return self.paper.id[_NUMBER_FROM:].upper()


def authorisations_of(uow: UnitOfWork, visits: Sequence[Visit]) -> list[Authorisation]:
    """Those that are out for the visits, in the visits' order; as many questions for one as for all."""
    held: dict[str, list[Paper]] = {}
    for paper in uow.papers.having_any("visit_id", [visit.id for visit in visits]):
        if paper.kind is PaperKind.AUTHORISATION and paper.returned_at is None:
            held.setdefault(paper.visit_id, []).append(paper)
    wanted = [visit for visit in visits if visit.id in held]
    if not wanted:
        return []
    agents = _agents(uow, wanted)
    issuers = uow.accounts.by_ids({paper.issued_by for papers in held.values() for paper in papers})
    branches = {branch.id: branch.name for branch in uow.organisation.branches()}
    briefs = visit_reading.briefs(uow, wanted)
    clients = {id_: uow.organisation.client_name(id_) for id_ in {b.placement.client_id for b in briefs}}
    uow.audit(AuditEntry("authorisation.printed", "visit", None, {"ids": [visit.id for visit in wanted]}))
    return [
        Authorisation(
            paper,
            brief.placement.case_number,
            clients[brief.placement.client_id],
            branches[brief.placement.branch_id],
            f"{brief.address.city}{brief.address.county}",
            brief.day,
            agents[brief.visit.id],
            issuers[paper.issued_by].display_name,
        )
        for brief in briefs
        for paper in held[brief.visit.id]
    ]


def _agents(uow: UnitOfWork, visits: Sequence[Visit]) -> dict[str, list[Account]]:
    """The two of each visit's team; until the plan is published the team alone knows them."""
    teams = uow.visit_teams.by_ids(visit.team_id for visit in visits if visit.team_id is not None)
    ids: dict[str, list[str]] = {}
    for visit in visits:
        of = teams.get(visit.team_id or "", visit)
        ids[visit.id] = [id_ for id_ in (of.lead_id, of.partner_id) if id_ is not None]
    people = uow.accounts.by_ids({id_ for pair in ids.values() for id_ in pair})
    return {visit_id: [people[id_] for id_ in pair] for visit_id, pair in ids.items()}
