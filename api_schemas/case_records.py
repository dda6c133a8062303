"""The wire contract of records of a case by form. Each has an id made by whoever sends it, so that a repeat is none."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api_schemas.base import Day, Id, Instant, Money, Strict, Text
from api_schemas.visit_inputs import Telephone
from server.domain.placements import AddressKind, Direction, HoldReason, PhoneOwner


def _flag(**options: Any) -> fields.Boolean:
    """True or false, and nothing that merely looks like it."""
    return fields.Boolean(truthy={True}, falsy={False}, **options)


class AddressNew(Strict):
    id = Id(required=True)
    kind = fields.Enum(AddressKind, by_value=True, required=True)
    text = Text(most=300, required=True)


class AddressCorrection(Strict):
    text = Text(most=300, required=True)


class ConfirmationNew(Strict):
    """R6: who confirmed the address, when, how."""

    id = Id(required=True)
    confirmed_by = Text(most=100, required=True)
    confirmed_on = Day(required=True)
    how = Text(most=200, required=True)


class PhoneNew(Strict):
    id = Id(required=True)
    number = Telephone(required=True)
    owner = fields.Enum(PhoneOwner, by_value=True, required=True)
    owner_name = Text(most=60, least=0, load_default="")
    relation = Text(most=60, least=0, load_default="")
    emergency_contact = _flag(load_default=False)


class PromiseNew(Strict):
    """R11: it counts when it was made by phone and judged able."""

    id = Id(required=True)
    made_on = Day(required=True)
    due_on = Day(required=True)
    amount_fen = Money(required=True, positive=True, data_key="amount")
    by_phone = _flag(required=True)
    judged_able = _flag(required=True)


class ReferralNew(Strict):
    """W6: `early_explanation` for a referral within the waiting days after a visit; a dispatcher accepts it."""

    id = Id(required=True)
    referred_on = Day(required=True)
    early_explanation = Text(most=1000, load_default=None, allow_none=True)


class CaseCallNew(Strict):
    """V18: one call, one record."""

    id = Id(required=True)
    phone_id = Id(required=True)
    at = Instant(required=True)
    answered = _flag(required=True)
    direction = fields.Enum(Direction, by_value=True, load_default=Direction.OUT)
    seconds = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 86_400))


class RestorationNew(Strict):
    """X7: the collector found the lost debtor again by own search."""

    id = Id(required=True)
    restored_on = Day(required=True)
    how = Text(most=500, required=True)


class HoldNew(Strict):
    """V13: stop the case."""

    id = Id(required=True)
    reason = fields.Enum(
        HoldReason,
        by_value=True,
        required=True,
        validate=validate.OneOf([HoldReason.COMPLAINT, HoldReason.DO_NOT_CONTACT]),
    )
    note = Text(most=1000, least=0, load_default="")


class HoldLead(Strict):
    lead_id = Id(required=True)


class BlockNew(Strict):
    """V13: block a number on file (`phone_id`), any number (`number`), or the debtor as a person (neither)."""

    id = Id(required=True)
    placement_id = Id(required=True)
    phone_id = Id(load_default=None, allow_none=True)
    number = Telephone(load_default=None, allow_none=True)
    reason = Text(most=500, required=True)

    @validates_schema
    def _one_number(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("phone_id") is not None and data.get("number") is not None:
            raise ValidationError({"number": ["either a number on file or any other, not both"]})


class BlockView(Strict):
    id = Id(required=True)
    whole_person = fields.Function(lambda block: block.number is None, metadata={"type": "boolean"})
    reason = fields.String(required=True)
    placed_at = Instant(required=True)
    placed_by = fields.String(required=True, allow_none=True)
    lifted_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)
