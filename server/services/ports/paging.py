"""Pages by cursor: a list is read from a key onwards, never by offset."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from server.domain.problems import INVALID_INPUT, problem

T = TypeVar("T")

PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`after` is the opaque cursor of the page before; `limit` is 1 to 200 rows."""

    limit: int = 50
    after: str | None = None

    def key(self, parts: int) -> tuple[str | int, ...] | None:
        """The sort key the page starts after, of so many parts; a cursor that is none is refused."""
        if self.after is None:
            return None
        try:
            key = json.loads(base64.urlsafe_b64decode(self.after.encode()))
        except (binascii.Error, ValueError, UnicodeDecodeError):
            key = None
        if (
            not isinstance(key, list)
            or len(key) != parts
            or not all(isinstance(k, str) or (type(k) is int and abs(k) < 2**63) for k in key)
            or any(isinstance(k, str) and "\x00" in k for k in key)
        ):
            raise problem(
                INVALID_INPUT, "after", field_zh="分页位置", field_en="after", detail="not a cursor"
            )
        return tuple(key)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows with the cursor of the next page; None when this is the last."""

    items: list[T]
    next: str | None = None


def cursor(*key: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode()
