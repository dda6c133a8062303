"""What every list of the desk sends: an export, a view that is kept (S11)."""

from __future__ import annotations

from marshmallow import INCLUDE, ValidationError, fields, validate, validates_schema

from api_schemas.base import Strict, Text
from server.domain.list_exports import Ending, Extent

_LIST = validate.Regexp(r"/desk(/[a-z-]+)+\Z", error="must be the address of a list")
_COLUMNS = validate.Regexp(r"[a-z_]+\.[a-z_]+( [a-z_]+\.[a-z_]+)*\Z", error="invalid")


class FilterForm(Strict):
    """`query` is that of the list's address, `name` the reader's own."""

    path = Text(most=100, required=True, validate=_LIST)
    query = Text(least=0, most=2000, load_default="")
    name = Text(most=40, required=True)


class ColumnsForm(Strict):
    """`columns` are the keys of all columns that were offered; beside them one `show.KEY` for each that is ticked."""

    class Meta(Strict.Meta):
        unknown = INCLUDE

    path = Text(most=100, required=True, validate=_LIST)
    query = Text(least=0, most=2000, load_default="")
    columns = Text(most=1000, required=True, validate=_COLUMNS)

    @validates_schema(pass_original=False)
    def ticks_alone(self, data: dict[str, object], **_: object) -> None:
        """What else stands in the form is a tick of an offered column."""
        offered = {f"show.{key}" for key in str(data.get("columns", "")).split()}
        for name in data.keys() - self.fields.keys() - offered:
            raise ValidationError("unknown field", name)


class ExportForm(Strict):
    """`query` is that of the address, `chosen` the addresses that the ticked rows lead to, with blanks between."""

    path = Text(most=100, required=True, validate=_LIST)
    query = Text(least=0, most=2000, load_default="")
    extent = fields.Enum(Extent, by_value=True, required=True)
    chosen = Text(least=0, most=20_000, load_default="")
    ending = fields.Enum(Ending, by_value=True, required=True)
    purpose = Text(most=200, required=True)
