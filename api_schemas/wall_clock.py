"""A day and a time as a browser's field gives them: the wall clock in Shanghai, without an offset."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from api_schemas.base import Instant

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_SHANGHAI = ":00+08:00"


class WallClock(Instant):
    """`2026-03-10T09:30`; otherwise an instant as any other."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or _LOCAL.fullmatch(value) is None:
            raise ValidationError("must be a time that exists")
        return super()._deserialize(value + _SHANGHAI, attr, data, **kwargs)
