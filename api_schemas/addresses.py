"""Schemas of the address check as somebody types, of the table of divisions, and of what happened to an address."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Instant, Strict, Text
from server.domain.addresses import Verdict
from server.services.address_history import AddressEventKind


class AddressToCheck(Strict):
    """An address as it is being typed; `locale` is that of the message."""

    text = Text(most=500, least=0, required=True)
    locale = fields.String(load_default="zh-CN", validate=validate.OneOf(["zh-CN", "en"]))


class AddressCheckView(Strict):
    """The verdict with the fields of the command line; `data_date` is the day of the divisions that it rests on."""

    address = fields.String(required=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    province = fields.String(required=True)
    city = fields.String(required=True)
    county = fields.String(required=True)
    county_code = fields.String(required=True)
    town = fields.String(required=True)
    detail = fields.String(required=True)
    normalized = fields.String(required=True)
    filled = fields.List(fields.String(), required=True)
    urban_village = fields.Boolean(required=True)
    detail_missing = fields.Boolean(required=True)
    suggestions = fields.List(fields.String(), required=True)
    clause = fields.String(required=True)
    message = fields.String(required=True)
    data_date = fields.String(required=True, metadata={"format": "date"})


class DivisionSourceView(Strict):
    package = fields.String(required=True)
    version = fields.String(required=True)
    sha256 = fields.String(required=True)
    data_date = fields.String(required=True, metadata={"format": "date"})
    licence = fields.String(required=True)


class DivisionEditionView(Strict):
    """Which table of divisions judges addresses: the newest day of its data, and the packages it was made from."""

    data_date = fields.String(required=True, metadata={"format": "date"})
    counties = fields.Integer(required=True)
    former = fields.Integer(required=True)
    sources = fields.List(fields.Nested(DivisionSourceView), required=True)


class AddressEventView(Strict):
    """One thing that happened to an address; `note` in the words of who recorded it."""

    at = Instant(required=True)
    kind = fields.Enum(AddressEventKind, by_value=True, required=True)
    note = fields.String(required=True)
    by_id = fields.String(required=True, allow_none=True)
    visit_id = fields.String(required=True, allow_none=True)


class AddressHistoryView(Strict):
    """R5, R6: the standing today, its rank among the debtor's addresses, and everything it rests on, oldest first."""

    standing = fields.String(required=True)
    rank = fields.Integer(required=True)
    events = fields.List(fields.Nested(AddressEventView), required=True)
