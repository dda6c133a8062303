"""Payslips as tables and as a page to print: a row an item, and the items of a person add up to the total.

Owns the columns, the words and the order. It refuses to compute: figures come from the payslip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from tempfile import TemporaryFile

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.money import shown_fen
from server.domain.pay import PartKind
from server.domain.pay_words import percent
from server.services.house import House
from server.services.pay import Payslip, PayslipPart, payslip_within, payslips_within
from server.services.ports.packs import PackReport, ReportTable, ReportVisit
from server.services.ports.tables import Column, ColumnKind, Language, Value
from server.services.ports.unit_of_work import UnitOfWork

COLUMNS = (
    Column("month", "月份", "month"),
    Column("account_id", "人员编号", "account id"),
    Column("name", "姓名", "name"),
    Column("item", "项目", "item"),
    Column("case_number", "案件编号", "case number"),
    Column("paid_on", "回款日", "paid on", ColumnKind.DAY),
    Column("reference", "回款流水号", "repayment reference"),
    Column("line_id", "明细编号", "line id"),
    Column("amount", "回款金额", "amount", ColumnKind.MONEY),
    Column("counted", "计入业绩", "counted", ColumnKind.MONEY),
    Column("rate", "提成比例", "rate"),
    Column("earned", "应发金额", "earned", ColumnKind.MONEY),
    Column("note", "说明", "note"),
)
_ITEMS = {
    "base": {"zh": "底薪", "en": "base"},
    "subsidy": {"zh": "攻坚补贴", "en": "subsidy"},
    "rewards": {"zh": "合规奖励", "en": "compliance rewards"},
    "compliance": {"zh": "合规调整", "en": "compliance"},
    "provisional": {"zh": "暂定", "en": "provisional"},
}


@dataclass(frozen=True, slots=True)
class PayFile:
    """A finished file: what it is called, its media type, its bytes. A branch's month of pay fits into memory."""

    name: str
    media_type: str
    content: bytes


CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


def table_file(
    house: House,
    uow: UnitOfWork,
    actor: Actor,
    month: str,
    branch_id: str | None,
    ending: str,
    language: Language,
) -> PayFile:
    """Payslips within reach as CSV or as a workbook: a row an item, ids as text."""
    rows = rows_of(payslips_within(uow, actor, month, branch_id), language)
    with TemporaryFile() as output:
        if ending == "csv":
            for piece in house.tables.csv_pieces(COLUMNS, rows, language):
                output.write(piece)
        else:
            house.tables.write_xlsx(output, COLUMNS, rows, language, month)
        output.seek(0)
        content = output.read()
    _exported(house, actor, month, ending, None)
    return PayFile(f"pay-{month}.{ending}", CSV if ending == "csv" else XLSX, content)


def printed(house: House, uow: UnitOfWork, actor: Actor, month: str, account_id: str) -> PayFile:
    """One person's payslip as PDF, to be signed."""
    report = report_of(payslip_within(uow, actor, month, account_id), uow.now)
    with TemporaryFile() as output:
        house.packs.write_report(output, report)
        output.seek(0)
        content = output.read()
    _exported(house, actor, month, "pdf", account_id)
    return PayFile(f"pay-{month}.pdf", PDF, content)


def _exported(house: House, actor: Actor, month: str, ending: str, account_id: str | None) -> None:
    """Files are made without the writer's turn; the audit line takes one of its own, and no file goes out without."""
    with house.units.write(actor.account_id) as uow:
        detail = {"month": month, "format": ending, "account_id": account_id}
        uow.audit(AuditEntry("payslip.exported", "payslip", None, detail))
        uow.commit()


def rows_of(slips: Iterable[Payslip], language: Language) -> Iterator[list[Value]]:
    """Base, subsidy, each line, and what compliance changes."""
    for slip in slips:
        pay = slip.pay
        yield _item(slip, "base", pay.base_fen, language)
        yield _item(slip, "subsidy", pay.subsidy_fen, language)
        if pay.rewards_fen:
            yield _item(slip, "rewards", pay.rewards_fen, language)
        for part in slip.parts:
            yield _line(slip, part, language)
        if pay.paid_fen != pay.commission_fen:
            yield _item(slip, "compliance", pay.paid_fen - pay.commission_fen, language)


def _item(slip: Payslip, item: str, fen: int, language: Language) -> list[Value]:
    nothing: list[Value] = [None] * 7
    return [*_who(slip), _ITEMS[item][language], *nothing, _yuan(fen), _note(slip, language)]


def _line(slip: Payslip, part: PayslipPart, language: Language) -> list[Value]:
    line, of = part.line, part.part
    earned = None if of.kind is PartKind.MOVED_OUT else of.earned_fen
    note = part.words[language]
    if of.kind is PartKind.MOVED_OUT:
        note = f"{note} {shown_fen(of.earned_fen)}"
    return [
        *_who(slip),
        _KINDS[of.kind][language],
        line.case_number,
        line.paid_on,
        line.reference,
        line.id,
        _yuan(line.amount_fen),
        _yuan(of.counted_fen),
        None if slip.pay.rate is None or of.kind is PartKind.MOVED_IN else percent(slip.pay.rate),
        None if earned is None else _yuan(earned),
        note,
    ]


_KINDS = {
    PartKind.AGENT: {"zh": "外访提成", "en": "visit commission"},
    PartKind.COLLECTOR: {"zh": "电催提成", "en": "desk commission"},
    PartKind.MOVED_OUT: {"zh": "转归外访员", "en": "moved to the team"},
    PartKind.MOVED_IN: {"zh": "法务转入", "en": "moved from the collector"},
}


def _who(slip: Payslip) -> list[Value]:
    return [slip.month, slip.account.id, slip.account.display_name]


def _note(slip: Payslip, language: Language) -> str | None:
    return _ITEMS["provisional"][language] if slip.provisional else None


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def report_of(slip: Payslip, made_at: datetime) -> PackReport:
    """The payslip to be printed and signed (zh-CN)."""
    pay = slip.pay
    facts = [
        ("姓名", slip.account.display_name),
        ("工号", slip.account.employee_number),
        ("状态", "暂定，相关月份尚未结账" if slip.provisional else "已结账"),
        *((f"{number}", words["zh"]) for number, words in enumerate(slip.trace, start=1)),
    ]
    table = ReportTable(
        "明细",
        ("项目", "案件编号", "回款日", "回款流水号", "计入业绩", "应发金额", "明细编号"),
        (14, 18, 12, 18, 12, 12, 26),
        [_cells(part) for part in slip.parts],
    )
    page = ReportVisit(f"{slip.month} 明细", (), [table], None, (), (), None)
    return PackReport(
        f"工资单 {slip.month}（应发 {shown_fen(pay.total_fen)}）",
        f"工资单 {slip.month} {slip.account.display_name}",
        made_at,
        facts,
        [page] if slip.parts else [],
        ("经理签字：______________　日期：__________", "本人签字：______________　日期：__________"),
    )


def _cells(part: PayslipPart) -> list[str]:
    line, of = part.line, part.part
    earned = shown_fen(of.earned_fen)
    return [
        _KINDS[of.kind]["zh"],
        line.case_number,
        line.paid_on.isoformat(),
        line.reference,
        shown_fen(of.counted_fen),
        f"（{earned}）" if of.kind is PartKind.MOVED_OUT else earned,
        line.id,
    ]
