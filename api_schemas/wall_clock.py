"""A day and a time as a browser's field gives them: the wall clock in Shanghai, without an offset."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields

from server.domain.calendar import SHANGHAI

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


class WallClock(fields.Field[datetime]):
    """`2026-03-10T09:30`; the 30th of February is refused, as any time that does not exist."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            if not isinstance(value, str) or _LOCAL.fullmatch(value) is None:
                raise ValueError("shape")
            moment = datetime.fromisoformat(value)
            if not 1900 <= moment.year < 2200:  # rules count days around it, and the calendar ends
                raise ValueError("year")
        except ValueError as error:
            raise ValidationError("must be a time that exists") from error
        return moment.replace(tzinfo=SHANGHAI)
