"""Cases as the desk reads them: lists with their debtors, one case whole, numbers in clear with a purpose (S5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calls import v13_block_findings
from server.domain.placements import (
    Address,
    AddressConfirmation,
    CallNote,
    ContactBlock,
    ContactRestoration,
    Debtor,
    Hold,
    Phone,
    Placement,
    PoliceReferral,
    Promise,
)
from server.domain.visits import Paper
from server.services.placements import papers_out
from server.services.ports.paging import Page, PageRequest
from server.services.ports.placements import PlacementFilter
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_reading import phone_file

CALLS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line of a list of cases."""

    placement: Placement
    debtor: Debtor


@dataclass(frozen=True, slots=True)
class AddressOnFile:
    address: Address
    confirmations: list[AddressConfirmation]


@dataclass(frozen=True, slots=True)
class PhoneOnFile:
    """A number on file; a blocked one must not be called and is not reachable (V13)."""

    phone: Phone
    blocked: bool


@dataclass(frozen=True, slots=True)
class CaseWhole:
    """Everything on one case. Hidden duplicates (V19) are left out; calls are the newest fifty."""

    line: CaseLine
    addresses: list[AddressOnFile]
    phones: list[PhoneOnFile]
    promises: list[Promise]
    referrals: list[PoliceReferral]
    calls: list[CallNote]
    restorations: list[ContactRestoration]
    holds: list[Hold]
    blocks: list[ContactBlock]
    repaid_fen: int
    papers_out: list[Paper]

    @property
    def version(self) -> int:
        return self.line.placement.version


@dataclass(frozen=True, slots=True)
class ClearNumbers:
    """What masking hides, for a purpose that is on record (S5)."""

    name: str
    id_number: str
    card_number: str | None
    phones: list[Phone]


def page_of_cases(
    uow: UnitOfWork, actor: Actor, request: PageRequest, narrowed: PlacementFilter
) -> Page[CaseLine]:
    """Cases within reach with their debtors; one audit line names the ids shown."""
    page = uow.placements.page(request, reach(actor, Permission.PLACEMENTS_READ), narrowed)
    lines = _lines(uow, page.items)
    detail = {"ids": [placement.id for placement in page.items]}
    uow.audit(AuditEntry("placement.listed", "placement", None, detail))
    return Page(lines, page.next)


def whole(uow: UnitOfWork, placement: Placement) -> CaseWhole:
    """Everything on a case, audited."""
    file = phone_file(uow, placement.debtor_id)
    addresses = uow.addresses.having(debtor_id=placement.debtor_id, duplicate_of_id=None)
    confirmations: dict[str, list[AddressConfirmation]] = defaultdict(list)
    for confirmation in uow.address_confirmations.having_any("address_id", (a.id for a in addresses)):
        confirmations[confirmation.address_id].append(confirmation)
    visits = uow.visits.having(placement_id=placement.id)
    calls = sorted(
        uow.call_notes.having(placement_id=placement.id), key=lambda note: (note.at, note.id), reverse=True
    )
    uow.audit(AuditEntry("placement.read", "placement", placement.id))
    return CaseWhole(
        line=_lines(uow, [placement])[0],
        addresses=[AddressOnFile(address, confirmations[address.id]) for address in addresses],
        phones=[
            PhoneOnFile(phone, bool(v13_block_findings(phone, file.blocks)))
            for phone in file.phones
            if phone.duplicate_of_id is None
        ],
        promises=uow.promises.having(placement_id=placement.id),
        referrals=uow.police_referrals.having(placement_id=placement.id),
        calls=calls[:CALLS_SHOWN],
        restorations=uow.contact_restorations.having(placement_id=placement.id),
        holds=uow.holds.having(placement_id=placement.id),
        blocks=[block for block in file.blocks if block.lifted_at is None],
        repaid_fen=sum(r.amount_fen for r in uow.repayments.having(placement_id=placement.id)),
        papers_out=papers_out(uow, visits),
    )


def unmask(uow: UnitOfWork, placement: Placement, purpose: str) -> ClearNumbers:
    """S5: name and numbers in clear; who asked and what for is on record."""
    debtor = uow.debtors.need(placement.debtor_id)
    phones = uow.phones.having(debtor_id=debtor.id, duplicate_of_id=None)
    detail = {"debtor_id": debtor.id, "phone_ids": [phone.id for phone in phones]}
    uow.audit(AuditEntry("placement.unmasked", "placement", placement.id, detail, purpose=purpose))
    return ClearNumbers(debtor.name, debtor.id_number, placement.card_number, phones)


def _lines(uow: UnitOfWork, placements: Sequence[Placement]) -> list[CaseLine]:
    debtors = uow.debtors.by_ids(placement.debtor_id for placement in placements)
    return [CaseLine(placement, debtors[placement.debtor_id]) for placement in placements]
