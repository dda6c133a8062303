"""Search from everywhere: a few characters, what they can mean, and what is found within reach, by group (S13).

Owns the groups and how many of each are shown. Refuses to look beyond reach, and to put what was typed on the trail:
a telephone stands there in no spelling (S6); which cases and visits were shown does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.placements import Address, Debtor, Placement
from server.domain.searching import Sought, meant
from server.domain.visits import Visit
from server.services.ports.placements import searched_number
from server.services.ports.unit_of_work import UnitOfWork

SHOWN = 6
SEARCHERS = (Permission.PLACEMENTS_READ, Permission.VISITS_READ)


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found, by one of its addresses or visits where that is what was found."""

    placement: Placement
    debtor: Debtor
    address: Address | None = None
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more` where there is more than is shown."""

    kind: Sought
    hits: list[Hit]
    more: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """Ids of one kind: placements, with the address or the visit that led there."""

    kind: Sought
    placement_ids: list[str]
    address_ids: Sequence[str | None] = ()
    visit_ids: Sequence[str | None] = ()


def search(uow: UnitOfWork, actor: Actor, text: str) -> list[Group]:
    """The groups in which something was found. Eight queries and two for each kind, whatever is found."""
    asked = meant(text)
    found: list[_Found] = []
    if actor.may(Permission.PLACEMENTS_READ):
        found += _of_cases(uow, actor, asked)
    if actor.may(Permission.VISITS_READ):
        found += _of_visits(uow, actor, asked)
    return _groups(uow, [one for one in found if one.placement_ids])


def audit_of(groups: Iterable[Group]) -> AuditEntry:
    """What was shown to whom, by ids; read rows are on the trail whichever way they were found."""
    shown = [hit for group in groups for hit in group.hits]
    detail = {
        "ids": list(dict.fromkeys(hit.placement.id for hit in shown)),
        "visit_ids": [hit.visit.id for hit in shown if hit.visit is not None],
    }
    return AuditEntry("placement.searched", "placement", None, detail)


def _of_cases(uow: UnitOfWork, actor: Actor, asked: Mapping[Sought, str]) -> list[_Found]:
    reached, limit = reach(actor, Permission.PLACEMENTS_READ), SHOWN + 1
    found = []
    if Sought.CASE in asked:
        found.append(_Found(Sought.CASE, uow.search.cases(asked[Sought.CASE], reached, limit)))
    if Sought.NAME in asked:
        found.append(_Found(Sought.NAME, uow.search.named(asked[Sought.NAME], reached, limit)))
    if Sought.NUMBER in asked:
        number = searched_number(asked[Sought.NUMBER])
        found.append(_Found(Sought.NUMBER, uow.search.numbered(number, reached, limit)))
    if Sought.ADDRESS in asked:
        pairs = uow.search.at_address(asked[Sought.ADDRESS], reached, limit)
        found.append(_Found(Sought.ADDRESS, [of for _, of in pairs], [address for address, _ in pairs]))
    return found


def _of_visits(uow: UnitOfWork, actor: Actor, asked: Mapping[Sought, str]) -> list[_Found]:
    """By number of their own; who reaches no cases finds the own visits by the number of the case."""
    reached, limit = reach(actor, Permission.VISITS_READ), SHOWN + 1
    ids: list[str] = []
    if Sought.VISIT in asked:
        ids += uow.search.visits(asked[Sought.VISIT], reached, limit)
    if Sought.CASE in asked and not actor.may(Permission.PLACEMENTS_READ):
        ids += uow.search.visits_of_cases(asked[Sought.CASE], reached, limit)
    visits = uow.visits.by_ids(ids)
    ordered = [visits[id_] for id_ in dict.fromkeys(ids)]
    return [_Found(Sought.VISIT, [visit.placement_id for visit in ordered], (), [v.id for v in ordered])]


def _groups(uow: UnitOfWork, found: Sequence[_Found]) -> list[Group]:
    placements = uow.placements.by_ids(id_ for one in found for id_ in one.placement_ids)
    debtors = uow.debtors.by_ids(placement.debtor_id for placement in placements.values())
    addresses = uow.addresses.by_ids(id_ for one in found for id_ in one.address_ids if id_ is not None)
    visits = uow.visits.by_ids(id_ for one in found for id_ in one.visit_ids if id_ is not None)
    groups = []
    for one in found:
        nothing = [None] * len(one.placement_ids)
        lines = zip(one.placement_ids, one.address_ids or nothing, one.visit_ids or nothing, strict=True)
        hits = [
            Hit(
                placements[placement_id],
                debtors[placements[placement_id].debtor_id],
                addresses.get(address_id or ""),
                visits.get(visit_id or ""),
            )
            for placement_id, address_id, visit_id in lines
        ]
        groups.append(Group(one.kind, hits[:SHOWN], len(hits) > SHOWN))
    return groups
