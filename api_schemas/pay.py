"""The wire contract of targets and payslips (F1 to F3, F6)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, Instant, Money, Strict
from api_schemas.problems import Words
from server.domain.pay import PartKind, PayWarning

_MOST = 500


class TargetNew(Strict):
    account_id = Id(required=True)
    amount = Money(positive=True, required=True)


class TargetsNew(Strict):
    """All of them are set, or none where one is refused."""

    targets = fields.List(fields.Nested(TargetNew), required=True, validate=validate.Length(min=1, max=_MOST))


class TargetView(Strict):
    account_id = Id(required=True, attribute="target.account_id")
    name = fields.String(required=True)
    amount = Money(required=True, attribute="target.amount_fen")
    set_by = fields.String(required=True)
    set_at = Instant(required=True, attribute="target.set_at")


class TargetList(Strict):
    items = fields.List(fields.Nested(TargetView), required=True)


class PayslipQuery(Strict):
    """`branch_id`: of one branch alone."""

    branch_id = Id(load_default=None)


class PayslipFileQuery(PayslipQuery):
    """`language` is that of the headings and words."""

    language = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class PayslipView(Strict):
    """A month of a person's in figures. `completion` and `rate` are null without a target; `paid` is the commission
    after factor and veto; it is provisional until what it draws on is closed."""

    month = fields.String(required=True)
    account_id = Id(required=True, attribute="account.id")
    name = fields.String(required=True, attribute="account.display_name")
    branch_id = fields.String(required=True, allow_none=True, attribute="account.branch_id")
    edition = Day(required=True, attribute="edition.effective_from")
    provisional = fields.Boolean(required=True)
    target = Money(required=True, allow_none=True, attribute="pay.target_fen")
    achieved = Money(required=True, attribute="pay.achieved_fen")
    completion = fields.String(required=True, allow_none=True)
    rate = fields.String(required=True, allow_none=True, attribute="pay.rate")
    commission = Money(required=True, attribute="pay.commission_fen")
    factor = fields.String(required=True, attribute="pay.factor")
    vetoed = fields.Boolean(required=True, attribute="pay.vetoed")
    paid = Money(required=True, attribute="pay.paid_fen")
    base = Money(required=True, attribute="pay.base_fen")
    subsidy = Money(required=True, attribute="pay.subsidy_fen")
    rewards = Money(required=True, attribute="pay.rewards_fen")
    total = Money(required=True, attribute="pay.total_fen")
    overdue_fines = Money(required=True, attribute="pay.overdue_fines_fen")
    proposed_deduction = Money(required=True, attribute="pay.proposed_deduction_fen")
    warnings = fields.List(fields.Enum(PayWarning, by_value=True), required=True, attribute="pay.warnings")
    trace = fields.List(fields.Nested(Words), required=True)


class PayslipList(Strict):
    """`counted_at` is when the lines were added up, null where they were now; `behind` says that some have changed
    since, or may have."""

    items = fields.List(fields.Nested(PayslipView), required=True, attribute="slips")
    counted_at = Instant(required=True, allow_none=True)
    behind = fields.Boolean(required=True)


class PayslipPart(Strict):
    """What a line of the month's statement counts and earns for the person."""

    line_id = Id(required=True, attribute="line.id")
    kind = fields.Enum(PartKind, by_value=True, required=True, attribute="part.kind")
    words = fields.Nested(Words, required=True)
    case_number = fields.String(required=True, attribute="line.case_number")
    reference = fields.String(required=True, attribute="line.reference")
    paid_on = Day(required=True, attribute="line.paid_on")
    amount = Money(required=True, attribute="line.amount_fen")
    counted = Money(required=True, attribute="part.counted_fen")
    earned = Money(required=True, attribute="part.earned_fen")


class PayslipDetail(PayslipView):
    """With every line; what the lines earn, but those that moved out, adds up to the commission."""

    parts = fields.List(fields.Nested(PayslipPart), required=True)
