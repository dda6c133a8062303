"""What the forms of a draft send while a visit is asked for (R1 to R8, R11)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, PageQuery, Strict, Text
from server.domain.requests import WaiverKind

_WHAT = "|".join(kind.value for kind in WaiverKind)


class CaseList(PageQuery):
    """The own cases: those that are open, unless others are asked for."""

    which = fields.String(load_default="open", validate=validate.OneOf(["open", "ended", "all"]))


class NewForm(Strict):
    """A form that only says that something shall be; the id makes a repeat no second one."""

    id = Id(required=True)


class TypedAddress(Strict):
    """An address while it is being typed; nothing yet is nothing to say."""

    text = Text(most=500, least=0, load_default="")


class AddressTextForm(Strict):
    """R2, R3: the text as it should have been; `address_version` is that of the text that was read."""

    text = Text(most=300, required=True)
    address_version = fields.Integer(required=True, validate=validate.Range(1, 2**31))


class AskForm(Strict):
    """An exception: `what` is its kind, and behind a colon the address that it is for, where it is for one."""

    id = Id(required=True)
    what = Text(
        most=100,
        required=True,
        validate=validate.Regexp(rf"({_WHAT})(:[0-9a-f-]{{36}})?\Z", error="must be a kind of exception"),
    )
    reason = Text(most=1000, required=True)
