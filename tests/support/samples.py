"""A well-formed value for any schema of the wire contract, so that a test can knock at every door."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from api_schemas import base
from api_schemas.recording_marks import PlayerClock
from api_schemas.wall_clock import WallClock


def sample(schema: type[Schema] | Schema, dice: random.Random, known: Mapping[str, Any]) -> dict[str, Any]:
    """A body that the schema accepts; fields named in `known` get that value, required ones an invented one."""
    instance = schema() if isinstance(schema, type) else schema
    body = {}
    for name, field in instance.load_fields.items():
        key = field.data_key or name
        if key in known:
            body[key] = known[key]
        elif field.required:
            body[key] = _value(field, dice, known)
    return body


def _value(field: fields.Field[Any], dice: random.Random, known: Mapping[str, Any]) -> Any:
    match field:
        case fields.Nested():
            nested = sample(field.schema, dice, known)
            return [nested] if field.many else nested
        case fields.List():
            least = max((v.min or 0 for v in field.validators if isinstance(v, validate.Length)), default=0)
            return [_value(field.inner, dice, known) for _ in range(max(least, 1))]
        case fields.Enum():
            return next(iter(field.enum)).value
        case base.Id():
            return str(uuid.UUID(int=dice.getrandbits(128), version=4))
        case base.Day():
            return "2026-03-09"
        case WallClock():
            return "2026-03-10T09:30"
        case PlayerClock():
            return "0:01"
        case base.Instant():
            return "2026-03-10T10:00:00+08:00"
        case base.Money():
            return "100.00"
        case fields.Boolean():
            return True
        case fields.Integer():
            return _within(field, 1)
        case fields.Float():
            return float(_within(field, 1))
        case fields.Dict():
            return {}
        case fields.String():
            return _text(field, dice)
    raise TypeError(f"no sample for a field of type {type(field).__name__}")


def _within(field: fields.Field[Any], wanted: int) -> int:
    for rule in field.validators:
        if isinstance(rule, validate.Range) and rule.min is not None:
            wanted = max(wanted, int(rule.min))
    return wanted


def _text(field: fields.String, dice: random.Random) -> str:
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            return str(next(iter(rule.choices)))
    least = max((v.min or 0 for v in field.validators if isinstance(v, validate.Length)), default=0)
    return "".join(dice.choices(string.ascii_lowercase, k=max(least, 8)))
