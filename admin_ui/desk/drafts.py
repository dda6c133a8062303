"""报外访 at the desk: a draft with its addresses, checked as one types and ticks, exceptions, sending (R1 to R8, R11).

Owns the form of a draft. Refuses what the use cases refuse, beside the form, so that nothing typed is lost; what was
chosen and not saved yet travels with every form of the page.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response

from admin_ui.forms import is_part, led_to, once, see_other
from admin_ui.page import page
from admin_ui.telling import language
from api_schemas.case_records import AddressNew, ConfirmationNew
from api_schemas.desk import DemolitionForm
from api_schemas.desk_drafts import (
    AddressTextForm,
    AskForm,
    NewForm,
    TypedAddress,
)
from api_schemas.requests import AddressChoice
from server.domain.access import Permission
from server.domain.placements import AddressKind, Placement
from server.domain.problems import STALE, WRONG_STATE, problem
from server.domain.request_rules import ClauseCheck
from server.domain.requests import PER_ADDRESS, DemolitionAnswer, VisitRequest, WaiverKind
from server.services import case_records, request_drafts, request_waivers, visit_requests
from server.services.address_checks import check_typed
from server.services.scopes import address_within, placement_within, request_within
from server.services.visit_requests import ChosenAddress
from server.web.endpoint import Call, loaded

ONE = "/desk/requests/<uuid:request_id>"
EDIT = f"{ONE}/edit"
_WRITES = [Permission.REQUESTS_WRITE]
_CLAUSES = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R11")
_CHOICE = AddressChoice()
_KINDS_OF = {
    "recall_too_near": (WaiverKind.RECALL_BLACKOUT,),
    "higher_address_open": (WaiverKind.ADDRESS_ORDER,),
    "address_demolished": (WaiverKind.DEMOLISHED, WaiverKind.NO_URBAN_VILLAGE),
    "demolition_unchecked": (WaiverKind.NO_URBAN_VILLAGE,),
    "promise_not_due": (WaiverKind.PROMISE,),
}
"""Which exceptions may be asked for where a clause says no."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a form of the page sent: the ticked addresses and the note where they travelled with it, and the rest."""

    chosen: list[ChosenAddress] | None
    note: str | None
    rest: dict[str, Any]


@page("POST", "/desk/cases/<uuid:placement_id>/requests", needs=_WRITES, template=None, fields=NewForm)
def begin_draft(call: Call) -> Response:
    """Begin asking for a visit, or go on with the draft that is there."""
    placement_id, id_ = call.path["placement_id"], call.body["id"]
    draft = request_drafts.draft_for(call.uow, call.house.addresses, call.actor, placement_id, id_)
    return see_other(f"/desk/requests/{draft.id}/edit")


@page("GET", EDIT, needs=_WRITES, template="draft.html", reads_personal=True, clauses=_CLAUSES)
def show_draft(call: Call) -> dict[str, Any]:
    """A draft, or a request that was returned, with everything that is to be known before it is sent."""
    request, placement = _asked(call)
    if not request_drafts.may_edit(request):  # as who goes back by the browser's own button finds it
        return {"draft": None, "request": request, "placement": placement}
    return _shown(call, request, placement, None)


@page("POST", f"{ONE}/check", needs=_WRITES, template="draft_checks.html", own_turn=True)
def check_choice(call: Call) -> dict[str, Any]:
    """What each clause says of the addresses as they are ticked; nothing is stored."""
    request, placement = _asked(call)
    chosen = _sent(call.body).chosen or []
    checks = request_drafts.try_choice(call.uow, call.house.addresses, request, placement, chosen)
    told = _told(checks, request, [one.address_id for one in chosen])
    return told | {"ask_id": call.uow.new_id()}


@page("POST", f"{ONE}/save", needs=_WRITES, template="draft.html", versioned=True)
def save_draft(call: Call) -> Any:
    """Keep the draft as it is."""
    request, placement, _ = _saved(call)
    return _again(call, request, placement, None, "saved")


@page("POST", f"{ONE}/file", needs=_WRITES, template=None, versioned=True)
def file_draft(call: Call) -> Response:
    """Send it to the dispatchers: R1 to R8 and R11 are asked, and refuse with clause, fact and remedy."""
    request, placement, _ = _saved(call)
    visit_requests.file(call.uow, call.house.addresses, request, placement)
    return led_to(f"/desk/requests/{request.id}")


@page("POST", f"{ONE}/waivers", needs=_WRITES, template="draft.html", versioned=True)
def ask_exception(call: Call) -> Any:
    """Ask for an exception or explain, with the reason, before filing (R4, R5, R8, R11)."""
    request, placement, rest = _saved(call)
    asked = loaded(AskForm(), rest)
    kind, _, address_id = asked["what"].partition(":")
    once(
        call.uow.waivers,
        asked["id"],
        lambda: request_waivers.ask_waiver(
            call.uow,
            request,
            placement,
            call.actor,
            id=asked["id"],
            kind=WaiverKind(kind),
            address_id=address_id or None,
            reason=asked["reason"],
        ),
    )
    return _again(call, request, placement, None, "asked")


@page("POST", f"{ONE}/addresses", needs=[Permission.FACTS_WRITE], template="draft.html")
def add_new_address(call: Call) -> Any:
    """V19: a new address of the debtor, chosen at once."""
    request, placement = _asked(call)
    sent = _sent(call.body)
    placement_within(call.uow, call.actor, placement.id, Permission.FACTS_WRITE)
    given = loaded(AddressNew(), sent.rest)
    address = once(
        call.uow.addresses,
        given["id"],
        lambda: case_records.add_address(call.house, call.uow, call.actor, placement, given),
    )
    # One that repeats another is kept hidden (V19): the one that it repeats is what was meant.
    meant = address.duplicate_of_id or address.id
    ticked = [one for one in sent.chosen or [] if one.address_id != meant]
    more = dataclasses.replace(sent, chosen=[*ticked, ChosenAddress(meant, False)])
    return _again(call, request, placement, more, "added")


@page(
    "POST", f"{ONE}/addresses/<uuid:address_id>/text", needs=[Permission.FACTS_WRITE], template="draft.html"
)
def correct_address_text(call: Call) -> Any:
    """R2, R3: the text of an address as it should have been."""
    request, placement = _asked(call)
    sent = _sent(call.body)
    given = loaded(AddressTextForm(), sent.rest)
    address = address_within(call.uow, call.actor, call.path["address_id"], Permission.FACTS_WRITE)
    if address.version != given["address_version"]:
        raise problem(STALE, yours=given["address_version"], current=address.version)
    case_records.correct_address(call.house, call.uow, call.actor, address, given["text"])
    return _again(call, request, placement, sent, "corrected")


@page(
    "POST",
    f"{ONE}/addresses/<uuid:address_id>/confirmations",
    needs=[Permission.FACTS_WRITE],
    template="draft.html",
)
def confirm_this_address(call: Call) -> Any:
    """R6: who confirmed the address, when and how."""
    request, placement = _asked(call)
    sent = _sent(call.body)
    given = loaded(ConfirmationNew(), sent.rest)
    address = address_within(call.uow, call.actor, call.path["address_id"], Permission.FACTS_WRITE)
    once(
        call.uow.address_confirmations,
        given["id"],
        lambda: case_records.confirm_address(call.uow, call.actor, address, given),
    )
    return _again(call, request, placement, sent, "confirmed")


@page("POST", f"{ONE}/addresses/<uuid:address_id>/office-call", needs=_WRITES, template="draft.html")
def record_office_call(call: Call) -> Any:
    """R8: the call to the office that asked whether an urban village was demolished."""
    request, placement = _asked(call)
    sent = _sent(call.body)
    told = loaded(DemolitionForm(), sent.rest)
    address = address_within(call.uow, call.actor, call.path["address_id"], Permission.REQUESTS_WRITE)
    once(
        call.uow.demolition_checks,
        told["id"],
        lambda: request_waivers.record_demolition_check(call.uow, call.actor, address, **told),
    )
    return _again(call, request, placement, sent, "called")


@page(
    "POST",
    "/desk/addresses/check",
    needs=[Permission.REQUESTS_WRITE, Permission.FACTS_WRITE],
    template="address_verdict.html",
    fields=TypedAddress,
    own_turn=True,
)
def check_typed_address(call: Call) -> dict[str, Any]:
    """R2, R3, R8: what is said of an address while it is being typed."""
    text = call.body["text"]
    locale = "en" if language() == "en" else "zh-CN"
    return {"verdict": check_typed(call.uow, call.house.addresses, text, locale) if text else None}


def _asked(call: Call) -> tuple[VisitRequest, Placement]:
    return request_within(call.uow, call.actor, call.path["request_id"], Permission.REQUESTS_WRITE)


def _sent(body: Mapping[str, Any]) -> _Sent:
    rest = {name: value for name, value in body.items() if not name.startswith(("choose.", "accept."))}
    if rest.pop("choosing", None) is None:
        return _Sent(None, None, rest)
    ids = [name.partition(".")[2] for name in body if name.startswith("choose.")]
    rows = [{"address_id": id_, "accept_normalized": f"accept.{id_}" in body} for id_ in ids]
    given = loaded(_CHOICE, {"addresses": rows, "note": rest.pop("note", "")})
    return _Sent([ChosenAddress(**one) for one in given["addresses"]], given["note"], rest)


def _saved(call: Call) -> tuple[VisitRequest, Placement, dict[str, Any]]:
    """The draft as it was sent, stored where it is another than on file."""
    request, placement = _asked(call)
    call.check_version(request.version)
    sent = _sent(call.body)
    chosen, note = sent.chosen, sent.note or ""
    if chosen is not None and not request_drafts.is_stored(call.uow, request, chosen, note):
        request = visit_requests.set_addresses(
            call.uow, call.house.addresses, request, placement, chosen, note
        )
    return request, placement, sent.rest


def _again(call: Call, request: VisitRequest, placement: Placement, sent: _Sent | None, done: str) -> Any:
    """The draft as it is now; a browser without scripts is led back to it."""
    if not is_part():
        return see_other(f"/desk/requests/{request.id}/edit")
    if not request_drafts.may_edit(request):
        raise problem(WRONG_STATE, state=request.state, verb_zh="修改", verb_en="be edited")
    return _shown(call, request, placement, sent) | {"done": done}


def _shown(call: Call, request: VisitRequest, placement: Placement, sent: _Sent | None) -> dict[str, Any]:
    chosen = None if sent is None else sent.chosen
    draft = request_drafts.written(call.uow, call.house.addresses, request, placement, chosen)
    return {
        "draft": draft,
        "request": request,
        "placement": placement,
        "note": request.note if sent is None or sent.note is None else sent.note,
        "kinds": list(AddressKind),
        "answers": list(DemolitionAnswer),
        "form_id": call.uow.new_id(),
        "ask_id": call.uow.new_id(),
        "now": call.uow.now,
        "done": None,
        **_told(draft.checks, request, [one.asked.address.id for one in draft.chosen]),
    }


def _told(checks: Any, request: VisitRequest, chosen: list[str]) -> dict[str, Any]:
    """The checks, whether it may be sent, and the exceptions that may be asked for."""
    return {
        "checks": checks,
        "request": request,
        "sendable": all(check.ok for check in checks),
        "exceptions": _exceptions(checks, chosen),
    }


def _exceptions(checks: list[ClauseCheck], chosen: list[str]) -> list[tuple[WaiverKind, int | None, str]]:
    """Kind, the place of its address in the request, and the value that the form sends."""
    found: list[tuple[WaiverKind, int | None, str]] = []
    for finding in (finding for check in checks for finding in check.findings):
        for kind in _KINDS_OF.get(finding.kind.code, ()):
            if kind in PER_ADDRESS:
                position = int((finding.field or "")[len("addresses[") : -1])
                found.append((kind, position, f"{kind.value}:{chosen[position]}"))
            else:
                found.append((kind, None, kind.value))
    return found
