"""What the desk's forms of the policy send (M5, S21)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, Strict, Text

_LONGEST = 200_000


class PolicyOf(Strict):
    client = Id(load_default=None)


class PolicyCompared(Strict):
    one = Day(load_default=None)
    other = Day(load_default=None)


class ProposalForm(Strict):
    """`document` is TOML: [[edition]] tables with all editions, or [[overlay]] tables for a client."""

    id = Id(required=True)
    client_id = Id(load_default=None)
    document = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    reason = Text(most=1000, required=True)


class ProposalDecisionForm(Strict):
    id = Id(required=True)
    approve = fields.Boolean(required=True, truthy={"true"}, falsy={"false"})
    note = Text(most=1000, required=True)
