"""What the desk's forms of fines and incidents send (F4, F5, F7)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_load, validate

from api_schemas.base import Day, Id, Money, PageQuery, Strict, Text
from api_schemas.fines import FineQuery
from server.domain.incident_matrix import Consequence, FoundHow

_MONTH = validate.Regexp(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])\Z", error="must be a month YYYY-MM")


class FineLedger(FineQuery):
    """The ledger's tabs and chips."""


class FineForm(Strict):
    id = Id(required=True)
    account_id = Id(required=True)
    entry = Text(most=60, required=True)
    count = fields.Integer(load_default=1, validate=validate.Range(1, 1000))
    found_on = Day(required=True)
    note = Text(most=1000, required=True)


class VerificationForm(Strict):
    holds = fields.Boolean(required=True, truthy={"true"}, falsy={"false"})
    note = Text(most=1000, required=True)


class PaymentForm(Strict):
    amount = Money(positive=True, required=True)


class AddressErrorsForm(Strict):
    month = fields.String(required=True, validate=_MONTH)


class IncidentList(PageQuery):
    open = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class DecisionForm(Strict):
    """Without a `consequence` it is the one that the matrix proposes."""

    id = Id(required=True)
    account_id = Id(required=True)
    found = fields.Enum(FoundHow, by_value=True, required=True)
    at_fault = fields.Boolean(required=True, truthy={"true"}, falsy={"false"})
    pacified = fields.Boolean(required=True, truthy={"true"}, falsy={"false"})
    consequence = fields.Enum(Consequence, by_value=True, load_default=None)
    amount = Money(load_default=None)
    reasons = Text(most=2000, required=True)

    @pre_load
    def _as_typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """People write 100 for 100.00."""
        amount = data.get("amount")
        return data | {"amount": f"{amount}.00"} if amount and amount.isascii() and amount.isdigit() else data


class ClosingForm(Strict):
    note = Text(most=2000, required=True)
