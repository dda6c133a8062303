"""What an evidence pack tells, gathered in one transaction: the visits, their evidence, the lines of the trail.

Owns which facts leave the house with a pack. Refuses lines of the trail that say who looked or listened, and why: these
are the house's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.audit import AuditLine
from server.domain.evidence import EvidenceItem
from server.domain.evidence_packs import EvidencePack
from server.domain.people import Account
from server.domain.placements import Placement
from server.domain.places import KnownPoint
from server.domain.visits import CheckIn, Visit
from server.services import capture_chain, evidence_packs
from server.services.capture_chain import VisitChain
from server.services.places import known_points
from server.services.ports.signatures import SignatureCheck
from server.services.ports.unit_of_work import UnitOfWork

_TOLD = ("evidence.kept", "evidence.countersigned", "evidence.manifest_kept")


@dataclass(frozen=True, slots=True)
class PackedVisit:
    """A visit with what the report and the lists tell of it."""

    visit: Visit
    address: str
    point: KnownPoint | None
    check_ins: Sequence[CheckIn]
    items: Sequence[EvidenceItem]
    chain: VisitChain


@dataclass(frozen=True, slots=True)
class PackFacts:
    """All that a pack tells, as it stood when packing began."""

    pack: EvidencePack
    placement: Placement
    debtor_name: str
    client_name: str
    people: Mapping[str, Account]
    visits: Sequence[PackedVisit]
    trail: Sequence[AuditLine]
    trail_head: tuple[int, str]
    now: datetime

    @property
    def items(self) -> list[EvidenceItem]:
        return [item for visit in self.visits for item in visit.items]


def gather(uow: UnitOfWork, signatures: SignatureCheck, pack_id: str) -> PackFacts:
    """Everything that the pack tells, read in one transaction."""
    pack = uow.evidence_packs.need(pack_id)
    placement = uow.placements.need(pack.placement_id)
    items = evidence_packs.items_of(uow, pack.placement_id, pack.visit_id)
    visits = [_packed_visit(uow, signatures, visit, items) for visit in packed_visits(uow, pack)]
    names = {pack.proposed_by, pack.decided_by, *(name for one in visits for name in _names(one))}
    subjects = [*(item.id for item in items), *(one.visit.id for one in visits if one.chain.sent)]
    lines = [line for id_ in subjects for line in uow.trail.history(id_) if line.action in _TOLD]
    return PackFacts(
        pack=pack,
        placement=placement,
        debtor_name=uow.debtors.need(placement.debtor_id).name,
        client_name=uow.organisation.client_name(placement.client_id),
        people=uow.accounts.by_ids(name for name in names if name is not None),
        visits=visits,
        trail=sorted(lines, key=lambda line: line.seq),
        trail_head=uow.trail.last(),
        now=uow.now,
    )


def packed_visits(uow: UnitOfWork, pack: EvidencePack) -> list[Visit]:
    """The visits that have a file or a manifest, in the order in which they were made."""
    if pack.visit_id is not None:
        return [uow.visits.need(pack.visit_id)]
    visits: list[Visit] = uow.visits.having(placement_id=pack.placement_id)
    ids = [visit.id for visit in visits]
    telling = {
        row.visit_id
        for rows in (uow.evidence_items, uow.capture_manifests)
        for row in rows.having_any("visit_id", ids)
    }
    told = [visit for visit in visits if visit.id in telling]
    return sorted(told, key=lambda visit: (visit.started_at is None, visit.started_at, visit.id))


def _packed_visit(
    uow: UnitOfWork, signatures: SignatureCheck, visit: Visit, items: Sequence[EvidenceItem]
) -> PackedVisit:
    address = uow.addresses.need(visit.address_id)
    check_ins: list[CheckIn] = sorted(
        uow.check_ins.having(visit_id=visit.id), key=lambda one: (one.at, one.id)
    )
    return PackedVisit(
        visit=visit,
        address=address.normalized or address.text,
        point=known_points(uow, [address]).get(address.id),
        check_ins=check_ins,
        items=[item for item in items if item.visit_id == visit.id],
        chain=capture_chain.chain_of(uow, signatures, visit),
    )


def _names(packed: PackedVisit) -> set[str | None]:
    visit = packed.visit
    of_items = {
        name for item in packed.items for name in (item.account_id, item.brought_by, item.countersigned_by)
    }
    team = {visit.lead_id, visit.partner_id, visit.trainee_id, visit.voided_by}
    return team | of_items | {one.account_id for one in packed.check_ins}
