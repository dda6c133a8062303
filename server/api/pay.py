"""Routes of pay: the targets of a month, payslips with every line, their files (F1 to F3, F6)."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from api_schemas.pay import (
    PayslipDetail,
    PayslipFileQuery,
    PayslipList,
    PayslipQuery,
    TargetList,
    TargetsNew,
)
from server.domain.access import Permission
from server.domain.credit import MONTH_UNREADABLE
from server.domain.pay_targets import TARGET_FROZEN, TARGET_OWN, TARGET_TWICE, TARGET_WITHOUT_POST
from server.domain.problems import NOT_FOUND
from server.services import pay, pay_targets, payslip_files
from server.services.payslip_files import CSV, PDF, XLSX
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "pay", __name__, url_prefix="/api/v1", description="Targets and payslips (F1 to F3, F6)"
)


@endpoint(
    blueprint,
    "GET",
    "/pay/<month>/targets",
    needs=[Permission.PAY_READ],
    answer=TargetList,
    problems=[MONTH_UNREADABLE],
)
def list_targets(call: Call) -> dict[str, Any]:
    """F1: the own target of the month, or those of the branch."""
    return {"items": pay_targets.targets_within(call.uow, call.actor, call.path["month"])}


@endpoint(
    blueprint,
    "POST",
    "/pay/<month>/targets",
    needs=[Permission.PAY_TARGETS],
    body=TargetsNew,
    answer=TargetList,
    problems=[MONTH_UNREADABLE, NOT_FOUND, TARGET_OWN, TARGET_WITHOUT_POST, TARGET_TWICE, TARGET_FROZEN],
)
def set_targets(call: Call) -> dict[str, Any]:
    """F1: set what people of the own branch are to reach, before the month is published."""
    return {"items": pay_targets.set_targets(call.uow, call.actor, call.path["month"], call.body["targets"])}


@endpoint(
    blueprint,
    "GET",
    "/pay/<month>/payslips",
    needs=[Permission.PAY_READ],
    query=PayslipQuery,
    answer=PayslipList,
    reads_personal=True,
    problems=[MONTH_UNREADABLE],
)
def list_payslips(call: Call) -> pay.MonthOfPayslips:
    """The own payslip, or those of everybody within reach, in figures."""
    return pay.read_payslips(call.uow, call.actor, call.path["month"], call.query["branch_id"])


@endpoint(
    blueprint,
    "GET",
    "/pay/<month>/payslips/<uuid:account_id>",
    needs=[Permission.PAY_READ],
    answer=PayslipDetail,
    reads_personal=True,
    problems=[NOT_FOUND, MONTH_UNREADABLE],
)
def show_payslip(call: Call) -> pay.Payslip:
    """A payslip with the lines of the statement that it is made of."""
    return pay.read_payslip(call.uow, call.actor, call.path["month"], call.path["account_id"])


@endpoint(
    blueprint,
    "GET",
    "/pay/<month>/payslips/<uuid:account_id>/print",
    needs=[Permission.PAY_READ],
    answer=None,
    produces=PDF,
    problems=[NOT_FOUND, MONTH_UNREADABLE],
)
def print_payslip(call: Call) -> Response:
    """The payslip as PDF, to be signed."""
    month, account_id = call.path["month"], call.path["account_id"]
    return _sent(payslip_files.printed(call.house, call.uow, call.actor, month, account_id))


@endpoint(
    blueprint,
    "GET",
    "/pay/<month>/payslips.csv",
    needs=[Permission.PAY_READ],
    query=PayslipFileQuery,
    answer=None,
    produces=CSV,
    problems=[MONTH_UNREADABLE],
)
def export_payslips_csv(call: Call) -> Response:
    """Payslips within reach as CSV: a row an item, ids as text."""
    return _table(call, "csv")


@endpoint(
    blueprint,
    "GET",
    "/pay/<month>/payslips.xlsx",
    needs=[Permission.PAY_READ],
    query=PayslipFileQuery,
    answer=None,
    produces=XLSX,
    problems=[MONTH_UNREADABLE],
)
def export_payslips_xlsx(call: Call) -> Response:
    """Payslips within reach as a workbook: a row an item, ids as text."""
    return _table(call, "xlsx")


def _table(call: Call, ending: str) -> Response:
    asked = call.query
    return _sent(
        payslip_files.table_file(
            call.house,
            call.uow,
            call.actor,
            call.path["month"],
            asked["branch_id"],
            ending,
            asked["language"],
        )
    )


def _sent(file: payslip_files.PayFile) -> Response:
    response = Response(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
