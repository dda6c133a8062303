"""What every list of the desk has: tabs with counts, chips that are removed one by one, the way to the next page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab by the key of its words; `count` None where nothing is counted."""

    key: str
    href: str
    count: int | None
    here: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words, and the list without it."""

    key: str
    value: str
    without: str


def href(path: str, filters: Mapping[str, Any]) -> str:
    """The address of a list with these filters; what is None is left out."""
    given = {name: value for name, value in filters.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def narrowing(path: str) -> Callable[[str, str], str]:
    """For a list's template: the address of the list narrowed further by a value that stands in it."""
    return lambda name, value: href(path, _narrowed() | {name: value})


def as_asked(path: str) -> str:
    """An address with the filters of the list that was asked for."""
    return href(path, _narrowed())


def next_page(path: str, after: str | None) -> str | None:
    """The address of the next page of the list that was asked for; None on the last."""
    if after is None:
        return None
    return href(path, _narrowed() | {"after": after})


def _narrowed() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name not in ("after", "open")}
