"""Routes of a branch's month: published by a dispatcher, closed by a manager; the files of closed ones (M1, M4)."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from api_schemas.months import MonthList, MonthView, OfBranch
from server.domain.access import Permission
from server.domain.credit import MONTH_UNREADABLE
from server.domain.evidence_problems import BYTES_MISSING
from server.domain.months import (
    MONTH_CLOSED,
    MONTH_NOT_OVER,
    MONTH_NOT_PUBLISHED,
    MONTH_NOT_SCORED,
    MONTH_OUT_OF_ORDER,
    MONTH_PUBLISHED,
    OBJECTIONS_OPEN,
)
from server.domain.problems import NOT_FOUND, RANGE_NOT_SATISFIABLE, STALE
from server.services import closing, months
from server.web.endpoint import Call, endpoint
from server.web.files import asked_part, file_response

blueprint = Blueprint(
    "months",
    __name__,
    url_prefix="/api/v1",
    description="The month: published, objected to, ruled, closed (M1 to M4)",
)


@endpoint(blueprint, "GET", "/statements", needs=[Permission.CREDIT_READ], answer=MonthList)
def list_months(call: Call) -> dict[str, Any]:
    """The months that were published, with who did what when, and what may happen to each now."""
    return {"items": months.months_within(call.uow, call.actor)}


@endpoint(
    blueprint,
    "POST",
    "/statements/<month>/publish",
    needs=[Permission.STATEMENTS_PUBLISH],
    body=OfBranch,
    answer=MonthView,
    status=201,
    problems=[
        NOT_FOUND,
        MONTH_UNREADABLE,
        MONTH_NOT_OVER,
        MONTH_OUT_OF_ORDER,
        MONTH_NOT_SCORED,
        MONTH_PUBLISHED,
    ],
)
def publish_month(call: Call) -> months.MonthShown:
    """M1: freeze last month's lines as they are and tell the agents, who may object from now on."""
    return months.publish(call.uow, call.actor, call.path["month"], call.body["branch_id"])


@endpoint(
    blueprint,
    "POST",
    "/statements/<month>/close",
    needs=[Permission.STATEMENTS_CLOSE],
    body=OfBranch,
    answer=MonthView,
    own_turn=True,
    problems=[
        NOT_FOUND,
        MONTH_UNREADABLE,
        MONTH_NOT_PUBLISHED,
        MONTH_CLOSED,
        OBJECTIONS_OPEN,
        STALE,
    ],
)
def close_month(call: Call) -> months.MonthShown:
    """M4: make and store the month's files; from then on it never changes, and what is learnt is adjusted later."""
    return closing.close(call.house, call.actor, call.path["month"], call.body["branch_id"])


@endpoint(
    blueprint,
    "GET",
    "/statement-files/<uuid:file_id>/content",
    needs=[Permission.STATEMENTS_EXPORT],
    answer=None,
    produces=[
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/json",
    ],
    also=[206],
    reads_personal=True,
    problems=[NOT_FOUND, BYTES_MISSING, RANGE_NOT_SATISFIABLE],
)
def read_statement_file(call: Call) -> Response:
    """A file of a closed month, byte for byte as it was made at closing; its ETag is the digest."""
    file, statement = closing.file_within(call.uow, call.actor, call.path["file_id"])
    part = asked_part(file.size, file.sha256)
    stream = closing.open_file(call.house, call.uow, file, part.start, part.stop)
    name = f"statement-{statement.month}.{file.format}"
    return file_response(stream, part, file.size, file.media_type, name, file.sha256)
