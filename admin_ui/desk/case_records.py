"""What is written down on a case by form: promises, referrals, calls, telephones, addresses, contact found, blocks.

Owns the forms and what they show of the case. Refuses what the use cases refuse, beside the form; the same form sent
twice is one record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from flask import Response

from admin_ui.forms import led_to, once
from admin_ui.page import page
from api_schemas.base import Reason
from api_schemas.case_records import AddressNew, ReferralNew, RestorationNew
from api_schemas.desk_records import (
    AcknowledgementForm,
    BlockForm,
    CallForm,
    PhoneForm,
    PromiseForm,
    RelayForm,
)
from api_schemas.placements import NewCollector, Recall, Retention
from server.domain.access import Actor, Permission, Post
from server.domain.people import Account
from server.domain.placements import AddressKind, Direction, PhoneOwner, Placement
from server.domain.problems import NOT_FOUND, problem
from server.services import case_records, contact_blocks, holds, letters, placements, visit_contacts
from server.services.case_reading import CaseWhole
from server.services.ports.rows import EntityRows
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import placement_within
from server.web.endpoint import Call

E = TypeVar("E")
Add = Callable[[UnitOfWork, Actor, Placement, Mapping[str, Any]], E]
ONE = "/desk/cases/<uuid:placement_id>"
_WRITES = [Permission.FACTS_WRITE]
CALLS_SHOWN = 10


def records_of(call: Call, whole: CaseWhole) -> dict[str, Any]:
    """What the case's page shows of its records, and what its forms need."""
    keeps = call.actor.may(Permission.PLACEMENTS_WRITE)
    return {
        "records": call.actor.may(Permission.FACTS_WRITE),
        "decides": call.actor.may(Permission.REQUESTS_DECIDE),
        "keeps": keeps,
        "collectors": _collectors(call, whole.line.placement) if keeps else [],
        "numbers": {one.phone.id: one.phone for one in whole.phones},
        "calls": whole.calls[:CALLS_SHOWN],
        "owners": list(PhoneOwner),
        "kinds": list(AddressKind),
        "directions": list(Direction),
        "now": call.uow.now,
        "record_id": call.uow.new_id(),
    }


def _collectors(call: Call, placement: Placement) -> list[Account]:
    """Who else of the branch may have the case."""
    found = {
        one.id: one
        for post in (Post.COLLECTOR, Post.TEAM_LEAD)
        for one in call.uow.accounts.with_post(post, placement.branch_id)
        if one.id != placement.collector_id
    }
    return sorted(found.values(), key=lambda one: (one.display_name, one.id))


@page("POST", f"{ONE}/promises", needs=_WRITES, template=None, fields=PromiseForm)
def record_promise(call: Call) -> Response:
    """R11: a promise to repay; before its day no visit is asked for without an explanation."""
    return _record(call, call.uow.promises, case_records.add_promise)


@page("POST", f"{ONE}/police-referrals", needs=_WRITES, template=None, fields=ReferralNew)
def record_referral(call: Call) -> Response:
    """W6: a referral to the economic-crime police."""
    return _record(call, call.uow.police_referrals, case_records.add_referral)


@page(
    "POST",
    "/desk/police-referrals/<uuid:referral_id>/accept",
    needs=[Permission.REQUESTS_DECIDE],
    template=None,
)
def accept_referral(call: Call) -> Response:
    """W6: the dispatcher accepts why a referral came early."""
    referral = call.uow.police_referrals.get(call.path["referral_id"])
    if referral is None:
        raise problem(NOT_FOUND, what=f"police_referral {call.path['referral_id']}")
    placement = placement_within(call.uow, call.actor, referral.placement_id, Permission.REQUESTS_DECIDE)
    case_records.accept_explanation(call.uow, call.actor, referral)
    return _back(placement)


@page("POST", f"{ONE}/calls", needs=_WRITES, template=None, fields=CallForm)
def record_call(call: Call) -> Response:
    """V18: one call, one record; one that V9 or V13 forbade is kept and looked into."""
    return _record(call, call.uow.call_notes, case_records.add_call)


@page("POST", f"{ONE}/phones", needs=_WRITES, template=None, fields=PhoneForm)
def record_phone(call: Call) -> Response:
    """V19: a new telephone of the debtor or a contact."""
    return _record(call, call.uow.phones, case_records.add_phone)


@page("POST", f"{ONE}/addresses", needs=_WRITES, template=None, fields=AddressNew)
def record_address(call: Call) -> Response:
    """V19: a new address of the debtor."""
    return _record(call, call.uow.addresses, partial(case_records.add_address, call.house))


@page("POST", f"{ONE}/contact-restorations", needs=_WRITES, template=None, fields=RestorationNew)
def record_restoration(call: Call) -> Response:
    """X7: a lost debtor was found by own search."""
    placement, given = _case(call), call.body
    once(
        call.uow.contact_restorations,
        given["id"],
        lambda: case_records.restore_contact(
            call.uow, call.actor, placement, given["restored_on"], given["how"], given["id"]
        ),
    )
    return _back(placement)


@page("POST", f"{ONE}/blocks", needs=[Permission.CONTACTS_HOLD], template=None, fields=BlockForm)
def block_contact(call: Call) -> Response:
    """V13: a number, or the debtor as a person, is not contacted any more by anybody."""
    placement = holds.placement_to_hold(call.uow, call.actor, call.path["placement_id"])
    values = dict(call.body) | {"number": None}
    once(
        call.uow.contact_blocks,
        values["id"],
        lambda: contact_blocks.block(call.uow, call.actor, placement, values),
    )
    return _back(placement)


@page(
    "POST",
    f"{ONE}/blocks/<uuid:block_id>/lift",
    needs=[Permission.HOLDS_RELEASE],
    template=None,
    fields=Reason,
)
def lift_block(call: Call) -> Response:
    """V13: the number or the person may be contacted again, with the reason."""
    placement = placement_within(call.uow, call.actor, call.path["placement_id"], Permission.HOLDS_RELEASE)
    held = contact_blocks.block_within(call.uow, call.actor, call.path["block_id"], Permission.HOLDS_RELEASE)
    contact_blocks.lift(call.uow, call.actor, held, call.body["reason"])
    return _back(placement)


@page(
    "POST",
    "/desk/visit-contacts/<uuid:contact_id>/relay",
    needs=_WRITES,
    template=None,
    fields=RelayForm,
)
def record_relay(call: Call) -> Response:
    """C3: the day on which the message reached the debtor, as the debtor or the contact confirmed."""
    contact = visit_contacts.relay(call.uow, call.actor, call.path["contact_id"], call.body["on"])
    return led_to(f"/desk/visits/{contact.visit_id}")


@page(
    "POST",
    "/desk/letters/<uuid:letter_id>/acknowledgement",
    needs=_WRITES,
    template=None,
    fields=AcknowledgementForm,
)
def record_acknowledgement(call: Call) -> Response:
    """C5: the debtor, or who repays for them, called back: the letter arrived."""
    letter = letters.acknowledge(
        call.uow, call.actor, call.path["letter_id"], call.body["on"], call.body["by"]
    )
    return led_to(f"/desk/visits/{letter.visit_id}")


@page("POST", f"{ONE}/retention", needs=[Permission.PLACEMENTS_WRITE], template=None, fields=Retention)
def retain_case(call: Call) -> Response:
    """W4: 留案, the case is kept longer."""
    placement = _kept(call)
    placements.retain(call.uow, placement, call.body["until"], by=call.actor)
    return _back(placement)


@page("POST", f"{ONE}/recall", needs=[Permission.PLACEMENTS_WRITE], template=None, fields=Recall)
def recall_case(call: Call) -> Response:
    """R14: the client takes the case back, today or on a later day."""
    placement = _kept(call)
    placements.recall(call.uow, placement, call.body["recall_on"], call.body["reason"])
    return _back(placement)


@page("POST", f"{ONE}/collector", needs=[Permission.PLACEMENTS_WRITE], template=None, fields=NewCollector)
def give_case(call: Call) -> Response:
    """Give the case to another collector of its branch; both are told."""
    placement = _kept(call)
    placements.assign_collector(call.uow, placement, call.body["collector_id"], call.body["reason"])
    return _back(placement)


def _record(call: Call, rows: EntityRows[E], add: Add[E]) -> Response:
    """One record of the case, made once however often its form is sent."""
    placement, given = _case(call), call.body
    once(rows, given["id"], lambda: add(call.uow, call.actor, placement, given))
    return _back(placement)


def _kept(call: Call) -> Placement:
    return placement_within(call.uow, call.actor, call.path["placement_id"], Permission.PLACEMENTS_WRITE)


def _case(call: Call) -> Placement:
    return placement_within(call.uow, call.actor, call.path["placement_id"], Permission.FACTS_WRITE)


def _back(placement: Placement) -> Response:
    return led_to(f"/desk/cases/{placement.id}")
