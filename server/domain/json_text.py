"""Values as JSON text: what JSON columns keep, and what digests are made of.

Owns the writing only; reading is the standard library's. It refuses what that refuses: what has no place in JSON, such
as an instant, is an error and not some text.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

_AS_THE_STANDARD = (
    orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_SLOWLY = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_IN_ASCII = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def to_json(value: Any) -> str:
    """Without blanks. A trace is three thousand characters and written for every repayment: the standard library took
    a tenth of an import's time for it."""
    try:
        return orjson.dumps(value, option=_AS_THE_STANDARD).decode()
    except orjson.JSONEncodeError:
        return _SLOWLY(value)  # keys that are no text, whole numbers beyond 64 bits, subclasses of text


def to_ascii_json(value: Any) -> bytes:
    """The bytes that the standard library gives, of values without fractions, which the two write in other digits."""
    try:
        text = orjson.dumps(value, option=_AS_THE_STANDARD)
    except orjson.JSONEncodeError:
        return _IN_ASCII(value).encode()
    if text.isascii() and b"\x7f" not in text:
        return text
    return _IN_ASCII(value).encode()
