"""Routes of records of a case by form: addresses, phones, promises, referrals, calls, contact restored."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.case_records import (
    AddressCorrection,
    AddressNew,
    CaseCallNew,
    ConfirmationNew,
    PhoneNew,
    PromiseNew,
    ReferralNew,
    RestorationNew,
)
from api_schemas.placements import (
    AddressView,
    CallNoteView,
    ConfirmationView,
    PhoneView,
    PromiseView,
    ReferralView,
    RestorationView,
)
from server.domain.access import Permission
from server.domain.case_rules import DAY_AHEAD, DUE_BEFORE_MADE, REFERRED_TWICE
from server.domain.placements import (
    Address,
    AddressConfirmation,
    CallNote,
    ContactRestoration,
    Phone,
    Placement,
    PoliceReferral,
    Promise,
)
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem
from server.services import case_records
from server.services.scopes import address_within, placement_within
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "case records",
    __name__,
    url_prefix="/api/v1",
    description="Records of a case by form (R6, R11, W6, X7, V19)",
)

_FORM: dict[str, Any] = {"needs": [Permission.FACTS_WRITE], "status": 201, "once": True}


def _placement(call: Call) -> Placement:
    return placement_within(call.uow, call.actor, call.path["placement_id"], Permission.FACTS_WRITE)


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/addresses",
    body=AddressNew,
    answer=AddressView,
    problems=[NOT_FOUND],
    **_FORM,
)
def add_address(call: Call) -> Address:
    """V19: a new address of the debtor."""
    return case_records.add_address(call.house, call.uow, call.actor, _placement(call), call.body)


@endpoint(
    blueprint,
    "PATCH",
    "/addresses/<uuid:address_id>",
    needs=[Permission.FACTS_WRITE],
    body=AddressCorrection,
    answer=AddressView,
    versioned=True,
    problems=[NOT_FOUND],
)
def correct_address(call: Call) -> Address:
    """Correct the text of an address; its divisions are checked anew (R2, R3)."""
    address = address_within(call.uow, call.actor, call.path["address_id"], Permission.FACTS_WRITE)
    call.check_version(address.version)
    return case_records.correct_address(call.house, call.uow, call.actor, address, call.body["text"])


@endpoint(
    blueprint,
    "POST",
    "/addresses/<uuid:address_id>/confirmations",
    body=ConfirmationNew,
    answer=ConfirmationView,
    problems=[NOT_FOUND, DAY_AHEAD],
    **_FORM,
)
def confirm_address(call: Call) -> AddressConfirmation:
    """R6: put a confirmation of the address on file."""
    address = address_within(call.uow, call.actor, call.path["address_id"], Permission.FACTS_WRITE)
    return case_records.confirm_address(call.uow, call.actor, address, call.body)


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/phones",
    body=PhoneNew,
    answer=PhoneView,
    problems=[NOT_FOUND],
    **_FORM,
)
def add_phone(call: Call) -> Phone:
    """V19: a new telephone of the debtor or a contact."""
    return case_records.add_phone(call.uow, call.actor, _placement(call), call.body)


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/promises",
    body=PromiseNew,
    answer=PromiseView,
    problems=[NOT_FOUND, DAY_AHEAD, DUE_BEFORE_MADE],
    **_FORM,
)
def add_promise(call: Call) -> Promise:
    """R11: record a promise to repay."""
    return case_records.add_promise(call.uow, call.actor, _placement(call), call.body)


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/police-referrals",
    body=ReferralNew,
    answer=ReferralView,
    problems=[NOT_FOUND, DAY_AHEAD, REFERRED_TWICE],
    **_FORM,
)
def add_referral(call: Call) -> PoliceReferral:
    """W6: record a referral to the economic-crime police."""
    return case_records.add_referral(call.uow, call.actor, _placement(call), call.body)


@endpoint(
    blueprint,
    "POST",
    "/police-referrals/<uuid:referral_id>/accept-explanation",
    needs=[Permission.REQUESTS_DECIDE],
    answer=ReferralView,
    problems=[NOT_FOUND, WRONG_STATE],
)
def accept_explanation(call: Call) -> PoliceReferral:
    """W6: the dispatcher accepts the explanation of an early referral."""
    referral = call.uow.police_referrals.get(call.path["referral_id"])
    if referral is None:
        raise problem(NOT_FOUND, what=f"police_referral {call.path['referral_id']}")
    placement_within(call.uow, call.actor, referral.placement_id, Permission.REQUESTS_DECIDE)
    return case_records.accept_explanation(call.uow, call.actor, referral)


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/calls",
    body=CaseCallNew,
    answer=CallNoteView,
    problems=[NOT_FOUND],
    **_FORM,
)
def add_call(call: Call) -> CallNote:
    """V18: record a call. One over the limits (V9) or to a blocked number (V13) is kept and looked into."""
    return case_records.add_call(call.uow, call.actor, _placement(call), call.body)


@endpoint(
    blueprint,
    "POST",
    "/placements/<uuid:placement_id>/contact-restorations",
    body=RestorationNew,
    answer=RestorationView,
    problems=[NOT_FOUND, DAY_AHEAD],
    **_FORM,
)
def restore_contact(call: Call) -> ContactRestoration:
    """X7: the collector, by own search, made a lost debtor reachable."""
    body = call.body
    return case_records.restore_contact(
        call.uow, call.actor, _placement(call), body["restored_on"], body["how"], body["id"]
    )
