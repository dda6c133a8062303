"""Owns the way back from editions to the text of a document, and which line of a text a fault lies in.

Refuses to judge a document: `policy_documents` reads it, and names the key at fault.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

from server.domain.policy.editions import Edition, PolicyBook
from server.domain.policy.policy_documents import PARAMETERS, parse_parameter, plain_value

_PLACE = re.compile(r"(edition|overlay)\[([0-9]+)\]\.(.+)")


def written(book: PolicyBook) -> str:
    """A document that reads as these editions; what is as in the handbook is left out, as documents do."""
    handbook = Edition()
    lines: list[str] = []
    for edition in book.editions:
        lines += ["[[edition]]", f"effective_from = {edition.effective_from.isoformat()}"]
        for name in PARAMETERS:
            value = getattr(edition, name)
            if value != getattr(handbook, name):
                lines.append(f"{name} = {json.dumps(plain_value(name, value), ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def with_readings(book: PolicyBook, readings: Mapping[str, str]) -> PolicyBook:
    """The book with these parameters, as a form writes them, in every edition; PolicyError names one that is none."""
    values = {name: parse_parameter(name, _typed(name, text)) for name, text in readings.items()}
    return PolicyBook(dataclasses.replace(edition, **values) for edition in book.editions)


def _typed(name: str, text: str) -> Any:
    """A form sends text; a document has numbers and flags."""
    kind = PARAMETERS[name].metadata["kind"] if name in PARAMETERS else ""
    if kind == "count" and text.isascii() and text.isdigit():
        return int(text)
    if kind == "flag" and text in ("true", "false"):
        return text == "true"
    return text


def line_of(text: str, key: str) -> int | None:
    """The line, counted from 1, on which a document writes a key such as `edition[1].relay_days`; None where it does
    not stand in one."""
    found = _PLACE.fullmatch(key)
    if found is None:
        return _line_with(text.splitlines(), 0, rf"\s*(?:\[\[\s*)?{re.escape(key)}\b") if key else None
    table, place, name = found[1], int(found[2]), found[3]
    lines = text.splitlines()
    heads = [number for number, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{table}\s*\]\]", line)]
    if place >= len(heads):
        return None
    end = heads[place + 1] if place + 1 < len(heads) else len(lines)
    return _line_with(lines[:end], heads[place], rf"\s*[\"']?{re.escape(name)}[\"']?\s*=") or heads[place] + 1


def _line_with(lines: list[str], start: int, pattern: str) -> int | None:
    for number in range(start, len(lines)):
        if re.match(pattern, lines[number]):
            return number + 1
    return None
