"""What the desk's pages of QA send (S12, V2, V6, V21)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, PageQuery, Strict, Text
from api_schemas.quality import SampleNew
from server.domain.quality import Breach, Verdict

_MONTH = validate.Regexp(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])\Z", error="must be a month YYYY-MM")
TICK = "breach_"


class SampleList(PageQuery):
    """Without a month, that of the latest sample."""

    month = fields.String(load_default=None, validate=_MONTH)
    checked = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class SampleForm(SampleNew):
    """A month to draw from."""


class _Check(Strict):
    id = Id(required=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    note = Text(least=0, most=2000, load_default="")
    void_proposed = fields.Boolean(load_default=False, truthy={"true"}, falsy=set())


def _ticked() -> fields.Boolean:
    return fields.Boolean(load_default=False, truthy={"true"}, falsy=set())


# A tick each: of several fields of one name a form gives the first.
CheckForm = _Check.from_dict({f"{TICK}{breach.value}": _ticked() for breach in Breach}, name="CheckForm")
