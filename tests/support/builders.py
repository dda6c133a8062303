"""Builders: the objects of a case as tests need them, written straight into the rows of the house under test.

Each takes the `desk` first and returns the entity as it was stored. What a test does not name is invented and the same
each time; `changes` are fields of the entity. Days follow the clock of `tests.conftest`, noon of 10 March 2026.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from server.domain.calendar import local_day
from server.domain.identity_numbers import identity_check
from server.domain.placements import (
    Address,
    AddressConfirmation,
    AddressKind,
    AddressStanding,
    Debtor,
    Phone,
    PhoneOwner,
    Placement,
    Promise,
    Repayment,
    Source,
)
from server.domain.requests import RequestedAddress, RequestState, VisitRequest, Waiver, WaiverKind
from server.domain.visits import (
    Device,
    DeviceHandout,
    Visit,
    VisitState,
)
from server.services.ports.unit_of_work import UnitOfWork
from tests.conftest import Desk
from tests.support.cast import (
    AGENT,
    CLIENT_ID,
    COLLECTOR,
    DISPATCHER,
    PARTNER,
    PROJECT_ID,
    Member,
)

_numbers = itertools.count(1)


def make_placement(desk: Desk, collector: Member = COLLECTOR, **changes: Any) -> Placement:
    """A placement of a debtor of its own (or of `debtor_id`), opened in January, to be recalled at the end of June."""
    number = next(_numbers)
    with desk.installation.house.units.write() as uow:
        debtor_id = changes.pop("debtor_id", None) or _debtor(uow, number).id
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "case_number": f"AJ{number:08d}",
            "client_id": CLIENT_ID,
            "project_id": PROJECT_ID,
            "branch_id": collector.branch.id,
            "batch": "2026-01",
            "debtor_id": debtor_id,
            "collector_id": collector.id,
            "placed_fen": 1_000_000,
            "card_number": None,
            "opened_on": date(2026, 1, 5),
            "recall_on": date(2026, 6, 30),
            "retained_until": None,
            "ended_on": None,
            "repeat_of_id": None,
            "created_at": uow.now,
            "version": 1,
        }
        placement = uow.placements.add(Placement(**values | changes))
        uow.commit()
    return placement


def make_address(
    desk: Desk,
    placement: Placement,
    kind: AddressKind = AddressKind.HOUSEHOLD,
    county: str = "河南省新乡市原阳县",
    detail: str | None = None,
    **changes: Any,
) -> Address:
    """An address of the placement's debtor, with the divisions that the house's own check finds in it."""
    text = county + (f"建设路{next(_numbers)}号" if detail is None else detail)
    verdict = desk.installation.house.addresses.check(text)
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "debtor_id": placement.debtor_id,
            "kind": kind,
            "text": text,
            "normalized": verdict.normalized,
            "province": verdict.province,
            "city": verdict.city,
            "county": verdict.county,
            "county_code": verdict.county_code,
            "town": verdict.town,
            "detail": verdict.detail,
            "urban_village": verdict.urban_village,
            "standing": AddressStanding.UNKNOWN,
            "standing_reason": None,
            "source": Source.IMPORT,
            "source_visit_id": None,
            "duplicate_of_id": None,
            "added_at": uow.now,
            "added_by": None,
            "version": 1,
        }
        address = uow.addresses.add(Address(**values | changes))
        uow.commit()
    return address


def make_confirmation(
    desk: Desk, address: Address, *, by: str = "本人", how: str = "电话", on: date | None = None
) -> AddressConfirmation:
    """R6: a confirmation on file, of today unless said otherwise."""
    with desk.installation.house.units.write() as uow:
        confirmation = AddressConfirmation(
            uow.new_id(), address.id, by, on or local_day(uow.now), how, uow.now, COLLECTOR.id
        )
        uow.address_confirmations.add(confirmation)
        uow.commit()
    return confirmation


def make_phone(
    desk: Desk, placement: Placement, owner: PhoneOwner = PhoneOwner.DEBTOR, **changes: Any
) -> Phone:
    """A number on file of the placement's debtor."""
    number = next(_numbers)
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "debtor_id": placement.debtor_id,
            "number": f"139{number:08d}",
            "owner": owner,
            "owner_name": "张晓明",
            "relation": "本人" if owner is PhoneOwner.DEBTOR else "亲属",
            "emergency_contact": False,
            "source": Source.IMPORT,
            "source_visit_id": None,
            "duplicate_of_id": None,
            "added_at": uow.now,
            "added_by": None,
            "version": 1,
        }
        phone = uow.phones.add(Phone(**values | changes))
        uow.commit()
    return phone


def make_promise(desk: Desk, placement: Placement, due_on: date, **changes: Any) -> Promise:
    """A promise made by phone and judged able (R11)."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "placement_id": placement.id,
            "made_on": date(2026, 3, 1),
            "due_on": due_on,
            "amount_fen": 50_000,
            "by_phone": True,
            "judged_able": True,
            "recorded_at": uow.now,
            "recorded_by": placement.collector_id,
        }
        promise = uow.promises.add(Promise(**values | changes))
        uow.commit()
    return promise


def make_request(
    desk: Desk,
    placement: Placement,
    addresses: Sequence[Address],
    state: RequestState = RequestState.FILED,
    **changes: Any,
) -> VisitRequest:
    """A request in a state, with its addresses in order; no rule is asked."""
    with desk.installation.house.units.write() as uow:
        filed = state is not RequestState.DRAFT
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "placement_id": placement.id,
            "state": state,
            "author_id": placement.collector_id,
            "note": "",
            "created_at": uow.now,
            "requested_on": local_day(uow.now) if filed else None,
            "filed_at": uow.now if filed else None,
            "decided_at": None,
            "decided_by": None,
            "decision_reason": None,
            "promising_marked_at": None,
            "promising_marked_by": None,
            "promising_reason": None,
            "version": 1,
        }
        request = uow.visit_requests.add(VisitRequest(**values | changes))
        for position, address in enumerate(addresses):
            uow.request_addresses.add(
                RequestedAddress(uow.new_id(), request.id, address.id, address.version, position, None)
            )
        uow.commit()
    return request


def make_waiver(
    desk: Desk, request: VisitRequest, kind: WaiverKind = WaiverKind.PROMISE, **changes: Any
) -> Waiver:
    """An exception or explanation that was asked and not yet decided."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "request_id": request.id,
            "kind": kind,
            "address_id": None,
            "asked_reason": "甲方要求",
            "asked_by": request.author_id,
            "asked_at": uow.now,
            "granted": None,
            "decided_by": None,
            "decided_at": None,
            "decision_reason": None,
            "version": 1,
        }
        waiver = uow.waivers.add(Waiver(**values | changes))
        uow.commit()
    return waiver


def make_visit(
    desk: Desk,
    placement: Placement,
    address: Address,
    state: VisitState = VisitState.ACCEPTED,
    lead: Member | None = AGENT,
    partner: Member | None = PARTNER,
    **changes: Any,
) -> Visit:
    """A visit in a state; the team stands on it even where no plan was made."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "placement_id": placement.id,
            "address_id": address.id,
            "address_version": address.version,
            "request_id": None,
            "plan_id": None,
            "team_id": None,
            "parent_id": None,
            "position": 0,
            "state": state,
            "lead_id": lead.id if lead else None,
            "partner_id": partner.id if partner else None,
            "trainee_id": None,
            "valid_from": None,
            "valid_until": None,
            "promise_due_on": None,
            "promise_explained": False,
            "hold_id": None,
            "started_at": None,
            "ended_at": None,
            "outcome": None,
            "outcome_note": "",
            "debtor_gone": False,
            "superseded_by": None,
            "voided_at": None,
            "voided_by": None,
            "void_reason": None,
            "desk_confirmed_by": None,
            "ended_reason": None,
            "version": 1,
        }
        visit = uow.visits.add(Visit(**values | changes))
        uow.commit()
    return visit


def make_repayment(
    desk: Desk, placement: Placement, paid_on: date, amount_fen: int, **changes: Any
) -> Repayment:
    """A repayment as the client reports it; `reverses_id` with a negative amount makes it a reversal."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "placement_id": placement.id,
            "client_id": placement.client_id,
            "reference": f"HK{next(_numbers):08d}",
            "paid_on": paid_on,
            "paid_at": None,
            "amount_fen": amount_fen,
            "reverses_id": None,
            "recorded_at": uow.now,
            "import_id": None,
        }
        repayment = uow.repayments.add(Repayment(**values | changes))
        uow.commit()
    return repayment


def change(desk: Desk, rows: str, id_: str, **changes: Any) -> Any:
    """Overwrite fields of an entity: `change(desk, "placements", placement.id, ended_on=…)`."""
    with desk.installation.house.units.write() as uow:
        held = getattr(uow, rows)
        saved = held.save(dataclasses.replace(held.need(id_), **changes))
        uow.commit()
    return saved


def identity_number(number: int) -> str:
    """An invented identity number with a right check digit, another one for each number below 20,000."""
    first = f"410725{1970 + number // 1000}0501{number % 1000:03d}"
    return first + identity_check(first)


def _debtor(uow: UnitOfWork, number: int) -> Debtor:
    return uow.debtors.add(Debtor(uow.new_id(), identity_number(number), f"张晓{number % 10}", uow.now, 1))


def make_device(desk: Desk, member: Member, **changes: Any) -> Device:
    """A company device in the hands of a member from the morning of the clock's day on (V20)."""
    with desk.installation.house.units.write() as uow:
        number = next(_numbers)
        device = uow.devices.add(
            Device(
                uow.new_id(),
                member.branch.id,
                f"手机{number}",
                f"SN{number:06d}",
                "phone",
                None,
                None,
                None,
                1,
            )
        )
        handout: dict[str, Any] = {
            "id": uow.new_id(),
            "device_id": device.id,
            "account_id": member.id,
            "issued_at": uow.now - timedelta(hours=4),
            "issued_by": DISPATCHER.id,
            "condition_out": "完好",
            "due_at": uow.now + timedelta(hours=8),
            "returned_at": None,
            "received_by": None,
            "condition_in": None,
            "version": 1,
        }
        uow.device_handouts.add(DeviceHandout(**handout | changes))
        uow.commit()
    return device
