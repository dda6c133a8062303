"""Words of visits."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}
