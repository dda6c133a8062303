"""The wire contract of the policy: what holds, what is proposed, who read it (section 9, M5, S21)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, Instant, Strict, Text
from api_schemas.problems import Words
from server.domain.policy_proposals import ProposalState

_LONGEST = 200_000


class OfClient(Strict):
    """Which client's; the firm's own when none is named."""

    client_id = Id(load_default=None)


class PolicyView(Strict):
    """What holds; `document_id` and `document` are null while nothing was published: the handbook holds. Of a client
    the document is its overlay, and `editions` are what it makes of the firm's."""

    document_id = fields.String(required=True, allow_none=True)
    document = fields.String(required=True, allow_none=True, attribute="text")
    published_at = Instant(required=True, allow_none=True)
    in_force = Day(required=True)
    editions = fields.List(fields.Dict(keys=fields.String()), required=True)
    read_at = Instant(required=True, allow_none=True)


class ProposalNew(Strict):
    """`document` is TOML: [[edition]] tables with all editions, or [[overlay]] tables for a client."""

    id = Id(required=True)
    client_id = Id(load_default=None, allow_none=True)
    document = fields.String(required=True, validate=validate.Length(1, _LONGEST))
    reason = Text(most=1000, required=True)


class PolicyChange(Strict):
    """A parameter that has another value from a day on."""

    parameter = fields.String(required=True)
    clause = fields.String(required=True)
    from_day = fields.String(required=True, metadata={"format": "date"})
    words = fields.Nested(Words, required=True)


class ProposalDocument(Strict):
    """A proposal, and what it says otherwise than what held when it was decided on, or holds now."""

    id = Id(required=True, attribute="proposal.id")
    client_id = fields.String(required=True, allow_none=True, attribute="proposal.client_id")
    client = fields.String(required=True, allow_none=True)
    document = fields.String(required=True, attribute="proposal.document")
    reason = fields.String(required=True, attribute="proposal.reason")
    state = fields.Enum(ProposalState, by_value=True, required=True, attribute="proposal.state")
    changes = fields.List(fields.Nested(PolicyChange), required=True)
    proposed_by = fields.String(required=True)
    proposed_at = Instant(required=True, attribute="proposal.proposed_at")
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True, attribute="proposal.decided_at")
    decision_note = fields.String(required=True, allow_none=True, attribute="proposal.decision_note")
    version = fields.Integer(required=True, attribute="proposal.version")


class ProposalList(Strict):
    items = fields.List(fields.Nested(ProposalDocument), required=True)


class ProposalDecision(Strict):
    id = Id(required=True)
    approve = fields.Boolean(required=True, truthy={True}, falsy={False})
    note = Text(most=1000, required=True)


class ReadingView(Strict):
    document_id = Id(required=True)
    read_at = Instant(required=True)


class PolicyReader(Strict):
    name = fields.String(required=True)
    read_at = Instant(required=True)


class PolicyReaders(Strict):
    items = fields.List(fields.Nested(PolicyReader), required=True)
