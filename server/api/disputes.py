"""Routes of objections and rulings: filed by agents, ruled by a manager; no dispatcher has one (M2, M3)."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.base import PageQuery
from api_schemas.disputes import (
    DisputeList,
    DisputeNew,
    DisputePage,
    DisputeView,
    DisputeWithdrawal,
    Sitting,
)
from server.domain.access import Permission
from server.domain.credit import MONTH_UNREADABLE
from server.domain.dispute_withdrawals import DISPUTE_NOT_YOURS, DISPUTE_RULED, DISPUTE_WITHDRAWN
from server.domain.disputes import (
    COLLECTOR_MAY_NOT_OBJECT,
    DISPATCHER_NO_PARTY,
    LINE_NOT_OPEN_TO_OBJECTION,
    NO_SHARE_IN_LINE,
    NOTHING_TO_RULE,
    OBJECTIONS_OVER,
    RULING_MANAGER_ONLY,
    RULING_OWN_CREDIT,
    RULING_SHARES,
    RULING_TAKES_NO_SHARES,
    RULINGS_CONTRADICT,
    SITTING_INCOMPLETE,
)
from server.domain.months import MONTH_CLOSED, MONTH_NOT_PUBLISHED, OBJECTIONS_OPEN
from server.domain.problems import NOT_FOUND
from server.services import disputes, rulings
from server.services.disputes import DisputeShown
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "disputes", __name__, url_prefix="/api/v1", description="Objections and rulings (M2, M3)"
)


@endpoint(
    blueprint,
    "POST",
    "/statement-lines/<uuid:line_id>/disputes",
    needs=[Permission.DISPUTES_FILE],
    body=DisputeNew,
    answer=DisputeView,
    status=201,
    once=True,
    problems=[
        NOT_FOUND,
        DISPATCHER_NO_PARTY,
        OBJECTIONS_OVER,
        COLLECTOR_MAY_NOT_OBJECT,
        NO_SHARE_IN_LINE,
        LINE_NOT_OPEN_TO_OBJECTION,
    ],
)
def file_dispute(call: Call) -> DisputeShown:
    """M2: object to a line of a published month, with grounds, words and evidence; the manager is told."""
    return disputes.file_dispute(call.uow, call.actor, call.path["line_id"], call.body)


@endpoint(
    blueprint,
    "GET",
    "/statements/<month>/disputes",
    needs=[Permission.DISPUTES_READ],
    query=PageQuery,
    answer=DisputePage,
    reads_personal=True,
    problems=[MONTH_UNREADABLE],
)
def list_disputes(call: Call) -> Page[DisputeShown]:
    """The objections of a month: the own ones, and those within reach of a manager or QA."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return disputes.page(call.uow, call.actor, call.path["month"], request)


@endpoint(
    blueprint,
    "GET",
    "/disputes/<uuid:dispute_id>",
    needs=[Permission.DISPUTES_READ],
    answer=DisputeView,
    reads_personal=True,
    problems=[NOT_FOUND],
)
def show_dispute(call: Call) -> DisputeShown:
    """One objection: what it saw, what would change for whom if it is upheld, and its ruling."""
    return disputes.dispute_within(call.uow, call.actor, call.path["dispute_id"])


@endpoint(
    blueprint,
    "POST",
    "/disputes/<uuid:dispute_id>/withdrawal",
    needs=[Permission.DISPUTES_FILE],
    body=DisputeWithdrawal,
    answer=DisputeView,
    status=201,
    once=True,
    problems=[NOT_FOUND, DISPUTE_NOT_YOURS, DISPUTE_RULED, DISPUTE_WITHDRAWN],
)
def withdraw_dispute(call: Call) -> DisputeShown:
    """M2: take the own objection back before the manager's sitting; the line stays as it is."""
    return disputes.withdraw(call.uow, call.actor, call.path["dispute_id"], call.body)


@endpoint(
    blueprint,
    "POST",
    "/statements/<month>/rulings",
    needs=[Permission.STATEMENTS_RULE],
    body=Sitting,
    answer=DisputeList,
    status=201,
    problems=[
        NOT_FOUND,
        MONTH_UNREADABLE,
        MONTH_NOT_PUBLISHED,
        MONTH_CLOSED,
        OBJECTIONS_OPEN,
        RULING_MANAGER_ONLY,
        RULING_OWN_CREDIT,
        SITTING_INCOMPLETE,
        NOTHING_TO_RULE,
        RULING_SHARES,
        RULING_TAKES_NO_SHARES,
        RULINGS_CONTRADICT,
    ],
)
def rule_month(call: Call) -> dict[str, Any]:
    """M3: rule on all open objections of the month in one sitting, with reasons; it is final."""
    ruled = rulings.rule(
        call.uow, call.actor, call.path["month"], call.body["branch_id"], call.body["rulings"]
    )
    return {"items": ruled}
