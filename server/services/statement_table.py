"""The month's statement as a table for files: its columns, and a line's cells in the reader's language."""

from __future__ import annotations

from decimal import Decimal

from server.domain.credit import LineKind, month_of
from server.domain.money import format_fen
from server.domain.months import EvidenceLabel, MissingKind
from server.services.ports.tables import Column, ColumnKind, Language, Value
from server.services.statements import ToldLine

COLUMNS = (
    Column("month", "月份", "month"),
    Column("paid_on", "回款日", "paid on", ColumnKind.DAY),
    Column("case_number", "案件编号", "case number"),
    Column("debtor", "借款人", "debtor"),
    Column("client", "委托方", "client"),
    Column("collector", "法务", "collector"),
    Column("team", "法务组", "team"),
    Column("reference", "回款流水号", "repayment reference"),
    Column("amount", "回款金额", "amount", ColumnKind.MONEY),
    Column("credited", "是否计入", "credited"),
    Column("clause", "条款", "clause"),
    Column("why", "理由", "reason"),
    Column("visited_at", "外访时间", "visited at", ColumnKind.INSTANT),
    Column("window_from", "有效期起", "window from", ColumnKind.DAY),
    Column("window_to", "有效期止", "window to", ColumnKind.DAY),
    Column("extended", "是否延至委案期末", "extended"),
    Column("shares", "外访业绩", "shares"),
    Column("commission", "法务提成", "collector's commission"),
    Column("photos", "照片", "photos", ColumnKind.INTEGER),
    Column("recordings", "录音", "recordings", ColumnKind.INTEGER),
    Column("visit_id", "外访编号", "visit id"),
    Column("repayment_id", "回款编号", "repayment id"),
    Column("line_id", "明细编号", "line id"),
    Column("kind", "类别", "kind"),
    Column("corrects_id", "所更正明细", "corrects line"),
    Column("evidence", "证据状态", "evidence"),
    Column("missing", "待补证据", "missing"),
)

_YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}
_COMMISSIONS = {
    "normal": {"zh": "照常", "en": "normal"},
    "to_visit": {"zh": "归外访", "en": "to the visit"},
    "none": {"zh": "无", "en": "none"},
}
_KINDS = {
    LineKind.COMPUTED: {"zh": "核算", "en": "computed"},
    LineKind.LATE: {"zh": "迟报", "en": "late"},
    LineKind.COUNTER: {"zh": "冲销", "en": "counter"},
    LineKind.REBOOKED: {"zh": "更正", "en": "rebooked"},
    LineKind.RULED: {"zh": "裁决", "en": "ruled"},
}
_LABELS = {
    EvidenceLabel.PROVISIONAL: {"zh": "暂定", "en": "provisional"},
    EvidenceLabel.HELD: {"zh": "待补", "en": "held"},
    EvidenceLabel.CONFIRMED: {"zh": "确认", "en": "confirmed"},
}
_MISSING = {
    MissingKind.PHOTO: {"zh": "照片", "en": "photo"},
    MissingKind.RECORDING: {"zh": "录音", "en": "recording"},
    MissingKind.COUNTERSIGNATURE: {"zh": "IT 会签", "en": "countersignature"},
    MissingKind.COUNTERFOIL: {"zh": "留存联", "en": "counterfoil"},
    MissingKind.WHOLE_BYTES: {"zh": "完整文件", "en": "whole file"},
}


def cells(told: ToldLine, language: Language) -> list[Value]:
    """A line's cells in the order of `COLUMNS`."""
    line = told.line
    yes, no = _YES_NO[language]
    separator = "；" if language == "zh" else "; "
    return [
        month_of(line.paid_on),
        line.paid_on,
        line.case_number,
        told.debtor,
        line.client_name,
        told.collector,
        told.team,
        line.reference,
        Decimal(line.amount_fen) / 100,
        yes if line.visit_id is not None else no,
        told.clause,
        told.why[language],
        line.visited_at,
        line.window_from,
        line.window_to,
        None if line.visit_id is None else yes if line.extended else no,
        separator.join(f"{share.name} {format_fen(share.fen)}" for share in told.shares),
        _COMMISSIONS[line.commission][language],
        told.evidence.photos,
        told.evidence.recordings,
        line.nearest_visit_id,
        line.repayment_id,
        line.id,
        _KINDS[line.kind][language],
        line.corrects_id,
        _LABELS[told.proof.label][language],
        separator.join(_MISSING[one.kind][language] for one in told.proof.missing),
    ]
