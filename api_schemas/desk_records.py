"""What the forms of a case send: the API's records as a browser writes them (R11, V13, V18, V19, W6, X7; C3, C5)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_load, validate

from api_schemas.base import Day, Id, Strict, Text
from api_schemas.case_records import PhoneNew, PromiseNew
from api_schemas.wall_clock import WallClock
from server.domain.placements import Direction

_YES_NO: dict[str, Any] = {"truthy": {"true"}, "falsy": {"false"}}


class PromiseForm(PromiseNew):
    """R11: an amount as people write it, 500 or 500.00."""

    by_phone = fields.Boolean(load_default=False, **_YES_NO)
    judged_able = fields.Boolean(load_default=False, **_YES_NO)

    @pre_load
    def _as_typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        amount = data.get("amount")
        return data | {"amount": f"{amount}.00"} if amount and amount.isascii() and amount.isdigit() else data


class CallForm(Strict):
    """V18: one call."""

    id = Id(required=True)
    phone_id = Id(required=True)
    at = WallClock(required=True)
    answered = fields.Boolean(required=True, **_YES_NO)
    direction = fields.Enum(Direction, by_value=True, required=True)
    seconds = fields.Integer(load_default=0, validate=validate.Range(0, 86_400))


class PhoneForm(PhoneNew):
    emergency_contact = fields.Boolean(load_default=False, **_YES_NO)


class BlockForm(Strict):
    """V13: the number on file that may not be called any more, or without one the debtor as a person."""

    id = Id(required=True)
    phone_id = Id(load_default=None)
    reason = Text(most=500, required=True)


class RelayForm(Strict):
    """C3: the day on which the message reached the debtor."""

    on = Day(required=True)


class AcknowledgementForm(Strict):
    """C5: who called back, and on which day."""

    on = Day(required=True)
    by = Text(most=60, required=True)
