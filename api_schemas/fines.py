"""The wire contract of fines and of decisions on incidents (F4, F5, F7)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, Instant, Money, PageQuery, Strict, Text, page_of
from server.domain.fines import FineState
from server.domain.incident_matrix import Consequence, FoundHow

_MONTH = validate.Regexp(r"[0-9]{4}-(0[1-9]|1[0-2])\Z", error="must be a month YYYY-MM")


class FineNew(Strict):
    """`entry` is a code of the edition's catalogue, `count` how many pieces were found."""

    id = Id(required=True)
    account_id = Id(required=True)
    entry = Text(most=60, required=True)
    count = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, 1000))
    found_on = Day(required=True)
    note = Text(most=1000, required=True)


class FineVerification(Strict):
    id = Id(required=True)
    holds = fields.Boolean(required=True, truthy={True}, falsy={False})
    note = Text(most=1000, required=True)


class FinePayment(Strict):
    """What is owed on the day: double when it is overdue."""

    id = Id(required=True)
    amount = Money(positive=True, required=True)


class FinesOfMonth(Strict):
    month = fields.String(required=True, validate=_MONTH)


class FineView(Strict):
    id = Id(required=True)
    account_id = Id(required=True)
    entry = fields.String(required=True)
    clause = fields.String(required=True)
    month = fields.String(required=True)
    found_on = Day(required=True)
    count = fields.Integer(required=True)
    amount = Money(required=True, attribute="amount_fen")
    note = fields.String(required=True)
    state = fields.Enum(FineState, by_value=True, required=True)
    due_on = Day(required=True, allow_none=True)
    decision_note = fields.String(required=True, allow_none=True)
    paid_on = Day(required=True, allow_none=True)
    received = Money(required=True, allow_none=True, attribute="received_fen")
    version = fields.Integer(required=True)


FinePage = page_of(FineView, "FinePage")


class FineList(Strict):
    items = fields.List(fields.Nested(FineView), required=True)


class FineQuery(PageQuery):
    month = fields.String(load_default=None, validate=_MONTH)
    state = fields.Enum(FineState, by_value=True, load_default=None)


class ProposalQuery(Strict):
    found = fields.Enum(FoundHow, by_value=True, required=True)
    at_fault = fields.Boolean(required=True, truthy={"true"}, falsy={"false"})
    pacified = fields.Boolean(required=True, truthy={"true"}, falsy={"false"})


class ProposalView(Strict):
    consequence = fields.Enum(Consequence, by_value=True, required=True)
    amount = Money(required=True)


class IncidentDecisionNew(Strict):
    """Without a `consequence` it is the one that the matrix proposes; a reward and a fine have an `amount`."""

    id = Id(required=True)
    account_id = Id(required=True)
    found = fields.Enum(FoundHow, by_value=True, required=True)
    at_fault = fields.Boolean(required=True, truthy={True}, falsy={False})
    pacified = fields.Boolean(required=True, truthy={True}, falsy={False})
    consequence = fields.Enum(Consequence, by_value=True, load_default=None, allow_none=True)
    amount = Money(load_default=None, allow_none=True)
    reasons = Text(most=2000, required=True)


class IncidentDecisionView(Strict):
    id = Id(required=True)
    incident_id = Id(required=True)
    account_id = Id(required=True)
    found = fields.Enum(FoundHow, by_value=True, required=True)
    at_fault = fields.Boolean(required=True)
    pacified = fields.Boolean(required=True)
    proposed = fields.Enum(Consequence, by_value=True, required=True)
    proposed_amount = Money(required=True, attribute="proposed_fen")
    consequence = fields.Enum(Consequence, by_value=True, required=True)
    amount = Money(required=True, attribute="amount_fen")
    reasons = fields.String(required=True)
    decided_at = Instant(required=True)
    decided_on = Day(required=True)


IncidentDecisionPage = page_of(IncidentDecisionView, "IncidentDecisionPage")
