"""Objections at the desk: filed from a line, read with what they would change, ruled on in one sitting (M2, M3).

Owns the forms. Refuses nothing of its own: what a ruling in part may name is refused with its clause.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from admin_ui.forms import led_to, see_other
from admin_ui.lists import href, next_page
from admin_ui.page import page
from api_schemas.desk import DisputeForm, DisputeList
from api_schemas.disputes import Sitting
from server.domain.access import Permission
from server.domain.credit import StatementState
from server.domain.disputes import RulingOutcome
from server.services import disputes, months, rulings
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call, loaded

LIST = "/desk/disputes"
_SITTING = Sitting()


@page(
    "GET",
    LIST,
    needs=[Permission.DISPUTES_READ],
    template="disputes.html",
    query=DisputeList,
    reads_personal=True,
    clauses=("M2", "M3"),
)
def dispute_list(call: Call) -> dict[str, Any]:
    """The objections to a month, the newest published one unless another is asked for."""
    published = months.months_within(call.uow, call.actor) if call.actor.may(Permission.CREDIT_READ) else []
    offered = list(dict.fromkeys(one.statement.month for one in published))
    month = call.query["month"] or (offered[0] if offered else None)
    found: Any = None
    if month is not None:
        request = PageRequest(call.query["limit"], call.query.get("after"))
        found = disputes.page(call.uow, call.actor, month, request)
    items = [] if found is None else found.items
    cases = call.uow.placements.by_ids(one.dispute.placement_id for one in items)
    waiting = [one for one in items if one.ruling is None and one.withdrawal is None]
    rules = call.actor.may(Permission.STATEMENTS_RULE) and any(
        one.statement.month == month and one.statement.state is StatementState.PUBLISHED for one in published
    )
    return {
        "month": month,
        "items": items,
        "cases": cases,
        "waiting": waiting if rules else [],
        "next": None if found is None else next_page(LIST, found.next),
        "months": offered,
        "outcomes": list(RulingOutcome),
        "partly": rulings.offered_in_part(call.uow, [one.dispute for one in waiting] if rules else []),
    }


@page(
    "POST",
    "/desk/lines/<uuid:line_id>/disputes",
    needs=[Permission.DISPUTES_FILE],
    template=None,
    fields=DisputeForm,
)
def file_dispute(call: Call) -> Response:
    """M2: object to a line of a published month."""
    values = {"attachments": [], **call.body}
    shown = disputes.file_dispute(call.uow, call.actor, call.path["line_id"], values)
    return see_other(href(LIST, {"month": shown.month}))


@page("POST", "/desk/months/<month>/rulings", needs=[Permission.STATEMENTS_RULE], template=None)
def rule_month(call: Call) -> Response:
    """M3: rule on all open objections of the month in one sitting; it is final."""
    given = [
        {
            "dispute_id": id_,
            "outcome": value,
            "reasons": call.body.get(f"reasons.{id_}", ""),
            **(_in_part(call.body, id_) if value == RulingOutcome.PARTLY.value else {}),
        }
        for name, value in call.body.items()
        if (id_ := name.removeprefix("outcome.")) != name
    ]
    sitting = loaded(_SITTING, {"rulings": given})
    rulings.rule(call.uow, call.actor, call.path["month"], None, sitting["rulings"])
    return led_to(href(LIST, {"month": call.path["month"]}))


def _in_part(body: Mapping[str, str], dispute_id: str) -> dict[str, Any]:
    """The visit and the shares of a ruling in part; who has none is left out."""
    before = f"share.{dispute_id}."
    given = {
        name.removeprefix(before): value.strip() for name, value in body.items() if name.startswith(before)
    }
    return {
        "visit_id": body.get(f"visit.{dispute_id}") or None,
        "shares": [{"account_id": id_, "amount": amount} for id_, amount in given.items() if amount],
    }
