"""What the forms of a case send: the API's records as a browser writes them (R11, V13, V18, V19, W6, X7; C3, C5)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_load, validate

from api_schemas.base import Day, Id, Money, Strict, Text
from api_schemas.visit_inputs import Telephone
from api_schemas.wall_clock import WallClock
from server.domain.placements import AddressKind, Direction, PhoneOwner

_YES_NO: dict[str, Any] = {"truthy": {"true"}, "falsy": {"false"}}


class PromiseForm(Strict):
    """R11: an amount as people write it, 500 or 500.00."""

    id = Id(required=True)
    made_on = Day(required=True)
    due_on = Day(required=True)
    amount_fen = Money(required=True, positive=True, data_key="amount")
    by_phone = fields.Boolean(load_default=False, **_YES_NO)
    judged_able = fields.Boolean(load_default=False, **_YES_NO)

    @pre_load
    def _as_typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        amount = data.get("amount")
        return data | {"amount": f"{amount}.00"} if amount and amount.isascii() and amount.isdigit() else data


class ReferralForm(Strict):
    """W6: explained where it comes early."""

    id = Id(required=True)
    referred_on = Day(required=True)
    early_explanation = Text(most=1000, load_default=None)


class CallForm(Strict):
    """V18: one call."""

    id = Id(required=True)
    phone_id = Id(required=True)
    at = WallClock(required=True)
    answered = fields.Boolean(required=True, **_YES_NO)
    direction = fields.Enum(Direction, by_value=True, required=True)
    seconds = fields.Integer(load_default=0, validate=validate.Range(0, 86_400))


class PhoneForm(Strict):
    id = Id(required=True)
    number = Telephone(required=True)
    owner = fields.Enum(PhoneOwner, by_value=True, required=True)
    owner_name = Text(most=60, least=0, load_default="")
    relation = Text(most=60, least=0, load_default="")
    emergency_contact = fields.Boolean(load_default=False, **_YES_NO)


class CaseAddressForm(Strict):
    id = Id(required=True)
    kind = fields.Enum(AddressKind, by_value=True, required=True)
    text = Text(most=300, required=True)


class RestorationForm(Strict):
    """X7: found again by own search."""

    id = Id(required=True)
    restored_on = Day(required=True)
    how = Text(most=500, required=True)


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


class RetentionForm(Strict):
    until = Day(required=True)


class RecallForm(Strict):
    recall_on = Day(required=True)
    reason = Text(most=1000, required=True)


class CollectorForm(Strict):
    collector_id = Id(required=True)
    reason = Text(most=1000, required=True)
