"""What the lists of complaints and of who is out are asked for (V13, R15)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, PageQuery, Strict


class ComplaintList(PageQuery):
    which = fields.String(load_default="open", validate=validate.OneOf(["open", "released"]))


class OutList(Strict):
    """A day; without one, today."""

    day = Day(load_default=None)
