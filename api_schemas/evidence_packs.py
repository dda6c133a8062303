"""The wire contract of evidence packs (S11, S16, S22)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, PageQuery, Strict, Text, page_of
from server.domain.access import Post
from server.domain.evidence_packs import PackRecipient, PackState


class PackNew(Strict):
    """Of one visit, or of a whole case: one of `visit_id` and `placement_id`."""

    id = Id(required=True)
    visit_id = Id(load_default=None, allow_none=True)
    placement_id = Id(load_default=None, allow_none=True)
    recipient = fields.Enum(PackRecipient, by_value=True, required=True)
    recipient_name = Text(most=100, required=True)
    purpose = Text(most=500, required=True)


class PackQuery(PageQuery):
    state = fields.Enum(PackState, by_value=True, load_default=None)
    placement_id = Id(load_default=None)


class PackRegisterQuery(Strict):
    language = Text(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class PackView(Strict):
    """A line of the register. `done` of `total` bytes are packed; `sha256` is that of the whole file."""

    id = Id(attribute="pack.id", required=True)
    placement_id = Id(attribute="pack.placement_id", required=True)
    visit_id = Id(attribute="pack.visit_id", required=True, allow_none=True)
    recipient = fields.Enum(PackRecipient, by_value=True, attribute="pack.recipient", required=True)
    recipient_name = fields.String(attribute="pack.recipient_name", required=True)
    purpose = fields.String(attribute="pack.purpose", required=True)
    state = fields.Enum(PackState, by_value=True, attribute="pack.state", required=True)
    proposed_by = fields.String(attribute="pack.proposed_by", required=True)
    proposed_post = fields.Enum(Post, by_value=True, attribute="pack.proposed_post", required=True)
    proposed_at = Instant(attribute="pack.proposed_at", required=True)
    decided_by = fields.String(attribute="pack.decided_by", required=True, allow_none=True)
    decided_post = fields.Enum(
        Post, by_value=True, attribute="pack.decided_post", required=True, allow_none=True
    )
    decided_at = Instant(attribute="pack.decided_at", required=True, allow_none=True)
    reason = fields.String(attribute="pack.reason", required=True, allow_none=True)
    items = fields.Integer(attribute="pack.items", required=True)
    size = fields.Integer(attribute="pack.size", required=True, allow_none=True)
    sha256 = fields.String(attribute="pack.sha256", required=True, allow_none=True)
    ready_at = Instant(attribute="pack.ready_at", required=True, allow_none=True)
    expires_at = Instant(attribute="pack.expires_at", required=True, allow_none=True)
    downloaded_by = fields.List(fields.String(), attribute="pack.downloaded_by", required=True)
    password_seen_by = fields.List(fields.String(), attribute="pack.password_seen_by", required=True)
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)


PackPage = page_of(PackView, "PackPage")


class PackPassword(Strict):
    """S11: apart from the file, with the digest that goes into the same letter."""

    id = Id(required=True)
    password = fields.String(required=True)
    sha256 = fields.String(required=True)
    expires_at = Instant(required=True)
