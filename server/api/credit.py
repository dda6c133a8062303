"""Routes of credit: a case's lines with their why, the month's statement, its files and totals (A1 to A6, M1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import TemporaryFile
from typing import BinaryIO

from flask import Response
from flask_smorest import Blueprint

from api_schemas.base import PageQuery
from api_schemas.credit import (
    PlacementCredit,
    Statement,
    StatementFileQuery,
    StatementQuery,
    StatementTotals,
)
from api_schemas.month_figures import MonthFigures
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.credit import MONTH_UNREADABLE
from server.domain.problems import NOT_FOUND
from server.services import month_figures, placement_credit, statements
from server.services.ports.credit import StatementFilter
from server.services.ports.paging import PageRequest
from server.services.ports.tables import Value
from server.services.statement_table import COLUMNS, cells
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "credit",
    __name__,
    url_prefix="/api/v1",
    description="Which visit a repayment is credited to (A1 to A6, M1)",
)

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 64 << 10


@endpoint(
    blueprint,
    "GET",
    "/placements/<uuid:placement_id>/credit",
    needs=[Permission.CREDIT_READ],
    query=PageQuery,
    answer=PlacementCredit,
    reads_personal=True,
    problems=[NOT_FOUND],
)
def show_placement_credit(call: Call) -> placement_credit.PlacementCredit:
    """The current lines of a case: why this visit, why not another; for the case's own people and its visitors."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return placement_credit.read_placement_credit(call.uow, call.actor, call.path["placement_id"], request)


@endpoint(
    blueprint,
    "GET",
    "/statements/<month>",
    needs=[Permission.CREDIT_READ],
    query=StatementQuery,
    answer=Statement,
    reads_personal=True,
    problems=[MONTH_UNREADABLE],
)
def show_statement(call: Call) -> statements.StatementPage:
    """M1: every case visited and repaid, repayment by repayment, credited or not; agents see what they visited."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return statements.read_statement(call.uow, call.actor, request, _wanted(call))


@endpoint(
    blueprint,
    "GET",
    "/statements/<month>/totals",
    needs=[Permission.CREDIT_READ],
    answer=StatementTotals,
    problems=[MONTH_UNREADABLE],
)
def show_statement_totals(call: Call) -> statements.Totals:
    """The month in sums by agent, team and client, and whether repayments and lines agree to the fen."""
    return statements.read_totals(call.uow, call.actor, call.path["month"])


@endpoint(
    blueprint,
    "GET",
    "/statements/<month>/figures",
    needs=[Permission.CREDIT_READ],
    answer=MonthFigures,
    problems=[MONTH_UNREADABLE],
)
def show_month_figures(call: Call) -> month_figures.MonthFigures:
    """M6: the share of visits that met or reached someone, repayments a visit and a kilometre, by agent too."""
    return month_figures.read_figures(call.uow, call.actor, call.path["month"])


@endpoint(
    blueprint,
    "GET",
    "/statements/<month>.csv",
    needs=[Permission.STATEMENTS_EXPORT],
    query=StatementFileQuery,
    answer=None,
    produces=CSV,
    problems=[MONTH_UNREADABLE],
)
def export_statement_csv(call: Call) -> Response:
    """The month's lines as CSV, ids as text."""

    def fill(output: BinaryIO) -> None:
        for piece in call.house.tables.csv_pieces(COLUMNS, _rows(call), call.query["language"]):
            output.write(piece)

    return _file(call, fill, CSV)


@endpoint(
    blueprint,
    "GET",
    "/statements/<month>.xlsx",
    needs=[Permission.STATEMENTS_EXPORT],
    query=StatementFileQuery,
    answer=None,
    produces=XLSX,
    problems=[MONTH_UNREADABLE],
)
def export_statement_xlsx(call: Call) -> Response:
    """The month's lines as a workbook, ids as text."""

    def fill(output: BinaryIO) -> None:
        language, title = call.query["language"], call.path["month"]
        call.house.tables.write_xlsx(output, COLUMNS, _rows(call), language, title)

    return _file(call, fill, XLSX)


def _wanted(call: Call) -> StatementFilter:
    return StatementFilter(
        month=call.path["month"],
        agent_id=call.query["agent"],
        team_id=call.query["team"],
        client_id=call.query["client"],
        credited=call.query["credited"],
        everything=call.query["all"],
    )


def _rows(call: Call) -> Iterator[list[Value]]:
    lines = statements.exported_lines(call.uow, call.actor, _wanted(call))
    return (cells(told, call.query["language"]) for told in lines)


def _file(call: Call, fill: Callable[[BinaryIO], None], media_type: str) -> Response:
    """The finished file, as an attachment.

    Thousands of lines are read without the writer's turn; the audit line takes a turn of its own, and nothing is
    answered without it.
    """
    month = call.path["month"]
    ending = "csv" if media_type == CSV else "xlsx"
    output = TemporaryFile()  # noqa: SIM115 (closed with the answer, or below)
    try:
        fill(output)
        with call.house.units.write(call.actor.account_id) as uow:
            detail = {"month": month, "format": ending}
            uow.audit(AuditEntry("statement.exported", "statement", None, detail))
            uow.commit()
    except BaseException:
        output.close()
        raise
    output.seek(0)
    response = Response(_pieces(output), content_type=media_type)
    response.call_on_close(output.close)  # for an answer of which nothing is read
    response.headers["Content-Disposition"] = f'attachment; filename="statement-{month}.{ending}"'
    return response


def _pieces(output: BinaryIO) -> Iterator[bytes]:
    with output:
        yield from iter(lambda: output.read(_PIECE), b"")
