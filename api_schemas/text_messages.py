"""The wire contract of text messages on their way out: batches, their files, what became of them."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, PageQuery, Strict, Text

MOST_IN_A_BATCH = 1000


class TextMessageBatchNew(Strict):
    """`branch_id` is the maker's own branch where it is left out."""

    id = Id(required=True)
    branch_id = Id(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=500, validate=validate.Range(1, MOST_IN_A_BATCH), strict=True)


class TextMessageBatchQuery(PageQuery):
    """Batches of the branches within reach, newest first."""


class TextMessageFileQuery(Strict):
    """In which language the headings of the file are."""

    language = fields.String(load_default="zh", validate=validate.OneOf(("zh", "en")))


class TextMessageReportQuery(Strict):
    """What the file is called; it ends in .csv or .xlsx."""

    filename = Text(most=200, required=True)


class TextMessageCounts(Strict):
    """How many messages of the batch stand in which state; failed ones count those that were left out."""

    queued = fields.Integer(required=True)
    batched = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    failed = fields.Integer(required=True)


class TextMessageBatchView(Strict):
    id = fields.String(required=True)
    branch_id = fields.String(required=True)
    made_at = Instant(required=True)
    made_by = fields.String(required=True)
    taken_at = Instant(required=True, allow_none=True)
    taken_by = fields.String(required=True, allow_none=True)
    cancelled_at = Instant(required=True, allow_none=True)
    cancelled_by = fields.String(required=True, allow_none=True)
    cancel_reason = fields.String(required=True, allow_none=True)
    counts = fields.Nested(TextMessageCounts, required=True)


class TextMessageBatchPage(Strict):
    """`waiting`: messages of the reader's branch that no batch has taken, those of cases on hold among them."""

    items = fields.List(fields.Nested(TextMessageBatchView), required=True)
    next = fields.String(
        allow_none=True, metadata={"description": "cursor of the next page; null on the last"}
    )
    waiting = fields.Integer(required=True)
