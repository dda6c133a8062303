"""Routes of visit requests: what their authors do, what everybody concerned reads (R1 to R8, R11, A4)."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.requests import (
    AddressChoice,
    CheckAnswer,
    CountQuery,
    VisitRequestCounts,
    VisitRequestDetail,
    VisitRequestNew,
    VisitRequestPage,
    VisitRequestQuery,
    VisitRequestView,
)
from server.domain.access import Permission, reach
from server.domain.audit import AuditEntry
from server.domain.placements import Placement
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.domain.request_problems import NOT_OF_DEBTOR, RECALL_TOO_NEAR
from server.domain.request_rules import ClauseCheck
from server.domain.requests import VisitRequest
from server.services import visit_requests
from server.services.ports.paging import Page, PageRequest
from server.services.ports.requests import RequestFilter
from server.services.request_views import (
    ShownRequest,
    request_detail,
    show_request,
    show_requests,
)
from server.services.scopes import request_within
from server.web.endpoint import Call, endpoint
from server.web.problems import told

blueprint = Blueprint(
    "visit_requests", __name__, url_prefix="/api/v1", description="Visit requests (R1 to R8, R11, A4)"
)


@endpoint(
    blueprint,
    "GET",
    "/visit-requests",
    needs=[Permission.REQUESTS_READ],
    query=VisitRequestQuery,
    answer=VisitRequestPage,
    reads_personal=True,
)
def list_requests(call: Call) -> Page[ShownRequest]:
    """Requests of cases within reach, newest first."""
    asked = {name: value for name, value in call.query.items() if name not in ("after", "limit")}
    page = call.uow.visit_requests.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.REQUESTS_READ),
        RequestFilter(**asked),
    )
    ids = [request.id for request in page.items]
    call.uow.audit(AuditEntry("visit_request.listed", "visit_request", None, {"ids": ids}))
    return Page(show_requests(call.uow, page.items), page.next)


@endpoint(
    blueprint,
    "GET",
    "/visit-requests/counts",
    needs=[Permission.REQUESTS_READ],
    query=CountQuery,
    answer=VisitRequestCounts,
)
def count_requests(call: Call) -> dict[str, Any]:
    """How many requests within reach there are in each state."""
    counts = call.uow.visit_requests.counts(
        reach(call.actor, Permission.REQUESTS_READ), RequestFilter(**call.query)
    )
    return {"states": [{"state": state, "count": count} for state, count in sorted(counts.items())]}


@endpoint(
    blueprint,
    "POST",
    "/visit-requests",
    needs=[Permission.REQUESTS_WRITE],
    body=VisitRequestNew,
    answer=VisitRequestView,
    status=201,
    once=True,
    problems=[NOT_OF_DEBTOR, NOT_FOUND],
)
def open_draft(call: Call) -> ShownRequest:
    """Open a draft for one of one's cases; nothing is refused by the clauses before it is filed."""
    draft = visit_requests.open_draft(
        call.uow,
        call.house.addresses,
        call.actor,
        id=call.body["id"],
        placement_id=call.body["placement_id"],
        note=call.body["note"],
        chosen=_chosen(call),
    )
    return show_request(call.uow, draft)


@endpoint(
    blueprint,
    "GET",
    "/visit-requests/<uuid:request_id>",
    needs=[Permission.REQUESTS_READ],
    answer=VisitRequestDetail,
    reads_personal=True,
)
def read_request(call: Call) -> Any:
    """One request with the clauses as they stand, waivers, calls to offices, visits and history."""
    request, placement = _asked(call, Permission.REQUESTS_READ)
    call.uow.audit(AuditEntry("visit_request.read", "visit_request", request.id))
    detail = request_detail(call.uow, call.house.addresses, request, placement)
    call.headers["ETag"] = f'"{detail.version}"'
    return {
        "shown": detail.shown,
        "checks": _shown_checks(detail.checks),
        "waivers": detail.waivers,
        "demolition_checks": detail.demolition_checks,
        "visits": detail.visits,
        "history": detail.history,
    }


@endpoint(
    blueprint,
    "PUT",
    "/visit-requests/<uuid:request_id>/addresses",
    needs=[Permission.REQUESTS_WRITE],
    body=AddressChoice,
    answer=VisitRequestView,
    versioned=True,
    problems=[NOT_OF_DEBTOR, WRONG_STATE],
)
def set_addresses(call: Call) -> ShownRequest:
    """Choose the addresses of a draft or of a returned request, in order."""
    request, placement = _asked(call, Permission.REQUESTS_WRITE)
    call.check_version(request.version)
    edited = visit_requests.set_addresses(
        call.uow, call.house.addresses, request, placement, _chosen(call), call.body["note"]
    )
    return show_request(call.uow, edited)


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/<uuid:request_id>/check",
    needs=[Permission.REQUESTS_READ],
    answer=CheckAnswer,
)
def check_request(call: Call) -> dict[str, Any]:
    """Try without filing: what each clause says, what is fine beside what is not."""
    request, placement = _asked(call, Permission.REQUESTS_READ)
    checks = visit_requests.check(call.uow, call.house.addresses, request, placement)
    call.uow.audit(AuditEntry("visit_request.read", "visit_request", request.id))
    return {"may_be_filed": all(check.ok for check in checks), "checks": _shown_checks(checks)}


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/<uuid:request_id>/file",
    needs=[Permission.REQUESTS_WRITE],
    answer=VisitRequestView,
    versioned=True,
    problems=[RECALL_TOO_NEAR, WRONG_STATE],
)
def file_request(call: Call) -> ShownRequest:
    """File it: R1 to R8 and R11, each refusal with clause, fact and remedy."""
    request, placement = _asked(call, Permission.REQUESTS_WRITE)
    call.check_version(request.version)
    return show_request(call.uow, visit_requests.file(call.uow, call.house.addresses, request, placement))


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/<uuid:request_id>/withdraw",
    needs=[Permission.REQUESTS_WRITE],
    body=Reason,
    answer=VisitRequestView,
    problems=[WRONG_STATE],
)
def withdraw_request(call: Call) -> ShownRequest:
    """Take it back; an accepted one only while none of its visits stands on a plan or has begun."""
    request, placement = _asked(call, Permission.REQUESTS_WRITE)
    return show_request(call.uow, visit_requests.withdraw(call.uow, request, placement, call.body["reason"]))


@endpoint(
    blueprint,
    "POST",
    "/visit-requests/<uuid:request_id>/promising",
    needs=[Permission.REQUESTS_MARK_PROMISING],
    body=Reason,
    answer=VisitRequestView,
    problems=[WRONG_STATE],
)
def mark_promising(call: Call) -> ShownRequest:
    """A4: the telephone was likely to recover this case; its repayments are not the collector's from then on."""
    request, placement = _asked(call, Permission.REQUESTS_MARK_PROMISING)
    return show_request(
        call.uow,
        visit_requests.mark_promising(call.uow, call.actor, request, placement, call.body["reason"]),
    )


def _asked(call: Call, permission: Permission) -> tuple[VisitRequest, Placement]:
    return request_within(call.uow, call.actor, call.path["request_id"], permission)


def _chosen(call: Call) -> list[visit_requests.ChosenAddress]:
    return [visit_requests.ChosenAddress(**chosen) for chosen in call.body["addresses"]]


def _shown_checks(checks: list[ClauseCheck] | tuple[ClauseCheck, ...]) -> list[dict[str, Any]]:
    return [
        {
            "clause": check.clause,
            "sentence": check.sentence,
            "ok": check.ok,
            "findings": [told(finding) for finding in check.findings],
        }
        for check in checks
    ]
