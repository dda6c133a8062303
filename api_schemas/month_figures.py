"""The wire contract of a month's figures (M6)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api_schemas.base import Id, Money, Strict


class Share(fields.Field[Any]):
    """A part of one as a decimal of four places, cut; null of nothing."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{int(value * 10_000) / 10_000:.4f}"


class Figures(Strict):
    """`met`: visits that met the debtor or a direct relative (C1); `reached`: that spoke with one of them, there or by
    telephone, or with another contact (C1 to C3). `metres` lead from stop to stop of a team's day, as the crow flies,
    without `unplaced` visits. `per_visit` and `per_kilometre` are what the month credits to visits, divided."""

    visits = fields.Integer(required=True)
    met = fields.Integer(required=True)
    met_share = Share(required=True, allow_none=True, metadata={"type": "string"})
    reached = fields.Integer(required=True)
    reached_share = Share(required=True, allow_none=True, metadata={"type": "string"})
    credited = Money(required=True, attribute="credited_fen")
    per_visit = Money(required=True, allow_none=True, attribute="fen_a_visit")
    metres = fields.Function(lambda one: round(one.metres), required=True, metadata={"type": "integer"})
    per_kilometre = Money(required=True, allow_none=True, attribute="fen_a_kilometre")
    unplaced = fields.Integer(required=True)


class AgentFigures(Strict):
    account_id = Id(required=True)
    name = fields.String(required=True)
    figures = fields.Nested(Figures, required=True)


class MonthFigures(Strict):
    """Of what is within reach; a visit counts for both who made it, a repayment by the own share."""

    month = fields.String(required=True)
    total = fields.Nested(Figures, required=True)
    agents = fields.List(fields.Nested(AgentFigures), required=True)
