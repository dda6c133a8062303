"""What every list of the desk sends: an export, a view that is kept (S11)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Strict, Text
from server.domain.list_exports import Ending, Extent

_LIST = validate.Regexp(r"/desk(/[a-z-]+)+\Z", error="must be the address of a list")


class ExportForm(Strict):
    """`query` is that of the address, `chosen` the addresses that the ticked rows lead to, with blanks between."""

    path = Text(most=100, required=True, validate=_LIST)
    query = Text(least=0, most=2000, load_default="")
    extent = fields.Enum(Extent, by_value=True, required=True)
    chosen = Text(least=0, most=20_000, load_default="")
    ending = fields.Enum(Ending, by_value=True, required=True)
    purpose = Text(most=200, required=True)
