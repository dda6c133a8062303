"""What the desk's forms of pay send: a month, a person's target."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Strict

_MONTH = validate.Regexp(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])\Z", error="must be a month YYYY-MM")


class MonthQuery(Strict):
    month = fields.String(load_default=None, validate=_MONTH)
