"""What every schema of the wire contract is built from: strict loading, ids, days, instants, money, pages.

Input schemas refuse unknown fields; output schemas name every field they let out.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, Self

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

from server.domain.calendar import parse_day, parse_instant
from server.domain.money import format_fen, parse_fen
from server.services.ids import UUID_PATTERN
from server.services.ports.paging import PAGE_LIMIT

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Strict(Schema):
    """The base of every schema: unknown fields are refused."""

    class Meta:
        unknown = RAISE

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        """Itself: a schema is never changed once it is made, and documenting the routes copies each a dozen times."""
        return self


class Text(fields.String):
    """Text of 1 to `most` characters after trimming, without control characters; NUL would not fit a database."""

    def __init__(self, *, most: int = 200, least: int = 1, **options: Any) -> None:
        checks = [validate.Length(min=least, max=most)]
        given = options.pop("validate", None)
        super().__init__(validate=[*checks, *([given] if given else [])], **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError("must be a text")
        if _CONTROL.search(value):
            raise ValidationError("must not contain control characters")
        return super()._deserialize(value.strip(), attr, data, **kwargs)


class Secret(fields.String):
    """A password as it was typed, 1 to 200 characters; half a character or NUL cannot be hashed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Length(1, 200), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and _CONTROL.search(value):
            raise ValidationError("must not contain control characters")
        return super()._deserialize(value, attr, data, **kwargs)


class Id(fields.String):
    """A UUID in lower case."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("metadata", {}).setdefault("format", "uuid")
        super().__init__(
            validate=validate.Regexp(UUID_PATTERN.pattern + r"\Z", error="must be a UUID"), **options
        )


class Day(fields.Field[date]):
    """A calendar day, YYYY-MM-DD, in Asia/Shanghai."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str):
            raise ValidationError("must be a date YYYY-MM-DD")
        try:
            day = parse_day(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not 1900 <= day.year < 2200:  # rules count days around it, and the calendar ends
            raise ValidationError("must be a day between 1900 and 2200")
        return day

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()


class Instant(fields.Field[datetime]):
    """An instant, RFC 3339 with an offset; answered in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise ValidationError("must be a time with an offset")
        try:
            moment = parse_instant(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not date(1990, 1, 1) < moment.date() < date(2200, 1, 1):
            raise ValidationError("must be a time between 1990 and 2200")
        return moment

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Money(fields.Field[int]):
    """CNY as a decimal string on the wire ("1234.50"), integer fen inside."""

    def __init__(self, *, positive: bool = False, **options: Any) -> None:
        self.positive = positive
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or len(value) > 18:
            raise ValidationError('must be an amount such as "1234.50"')
        try:
            fen = parse_fen(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if self.positive and fen <= 0:
            raise ValidationError("must be greater than zero")
        return fen

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format_fen(value)


class Latitude(fields.Float):
    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Range(-90, 90), allow_nan=False, **options)


class Longitude(fields.Float):
    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Range(-180, 180), allow_nan=False, **options)


class Metres(fields.Float):
    """A distance or an accuracy in metres, not negative."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Range(0, 1_000_000), allow_nan=False, **options)


class PageQuery(Strict):
    """`?after=CURSOR&limit=1..200`."""

    after = Text(most=2000, metadata={"description": "the `next` of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, PAGE_LIMIT))

    @pre_load
    def _whole_numbers(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        limit = data.get("limit")
        if isinstance(limit, str) and not (limit.isascii() and limit.isdigit()):
            raise ValidationError({"limit": ["must be a whole number"]})
        return data


def page_of(item: type[Schema], name: str) -> type[Schema]:
    """The schema of a page of items; named, so that the OpenAPI document is stable."""
    return Strict.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                allow_none=True, metadata={"description": "cursor of the next page; null on the last"}
            ),
        },
        name=name,
    )


class Reason(Strict):
    """A body that only says why."""

    reason = Text(most=1000, required=True)
