"""A case that a test builds up piece by piece, as scoring sees it."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.domain.placements import Address, Phone, PhoneOwner, Placement
from server.domain.policy.facts import PhoneFacts, PlacementFacts, VisitFacts
from server.domain.visits import Visit
from server.services.facts_of_placement import facts_of_placements
from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.rows import at, keep

TEN = at("2026-03-10")


class Case:
    """A placement at a confirmed home, written when a test has said what else is on it."""

    def __init__(self, desk: Desk, **changes: Any) -> None:
        self.desk = desk
        self.debtor = values.debtor()
        self.placement: Placement = values.placement(self.debtor, **changes)
        self.home: Address = values.address(self.placement)
        keep(desk, self.debtor, self.placement, self.home, values.confirmation(self.home, date(2026, 1, 10)))

    def visit(self, *more: Any, proven: bool = True, **changes: Any) -> Visit:
        changes = {"to": self.home, "started_at": TEN} | changes
        visit = values.visit(self.placement, **changes)
        keep(
            self.desk, visit, *(values.proof(visit, visit.started_at) if proven and visit.started_at else [])
        )
        return visit

    def phone(self, owner: PhoneOwner = PhoneOwner.DEBTOR, **changes: Any) -> Phone:
        phone = values.phone(self.placement, owner, **changes)
        keep(self.desk, phone)
        return phone

    def facts(self) -> PlacementFacts:
        with self.desk.installation.house.units.read() as uow:
            return facts_of_placements(uow, [self.placement.id])[self.placement.id]

    def seen(self) -> VisitFacts:
        (visit,) = self.facts().visits
        return visit

    def seen_phone(self) -> PhoneFacts:
        (phone,) = self.seen().phones
        return phone
