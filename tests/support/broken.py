"""Broken values for every field of the wire contract: for a well-formed body, each way in which one field is wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

from api_schemas import base

Body = dict[str, Any]

TEXTS = ("a\x00b", "letters1\ud800", "字" * 20_001, 7, ["a"], {"a": "b"})
DAYS = (
    "2026-02-30", "2025-02-29", "2026-13-01", "0000-01-01", "0001-01-01", "9999-12-31", "20260301", "2026-3-1",
    "２０２６-０３-０１", "", "\x00", 20260301,
)  # fmt: skip
INSTANTS = (
    "2026-03-10T10:00:00", "2026-02-30T10:00:00+08:00", "2026-03-10T25:00:00+08:00", "2026-03-10",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "", 1_773_100_800,
)  # fmt: skip
MONEY = ("1e5", "NaN", "Infinity", "1.234", "9" * 19, "１２", "-", "", 12.5, True)
NUMBERS = ("", "many", "\x00", float("nan"), float("inf"), 10**30, -(10**30), [1])
CHOICES = ("no such choice", "", "\x00", 1, [], {})
TRUTHS = ("perhaps", "\x00", 2, [], {})
IDS = (
    "no id",
    "",
    "00000000-0000-0000-0000-00000000000G",
    "01234567-89ab-7def-8123-456789abcdef\n",
    "\x00",
    7,
)


def broken(schema: type[Schema] | Schema, body: Body) -> Iterator[tuple[str, Any, Body]]:
    """The path of a field, the wrong value, and the body with it."""
    instance = schema() if isinstance(schema, type) else schema
    for name, field in instance.load_fields.items():
        key = field.data_key or name
        for value in _wrong(field):
            yield key, value, body | {key: value}
        yield from _inside(key, field, body)


def _inside(key: str, field: fields.Field[Any], body: Body) -> Iterator[tuple[str, Any, Body]]:
    """What is wrong in a part of the body, such as the third field of the first of its children."""
    if not isinstance(field, fields.Nested) or not body.get(key):
        return
    part = body[key][0] if field.many else body[key]
    for path, value, wrong in broken(field.schema, part):
        changed = copy.copy(body)
        changed[key] = [wrong] if field.many else wrong
        yield f"{key}[0].{path}" if field.many else f"{key}.{path}", value, changed


def _wrong(field: fields.Field[Any]) -> tuple[Any, ...]:
    nothing = () if field.allow_none else (None,)
    match field:
        case fields.Nested():
            return (*nothing, "a text", 7)
        case fields.List() | fields.Dict():
            return (*nothing, "a text", 7)
        case fields.Enum():
            return (*nothing, *CHOICES)
        case base.Id():
            return (*nothing, *IDS)
        case base.Day():
            return (*nothing, *DAYS)
        case base.Instant():
            return (*nothing, *INSTANTS)
        case base.Money():
            return (*nothing, *MONEY)
        case fields.Boolean():
            return (*nothing, *TRUTHS)
        case fields.Integer() | fields.Float():
            return (*nothing, *NUMBERS)
        case fields.String():
            return (*nothing, *TEXTS)
    raise TypeError(f"no wrong value for a field of type {type(field).__name__}")
