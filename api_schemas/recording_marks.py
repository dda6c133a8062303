"""The wire contract of marks in recordings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate

from api_schemas.base import Id, Instant, PageQuery, Strict, Text, page_of

_LONGEST_MS = int(timedelta(days=2).total_seconds() * 1000)
_CLOCK = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-5][0-9](?:\.[0-9]{1,3})?)", re.ASCII)
_PURPOSE = {"description": "S8: what the recording is heard for; the visit's own agents need not say"}


class MarkQuery(PageQuery):
    purpose = Text(most=200, metadata=_PURPOSE)


class MarkPurpose(Strict):
    purpose = Text(most=200, metadata=_PURPOSE)


class MarkDraft(Strict):
    """`at_ms` counts from the recording's beginning."""

    id = Id(required=True)
    at_ms = fields.Integer(required=True, strict=True, validate=validate.Range(0, _LONGEST_MS))
    words = Text(most=200, required=True)
    purpose = Text(most=200, metadata=_PURPOSE)


class MarkView(Strict):
    id = Id(required=True)
    evidence_id = Id(required=True)
    account_id = Id(required=True)
    at_ms = fields.Integer(required=True)
    words = fields.String(required=True)
    made_at = Instant(required=True)


MarkPage = page_of(MarkView, "MarkPage")


class PlayerClock(fields.Field[int]):
    """A moment as a player shows it, `1:02:07.5` or `12:41`; milliseconds inside."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            raise ValidationError("must be a moment such as 12:41 or 1:02:07.5")
        hours, minutes, seconds = found.groups()
        return (int(hours or 0) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)


class MarkForm(Strict):
    """A mark from the player on a page."""

    id = Id(required=True)
    at = PlayerClock(required=True)
    words = Text(most=200, required=True)
    purpose = Text(most=200, required=True)
