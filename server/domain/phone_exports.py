"""What a phone hands over in a file because the server would not take it (S19): sealed, in parts, opened by IT alone.

Owns the form of the file's head and how its parts become a record or a capture again. It refuses a head that is not of
this form, and believes nothing of it: what is in a part is known when it opens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.domain.phone_custody import SealedKey
from server.domain.problems import Category, Problem, kind, problem

MAGIC = b"fieldvisit-sealed-1\n"
MOST_HEAD = 4 << 20  # three hours of pieces are half of it
MOST_PART = 64 << 20
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PART = re.compile(r"(body|about|piece):([0-9a-f-]{36})(?::(\d{1,15}))?")
_IV = re.compile(r"[A-Za-z0-9_-]{16}")

EXPORT_UNREADABLE = kind(
    "phone_export_unreadable",
    Category.REFUSED,
    "文件读不出：不是手机导出的封存文件，或已损坏（{why}）",
    "The file cannot be read: it is no sealed file of a phone, or it is damaged ({why})",
    remedy=(
        "请在手机上重新导出；手机上的资料在登记遗失前一直保留。",
        "Export it again on the phone: what lies there stays until its loss is recorded.",
    ),
    clause="S19",
)


@dataclass(frozen=True, slots=True)
class ExportedItem:
    """One record (`path`: where it was to be sent) or one file (`path` None) of a visit."""

    id: str
    visit: str
    what: str
    path: str | None


@dataclass(frozen=True, slots=True)
class ExportedPart:
    """Sealed bytes under their name; they follow one another in the order of the head."""

    item: str
    name: str
    iv: str
    size: int


@dataclass(frozen=True, slots=True)
class ExportHead:
    """Whose phone it was, the key of its vault sealed to the server, and what lies behind the head."""

    device_id: str
    account_id: str
    sealed: SealedKey
    items: tuple[ExportedItem, ...]
    parts: tuple[ExportedPart, ...]


def unreadable(why: str) -> Problem:
    return problem(EXPORT_UNREADABLE, why=why)


def read_head(line: bytes) -> ExportHead:
    """The head of a phone's file; a Problem says what of it is not of the form."""
    try:
        told = json.loads(line)
        sealed = SealedKey(
            **{name: _text(told["sealed"], name) for name in ("key_id", "ephemeral", "iv", "data")}
        )
        items = tuple(_item(one) for one in told["items"])
        parts = tuple(_part(one) for one in told["parts"])
        head = ExportHead(_id(told, "device_id"), _id(told, "account_id"), sealed, items, parts)
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise unreadable("head") from wrong
    known = {item.id for item in head.items}
    if any(part.item not in known for part in head.parts):
        raise unreadable("part of no item")
    return head


def _item(told: Mapping[str, Any]) -> ExportedItem:
    path = told["path"]
    if path is not None and not isinstance(path, str):
        raise ValueError("path")
    return ExportedItem(_id(told, "id"), _id(told, "visit"), _text(told, "what"), path)


def _part(told: Mapping[str, Any]) -> ExportedPart:
    name, iv, size = _text(told, "name"), _text(told, "iv"), told["size"]
    named = _PART.fullmatch(name)
    if named is None or _IV.fullmatch(iv) is None or type(size) is not int or not 16 <= size <= MOST_PART:
        raise ValueError("part")
    return ExportedPart(named[2], name, iv, size)


def _id(told: Mapping[str, Any], name: str) -> str:
    value = _text(told, name)
    if _ID.fullmatch(value) is None:
        raise ValueError(name)
    return value


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told[name]
    if not isinstance(value, str) or len(value) > 300:
        raise ValueError(name)
    return value
