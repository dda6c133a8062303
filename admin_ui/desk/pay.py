"""Pay at the desk: the own payslip with every line, those of the branch with targets and files (F1 to F3, F6).

Owns which months are offered. Refuses nothing of its own: who reads whose payslip, and until when a target is set, the
use cases say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import href, next_page
from admin_ui.months_offered import month_before, offered
from admin_ui.page import page
from admin_ui.telling import language
from api_schemas.desk_month import PayQuery, PayslipLines
from api_schemas.pay import TargetsNew
from server.domain.access import Permission, Scope
from server.domain.calendar import local_day
from server.domain.credit import month_of
from server.domain.pay import PartKind
from server.domain.pay_words import percent
from server.services import pay, pay_targets, payslip_files
from server.services.ports.tables import Language
from server.web.endpoint import Call, loaded

LIST = "/desk/pay"
_NEEDS = [Permission.PAY_READ]
_CLAUSES = ("F1", "F2", "F3", "A3", "A4", "F5", "F6", "F7")
_TARGETS = TargetsNew()
_FIELD = "target."
_AT_ONCE = 200  # lines of a payslip


@page("GET", LIST, needs=_NEEDS, template="pay.html", query=PayQuery, reads_personal=True, clauses=_CLAUSES)
def pay_list(call: Call) -> dict[str, Any]:
    """A month's payslips; who reaches the own one alone is shown it."""
    month = call.query["month"] or month_of(local_day(call.uow.now))
    if call.actor.scope_of(Permission.PAY_READ) is Scope.OWN:
        return _slip(call, month, call.actor.account_id, LIST)
    found = pay.read_payslips(call.uow, call.actor, month, None)
    slips = found.slips
    targets = {one.target.account_id: one for one in pay_targets.targets_within(call.uow, call.actor, month)}
    return {
        "month": month,
        "months": offered(local_day(call.uow.now), month),
        "found": found,
        "slips": slips,
        "targets": targets,
        "sets": call.actor.may(Permission.PAY_TARGETS),
        "own": call.actor.account_id,
        "before": month_before(month),
        "total": sum(one.pay.total_fen for one in slips),
        "without": sum(one.pay.target_fen is None for one in slips),
        "percent": percent,
        "address": lambda other: href(LIST, {"month": other}),
    }


@page(
    "GET",
    f"{LIST}/<month>/<uuid:account_id>",
    needs=_NEEDS,
    template="payslip.html",
    query=PayslipLines,
    reads_personal=True,
    clauses=_CLAUSES,
)
def show_payslip(call: Call) -> dict[str, Any]:
    """A payslip: its figures, why each is what it is, and the lines of the statement that it is made of."""
    month, account_id = call.path["month"], call.path["account_id"]
    return _slip(call, month, account_id, f"{LIST}/{month}/{account_id}")


def _slip(call: Call, month: str, account_id: str, path: str) -> dict[str, Any]:
    slip = pay.read_payslip(call.uow, call.actor, month, account_id)
    shown, last = _lines_behind(slip.parts, call.query["after"])
    return {
        "month": month,
        "months": offered(local_day(call.uow.now), month),
        "slip": slip,
        "parts": shown,
        "next": next_page(path, last),
        "moved_out": PartKind.MOVED_OUT,
        "several": call.actor.scope_of(Permission.PAY_READ) is not Scope.OWN,
        "percent": percent,
        "address": lambda other: f"{LIST}/{other}/{account_id}",
    }


def _lines_behind(
    parts: Sequence[pay.PayslipPart], after: str | None
) -> tuple[Sequence[pay.PayslipPart], str | None]:
    """So many behind that one, from the first where it is none of them any more; and the last where more follow."""
    begin = next((at for at, one in enumerate(parts, start=1) if _named(one) == after), 0)
    shown = parts[begin : begin + _AT_ONCE]
    return shown, _named(shown[-1]) if begin + _AT_ONCE < len(parts) else None


def _named(one: pay.PayslipPart) -> str:
    """A line may count for somebody, and what moved from it be a part of its own (A3)."""
    return f"{one.part.kind}.{one.line.id}"


@page("GET", f"{LIST}/<month>/<uuid:account_id>/print", needs=_NEEDS, template=None)
def print_payslip(call: Call) -> Response:
    """The payslip as PDF, to be signed."""
    month, account_id = call.path["month"], call.path["account_id"]
    return _sent(payslip_files.printed(call.house, call.uow, call.actor, month, account_id))


@page("GET", f"{LIST}/<month>/pay.csv", needs=_NEEDS, template=None)
def pay_csv(call: Call) -> Response:
    """Payslips within reach as CSV."""
    return _table(call, "csv")


@page("GET", f"{LIST}/<month>/pay.xlsx", needs=_NEEDS, template=None)
def pay_xlsx(call: Call) -> Response:
    """Payslips within reach as a workbook."""
    return _table(call, "xlsx")


@page("POST", f"{LIST}/<month>/targets", needs=[Permission.PAY_TARGETS], template=None)
def set_targets(call: Call) -> Response:
    """F1: the targets that were filled in; a field that was left empty sets none."""
    given = [
        {"account_id": name.removeprefix(_FIELD), "amount": _amount(value)}
        for name, value in call.body.items()
        if name.startswith(_FIELD)
    ]
    month = call.path["month"]
    pay_targets.set_targets(call.uow, call.actor, month, loaded(_TARGETS, {"targets": given})["targets"])
    return see_other(href(LIST, {"month": month}))


@page("POST", f"{LIST}/<month>/targets/copy", needs=[Permission.PAY_TARGETS], template=None)
def copy_targets(call: Call) -> Response:
    """F1: last month's targets for whoever has none yet."""
    pay_targets.copy_targets(call.uow, call.actor, call.path["month"])
    return see_other(href(LIST, {"month": call.path["month"]}))


def _amount(typed: str) -> str:
    """As people write it, 12,000 or 12000.5, with the decimals that the wire has."""
    whole, point, decimals = typed.replace(",", "").replace("，", "").strip().partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}" if point else f"{whole}.00"


def _table(call: Call, ending: str) -> Response:
    tongue: Language = "zh" if language() == "zh" else "en"
    return _sent(
        payslip_files.table_file(call.house, call.uow, call.actor, call.path["month"], None, ending, tongue)
    )


def _sent(file: payslip_files.PayFile) -> Response:
    response = Response(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
