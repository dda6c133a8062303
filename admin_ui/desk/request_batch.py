"""Many requests decided on at once, each with its own decision and reason, each with its own outcome (R12, R13)."""

from __future__ import annotations

from typing import Any

from admin_ui.desk.requests import LIST
from admin_ui.page import page
from api_schemas.requests import MOST_DECISIONS, DecisionList
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.requests import RequestState
from server.services import request_decisions
from server.services.ids import UUID_PATTERN
from server.services.request_decisions import AskedDecision, Decision
from server.services.request_views import show_requests
from server.services.scopes import requests_within
from server.web.endpoint import Call, loaded

BATCH = f"{LIST}/batch"
_LIST = DecisionList()


@page(
    "GET",
    BATCH,
    needs=[Permission.REQUESTS_DECIDE],
    template="request_batch.html",
    reads_personal=True,
    clauses=("R12", "R13"),
)
def request_batch(call: Call) -> dict[str, Any]:
    """The ticked requests, each with its decision and reason."""
    asked = [name for name in call.query if UUID_PATTERN.fullmatch(name)][:MOST_DECISIONS]
    found = requests_within(call.uow, call.actor, asked, Permission.REQUESTS_DECIDE)
    waiting = [request for request in found if request.state is RequestState.FILED]
    call.uow.audit(
        AuditEntry("visit_request.listed", "visit_request", None, {"ids": [one.id for one in waiting]})
    )
    return {"rows": show_requests(call.uow, waiting), "left_out": len(asked) - len(waiting)}


@page("POST", BATCH, needs=[Permission.REQUESTS_DECIDE], template="request_outcomes.html")
def decide_batch(call: Call) -> dict[str, Any]:
    """Decide on them; one that is refused does not stop the others."""
    given = loaded(_LIST, {"decisions": _decisions(call.body)})["decisions"]
    asked = [
        AskedDecision(**(one | {"decision": Decision(one["decision"]), "reason": one["reason"] or ""}))
        for one in given
    ]
    outcomes = request_decisions.decide_many(call.uow, call.house.addresses, call.actor, asked)
    ids = [one.request_id for one in outcomes]
    shown = {
        row.request.id: row
        for row in show_requests(
            call.uow, requests_within(call.uow, call.actor, ids, Permission.REQUESTS_DECIDE)
        )
    }
    return {"outcomes": outcomes, "shown": shown, "done": sum(one.refused is None for one in outcomes)}


def _decisions(sent: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of each row; a row without a decision is left as it is."""
    rows: list[dict[str, Any]] = []
    for name, value in sent.items():
        kind, _, id_ = name.partition(".")
        if kind != "decision":
            continue
        row: dict[str, Any] = {"request_id": id_, "decision": value}
        version = sent.get(f"version.{id_}", "")
        row["version"] = int(version) if version.isascii() and version.isdigit() else version
        if value != "accept" and f"reason.{id_}" in sent:
            row["reason"] = sent[f"reason.{id_}"]
        rows.append(row)
    return rows
