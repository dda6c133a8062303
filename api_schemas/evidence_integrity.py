"""The wire contract of evidence integrity: what differs between the store and its record."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Instant, PageQuery, Strict, page_of
from server.domain.integrity import Difference


class DifferenceView(Strict):
    """`detail` names the part of a damaged object, such as `frame 3`; `mended_at` says that it is whole again."""

    id = fields.String(required=True)
    evidence_id = fields.String(required=True, allow_none=True)
    object_key = fields.String(required=True)
    difference = fields.String(required=True, validate=validate.OneOf(list(Difference)))
    detail = fields.String(required=True, allow_none=True)
    found_at = Instant(required=True)
    mended_at = Instant(required=True, allow_none=True)


DifferencePage = page_of(DifferenceView, "DifferencePage")


class DifferenceQuery(PageQuery):
    open = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})
