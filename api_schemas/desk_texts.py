"""What the forms of texts and letters send (V15)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, PageQuery, Strict, Text


class TextList(PageQuery):
    """`on` is the text that a new one starts from."""

    which = fields.String(load_default="usable", validate=validate.OneOf(["usable", "others"]))
    on = Id(load_default=None)


class TypedText(Strict):
    """A text while it is being typed."""

    body = Text(most=1000, least=0, load_default="")


class TextForm(Strict):
    id = Id(required=True)
    name = Text(most=60, required=True)
    body = Text(most=1000, required=True)
    replaces_id = Id(load_default=None)


class LetterQuery(Strict):
    """Which text the letters are printed from."""

    template = Id(load_default=None)


class LetterForm(Strict):
    template = Id(required=True)
