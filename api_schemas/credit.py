"""The wire contract of credit: a case's lines with their why, the month's statement, its totals."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, Instant, Money, PageQuery, Strict
from api_schemas.problems import Words
from server.domain.credit import LineKind, StatementState
from server.domain.months import EvidenceLabel, MissingKind

_BASES = ("met", "phoned_on_site", "relayed", "letter_acknowledged", "letter_five_days")
_COMMISSIONS = ("normal", "to_visit", "none")


class CreditShare(Strict):
    account_id = Id(required=True)
    name = fields.String(required=True)
    amount = Money(required=True, attribute="fen")


CreditWindow = Strict.from_dict(
    {
        "from": Day(required=True, attribute="from_day"),
        "to": Day(required=True, attribute="to_day"),
        "extended": fields.Boolean(required=True),
    },
    name="CreditWindow",
)


class Sentences(Strict):
    """The same sentences in both languages."""

    zh = fields.List(fields.String(), required=True)
    en = fields.List(fields.String(), required=True)


class CreditRunView(Strict):
    """When and why the lines were computed, and by which editions of the policy."""

    id = Id(required=True)
    cause = fields.String(required=True)
    computed_at = Instant(required=True)
    editions = fields.List(fields.String(), required=True)


class ExplainedLine(Strict):
    """A repayment's line: who is credited, or why nobody is. `trace` is every clause that was asked of every visit."""

    id = Id(required=True, attribute="row.id")
    repayment_id = Id(required=True, attribute="row.repayment_id")
    month = fields.String(required=True, attribute="row.month")
    paid_on = Day(required=True, attribute="row.paid_on")
    amount = Money(required=True, attribute="row.amount_fen")
    visit_id = fields.String(required=True, allow_none=True, attribute="row.visit_id")
    nearest_visit_id = fields.String(required=True, allow_none=True, attribute="row.nearest_visit_id")
    basis = fields.String(
        required=True, allow_none=True, attribute="row.basis", metadata={"enum": [*_BASES, None]}
    )
    clause = fields.String(required=True)
    sentence = fields.String(required=True)
    window = fields.Nested(CreditWindow, required=True, allow_none=True, attribute="row.window")
    shares = fields.List(fields.Nested(CreditShare), required=True)
    collector_commission = fields.String(
        required=True, attribute="row.commission", metadata={"enum": [*_COMMISSIONS]}
    )
    reason = fields.String(required=True, allow_none=True, attribute="row.reason")
    why = fields.Nested(Sentences, required=True)
    trace = fields.Dict(keys=fields.String(), required=True, attribute="row.trace")


class PlacementCredit(Strict):
    """The current lines of a case, by day of payment; `run` is null while nothing was scored."""

    placement_id = Id(required=True)
    run = fields.Nested(CreditRunView, required=True, allow_none=True)
    items = fields.List(fields.Nested(ExplainedLine), required=True)
    next = fields.String(required=True, allow_none=True)


class _StatementChoice(Strict):
    """Which lines of the month. `agent`, `team`, `client` are ids; `all` adds the cases that nobody visited."""

    agent = Id(load_default=None)
    team = Id(load_default=None)
    client = Id(load_default=None)
    credited = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})
    all = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class StatementQuery(PageQuery, _StatementChoice):
    """A page of a month's statement."""


class StatementFileQuery(_StatementChoice):
    """A file of a month's statement; `language` is that of the headings and words."""

    language = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class MissingItem(Strict):
    """What is missing from the evidence of a visit; `item_id` is that of the evidence or the letter that lacks it."""

    kind = fields.Enum(MissingKind, by_value=True, required=True)
    item_id = fields.String(required=True, allow_none=True)


class StatementLine(Strict):
    """A line of the month: the repayment, the visit that it is credited to or the nearest one, clause, window, shares.

    The debtor's name is masked; `photos` and `recordings` are the evidence of the visit named in `nearest_visit_id`.
    The evidence label never changes a line; a line of another kind than `computed` adjusts the one that it names.
    """

    id = Id(required=True, attribute="line.id")
    placement_id = Id(required=True, attribute="line.placement_id")
    case_number = fields.String(required=True, attribute="line.case_number")
    debtor = fields.String(required=True)
    client_id = Id(required=True, attribute="line.client_id")
    client = fields.String(required=True, attribute="line.client_name")
    collector_id = Id(required=True, attribute="line.collector_id")
    collector = fields.String(required=True)
    team_id = fields.String(required=True, allow_none=True, attribute="line.team_id")
    team = fields.String(required=True, allow_none=True)
    repayment_id = Id(required=True, attribute="line.repayment_id")
    reference = fields.String(required=True, attribute="line.reference")
    paid_on = Day(required=True, attribute="line.paid_on")
    paid_at = Instant(required=True, allow_none=True, attribute="line.paid_at")
    amount = Money(required=True, attribute="line.amount_fen")
    reverses_id = fields.String(required=True, allow_none=True, attribute="line.reverses_id")
    visit_id = fields.String(required=True, allow_none=True, attribute="line.visit_id")
    nearest_visit_id = fields.String(required=True, allow_none=True, attribute="line.nearest_visit_id")
    visited_at = Instant(required=True, allow_none=True, attribute="line.visited_at")
    basis = fields.String(required=True, allow_none=True, attribute="line.basis")
    clause = fields.String(required=True)
    window = fields.Nested(CreditWindow, required=True, allow_none=True, attribute="line.window")
    shares = fields.List(fields.Nested(CreditShare), required=True)
    collector_commission = fields.String(required=True, attribute="line.commission")
    reason = fields.String(required=True, allow_none=True, attribute="line.reason")
    why = fields.Nested(Words, required=True)
    kind = fields.Enum(LineKind, by_value=True, required=True, attribute="line.kind")
    corrects_id = fields.String(required=True, allow_none=True, attribute="line.corrects_id")
    evidence_label = fields.Enum(EvidenceLabel, by_value=True, required=True, attribute="proof.label")
    evidence_missing = fields.List(fields.Nested(MissingItem), required=True, attribute="proof.missing")
    evidence_due_on = Day(required=True, allow_none=True, attribute="proof.due_on")
    photos = fields.Integer(required=True, attribute="evidence.photos")
    recordings = fields.Integer(required=True, attribute="evidence.recordings")


class Statement(Strict):
    """M1: a month's lines, by day of payment. Its facts freeze when `state` is no longer draft."""

    month = fields.String(required=True)
    state = fields.Enum(StatementState, by_value=True, required=True)
    items = fields.List(fields.Nested(StatementLine), required=True)
    next = fields.String(required=True, allow_none=True)


class CreditSum(Strict):
    count = fields.Integer(required=True)
    amount = Money(required=True, attribute="fen")


class AgentTotal(Strict):
    """The credited shares of one agent."""

    account_id = Id(required=True)
    name = fields.String(required=True)
    lines = fields.Integer(required=True)
    amount = Money(required=True, attribute="fen")


class GroupTotal(Strict):
    """The lines of one client or one team of collectors; null for collectors without a team."""

    id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    credited = fields.Nested(CreditSum, required=True)
    not_credited = fields.Nested(CreditSum, required=True)
    not_visited = fields.Nested(CreditSum, required=True)


class StatementTotals(Strict):
    """The month in sums: `repayments` as the client reported them, `lines` as they were scored, and the difference.

    The difference is 0.00 once `unscored` is 0; `late` repayments came after the publication and are adjusted in a
    later month. Lines and `adjustments` are credited, not credited, or of cases that nobody visited.
    """

    month = fields.String(required=True)
    state = fields.Enum(StatementState, by_value=True, required=True)
    repayments = fields.Nested(CreditSum, required=True)
    unscored = fields.Integer(required=True)
    lines = fields.Nested(CreditSum, required=True)
    late = fields.Nested(CreditSum, required=True)
    difference = Money(required=True, attribute="difference_fen")
    adjustments = fields.Nested(CreditSum, required=True)
    credited = fields.Nested(CreditSum, required=True)
    not_credited = fields.Nested(CreditSum, required=True)
    not_visited = fields.Nested(CreditSum, required=True)
    agents = fields.List(fields.Nested(AgentTotal), required=True)
    teams = fields.List(fields.Nested(GroupTotal), required=True)
    clients = fields.List(fields.Nested(GroupTotal), required=True)
