"""The wire contract of a branch's month: its publication, its state, its deadlines (M1 to M4)."""

from __future__ import annotations

from marshmallow import fields

from api_schemas.base import Day, Id, Instant, Strict
from server.domain.credit import StatementState
from server.domain.months import MonthPhase


class OfBranch(Strict):
    """Which branch's month; the own one when none is named."""

    branch_id = Id(load_default=None, allow_none=True)


class MonthFile(Strict):
    """A file of a closed month: the same bytes for ever, with their digest."""

    id = Id(required=True)
    format = fields.String(required=True, metadata={"enum": ["csv", "xlsx", "json"]})
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    made_at = Instant(required=True)


class MonthView(Strict):
    """A month that was published. `phase` says what may happen now; both days are the last ones."""

    id = Id(required=True, attribute="statement.id")
    month = fields.String(required=True, attribute="statement.month")
    branch_id = Id(required=True, attribute="statement.branch_id")
    branch = fields.String(required=True)
    state = fields.Enum(StatementState, by_value=True, required=True, attribute="statement.state")
    phase = fields.Enum(MonthPhase, by_value=True, required=True)
    published_at = Instant(required=True, attribute="statement.published_at")
    published_by = fields.String(required=True, allow_none=True)
    published_late = fields.Boolean(required=True, attribute="statement.published_late")
    objections_until = Day(required=True, attribute="statement.objections_until")
    evidence_until = Day(required=True, attribute="statement.evidence_until")
    closed_at = Instant(required=True, allow_none=True, attribute="statement.closed_at")
    closed_by = fields.String(required=True, allow_none=True)
    files = fields.List(fields.Nested(MonthFile), required=True)
    version = fields.Integer(required=True, attribute="statement.version")


class MonthList(Strict):
    """Published months within reach, the newest first."""

    items = fields.List(fields.Nested(MonthView), required=True)
