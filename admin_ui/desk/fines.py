"""Fines at the desk: the ledger, what is entered by the catalogue, verified, handed over (F4, F5, R13).

Owns the forms. Refuses nothing of its own: who supervises what, and what is owed, the rules say.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Chip, Tab, href, next_page
from admin_ui.page import page
from admin_ui.words import WORDS
from api_schemas.desk_fines import AddressErrorsForm, FineForm, FineLedger, PaymentForm, VerificationForm
from server.domain.access import Permission
from server.domain.calendar import local_day
from server.domain.credit import month_of
from server.domain.fines import FineState
from server.services import fine_views, fines
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

LIST = "/desk/fines"
_WRITES = [Permission.FINES_WRITE]


@page(
    "GET",
    LIST,
    needs=[Permission.FINES_READ],
    template="fines.html",
    query=FineLedger,
    reads_personal=True,
    clauses=("F4", "F5", "R13"),
)
def fine_list(call: Call) -> dict[str, Any]:
    """The own fines, or those of a team or a branch, with what is owed today."""
    asked = call.query
    request = PageRequest(asked["limit"], asked.get("after"))
    found = fine_views.fines_page(call.uow, call.actor, request, month=asked["month"], state=asked["state"])
    today = local_day(call.uow.now)
    edition = call.uow.policy.in_force_on(today)
    writes = call.actor.may(Permission.FINES_WRITE)
    month = {"month": asked["month"]}
    return {
        "items": fine_views.fines_shown(call.uow, found.items),
        "next": next_page(LIST, found.next),
        "tabs": [
            Tab("fine_tab.all", href(LIST, month), None, asked["state"] is None),
            *(
                Tab(
                    f"FineState.{one.value}",
                    href(LIST, month | {"state": one.value}),
                    None,
                    asked["state"] is one,
                )
                for one in FineState
            ),
        ],
        "chips": [Chip("month.month", asked["month"], href(LIST, _state(asked)))] if asked["month"] else [],
        "writes": writes,
        "people": fine_views.people_within(call.uow, call.actor, Permission.FINES_WRITE) if writes else [],
        "catalogue": edition.fine_catalogue,
        "error_fen": edition.address_error_fine,
        "free_errors": edition.free_address_errors,
        "known": WORDS,
        "own": call.actor.account_id,
        "today": today,
        "month": month_of(today),
        "form_id": call.uow.new_id(),
        "FineState": FineState,
    }


@page("POST", LIST, needs=_WRITES, template=None, fields=FineForm)
def enter_fine(call: Call) -> Response:
    """F4: what was found, by the catalogue; the same form sent again is the same fine."""
    if call.uow.fines.get(call.body["id"]) is None:
        fines.enter(call.uow, call.actor, call.body)
    return see_other(href(LIST, {"state": FineState.FOUND.value}))


@page("POST", f"{LIST}/address-errors", needs=_WRITES, template=None, fields=AddressErrorsForm)
def enter_address_errors(call: Call) -> Response:
    """R13: what the wrong addresses of a month cost."""
    fines.enter_address_errors(call.uow, call.actor, call.body["month"])
    return see_other(href(LIST, {"month": call.body["month"]}))


@page("POST", f"{LIST}/<uuid:fine_id>/verification", needs=_WRITES, template=None, fields=VerificationForm)
def verify_fine(call: Call) -> Response:
    """F5: it holds, is due today and told; or it is dropped."""
    fines.verify(call.uow, call.actor, call.path["fine_id"], call.body)
    return see_other(LIST)


@page("POST", f"{LIST}/<uuid:fine_id>/payment", needs=_WRITES, template=None, fields=PaymentForm)
def receive_fine(call: Call) -> Response:
    """F5: it was handed over."""
    fines.receive(call.uow, call.actor, call.path["fine_id"], call.body["amount"])
    return see_other(LIST)


def _state(asked: dict[str, Any]) -> dict[str, Any]:
    return {"state": None if asked["state"] is None else asked["state"].value}
