"""Writing rows for tests: any number of entities at once, with as few transactions as a test needs."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from server.domain.calendar import SHANGHAI
from server.domain.evidence import EvidenceItem
from server.domain.placements import (
    Address,
    AddressConfirmation,
    CallNote,
    ContactBlock,
    ContactRestoration,
    Debtor,
    Phone,
    Placement,
    PoliceReferral,
    Repayment,
)
from server.domain.visits import CheckIn, Letter, MessageTemplate, TextMessage, Visit, VisitContact
from server.services.credit import fact_changed
from server.services.ids import new_id
from tests.conftest import NOON, Desk

_ROWS: dict[type, str] = {
    Debtor: "debtors",
    Placement: "placements",
    Address: "addresses",
    AddressConfirmation: "address_confirmations",
    Phone: "phones",
    PoliceReferral: "police_referrals",
    CallNote: "call_notes",
    ContactRestoration: "contact_restorations",
    ContactBlock: "contact_blocks",
    Repayment: "repayments",
    Visit: "visits",
    CheckIn: "check_ins",
    VisitContact: "visit_contacts",
    Letter: "letters",
    MessageTemplate: "message_templates",
    TextMessage: "text_messages",
    EvidenceItem: "evidence_items",
}
_numbers = itertools.count(1)
E = TypeVar("E")


def fresh_id() -> str:
    """A new id; the ids of one test run are in the order of their making."""
    return new_id(NOON + timedelta(milliseconds=next(_numbers)))


def at(day: str, time: str = "10:00:00") -> datetime:
    """The instant of a local time in Shanghai."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)


def keep(desk: Desk, *entities: Any) -> None:
    """Write entities of any kinds in one transaction, each kind with one statement."""
    with desk.installation.house.units.write() as uow:
        for kind, of_kind in itertools.groupby(entities, type):
            getattr(uow, _ROWS[kind]).add_all(list(of_kind))
        uow.commit()


def change(desk: Desk, entity: E, **changes: Any) -> E:
    """Write an entity over what lies in the rows, and hand back what lies there now."""
    with desk.installation.house.units.write() as uow:
        saved = getattr(uow, _ROWS[type(entity)]).save(dataclasses.replace(entity, **changes))  # type: ignore[type-var]
        uow.commit()
    return saved  # type: ignore[no-any-return]


def changed(desk: Desk, placements: Iterable[Placement], cause: str = "test") -> None:
    """Tell scoring that facts of these placements changed."""
    with desk.installation.house.units.write() as uow:
        for one in placements:
            fact_changed(uow, one.id, cause)
        uow.commit()
