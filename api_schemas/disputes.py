"""The wire contract of objections and rulings (M2, M3)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, Money, Strict, Text, page_of
from api_schemas.problems import Words
from server.domain.disputes import Ground, RulingOutcome

_MOST_RULINGS = 500


class DisputeNew(Strict):
    """`claimed_visit_id` is the visit that should be credited; null: nobody should. Attachments are evidence ids."""

    id = Id(required=True)
    ground = fields.Enum(Ground, by_value=True, required=True)
    words = Text(most=2000, required=True)
    claimed_visit_id = Id(required=True, allow_none=True)
    attachments = fields.List(Id(), load_default=list, validate=validate.Length(max=50))


class DisputeEffect(Strict):
    """What somebody has of the line and would have if the objection is upheld."""

    account_id = Id(required=True)
    name = fields.String(required=True)
    before = Money(required=True, attribute="before_fen")
    after = Money(required=True, attribute="after_fen")


class EvidenceDigest(Strict):
    """An item of evidence that was on file when it was objected."""

    id = Id(required=True)
    visit_id = Id(required=True)
    kind = fields.String(required=True)
    sha256 = fields.String(required=True)


class DisputeWithdrawal(Strict):
    """Why it is taken back."""

    id = Id(required=True)
    words = Text(most=2000, required=True)


class WithdrawalView(Strict):
    """It ends the objection; the line stays as it is."""

    words = fields.String(required=True)
    withdrawn_at = Instant(required=True)


class RulingView(Strict):
    """Final; the computed line stays beside it."""

    outcome = fields.Enum(RulingOutcome, by_value=True, required=True)
    reasons = fields.String(required=True)
    visit_id = fields.String(required=True, allow_none=True)
    ruled_at = Instant(required=True)


class DisputeView(Strict):
    """An objection with what it saw (run, editions, digests), what it would change for whom, and its ruling."""

    id = Id(required=True, attribute="dispute.id")
    month = fields.String(required=True)
    line_id = Id(required=True, attribute="dispute.line_id")
    placement_id = Id(required=True, attribute="dispute.placement_id")
    filed_by = fields.String(required=True)
    filed_at = Instant(required=True, attribute="dispute.filed_at")
    ground = fields.Enum(Ground, by_value=True, required=True, attribute="dispute.ground")
    ground_words = fields.Nested(Words, required=True)
    words = fields.String(required=True, attribute="dispute.words")
    claimed_visit_id = fields.String(required=True, allow_none=True, attribute="dispute.claimed_visit_id")
    attachments = fields.List(fields.String(), required=True, attribute="dispute.attachments")
    run_id = Id(required=True, attribute="dispute.run_id")
    editions = fields.List(fields.String(), required=True, attribute="dispute.editions")
    evidence = fields.List(fields.Nested(EvidenceDigest), required=True, attribute="dispute.evidence")
    effect = fields.List(fields.Nested(DisputeEffect), required=True)
    withdrawal = fields.Nested(WithdrawalView, required=True, allow_none=True)
    ruling = fields.Nested(RulingView, required=True, allow_none=True)
    ruled_by = fields.String(required=True, allow_none=True)


DisputePage = page_of(DisputeView, "DisputePage")


class DisputeList(Strict):
    items = fields.List(fields.Nested(DisputeView), required=True)


class RuledShare(Strict):
    account_id = Id(required=True)
    amount = Money(required=True)


class RulingNew(Strict):
    """`visit_id` and `shares` belong to an objection that is upheld in part; with another outcome they are refused."""

    dispute_id = Id(required=True)
    outcome = fields.Enum(RulingOutcome, by_value=True, required=True)
    reasons = Text(most=2000, required=True)
    visit_id = Id(load_default=None, allow_none=True)
    shares = fields.List(fields.Nested(RuledShare), load_default=list, validate=validate.Length(max=4))


class Sitting(Strict):
    """M3: every open objection of the month at once, but those from which the manager earns."""

    branch_id = Id(load_default=None, allow_none=True)
    rulings = fields.List(
        fields.Nested(RulingNew), required=True, validate=validate.Length(min=1, max=_MOST_RULINGS)
    )
